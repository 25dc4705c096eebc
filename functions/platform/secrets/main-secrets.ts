import { makeSecretsManager } from '../aws/clients.ts';
import { now } from '../lambda/runtime.ts';
import { makeSecret } from './secrets-manager.ts';

/** The stage's main secret and the previous ones, newest first, read once per cold start. */
export const mainSecrets = (arn: string) => makeSecret({ client: makeSecretsManager(), arn, now }).current();
