import { makeSecretsManager } from '../aws/clients.ts';
import { now } from '../lambda/runtime.ts';
import { makeSecret } from './secrets-manager.ts';

/** The stage's main secret. */
export const mainSecret = (arn: string) => makeSecret({ client: makeSecretsManager(), arn, now });
