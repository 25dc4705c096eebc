import { AWS_CALLS, EMULATOR_CALL_MS } from '../limits/aws-calls.domain.ts';
import type { CallLimits } from '../limits/aws-calls.domain.ts';
import type { ServiceName } from './command.ts';
import { JsonClient } from './json-client.ts';
import type { JsonClientOptions, JsonService } from './json-client.ts';
import { DYNAMODB, EVENT_BRIDGE, SECRETS_MANAGER, SQS } from './services.ts';

/**
 * Makes the clients of AWS services, each with timeouts for connecting, one attempt and the whole call, and a bounded
 * number of attempts. A lint rule forbids clients elsewhere in functions/. Endpoint, region and credentials come from the
 * environment.
 */

export interface ClientOptions extends Pick<JsonClientOptions, 'region' | 'credentials'> {
  readonly endpoint?: string;
  /** Absent: the limits of the service. Tests use shorter ones. */
  readonly limits?: CallLimits;
}

/** The limits of a service, or those of an emulator. */
export const limitsOf = ({ limits, endpoint }: ClientOptions, usual: CallLimits): CallLimits => {
  if (limits !== undefined) return limits;
  const emulated = endpoint === undefined && process.env['AWS_ENDPOINT_URL'] !== undefined;
  const ms = EMULATOR_CALL_MS;
  return emulated ? { connectMs: ms, attemptMs: ms, totalMs: ms, attempts: usual.attempts } : usual;
};

const jsonClient = <Name extends ServiceName>(
  service: JsonService<Name>,
  options: ClientOptions,
  usual: CallLimits,
): JsonClient<Name> => new JsonClient(service, { ...options, limits: limitsOf(options, usual) });

export const makeDynamo = (options: ClientOptions = {}): JsonClient<'DynamoDB'> =>
  jsonClient(DYNAMODB, options, AWS_CALLS.dynamoDb);

export const makeSqs = (options: ClientOptions = {}): JsonClient<'SQS'> =>
  jsonClient(SQS, options, AWS_CALLS.sqs);

export const makeEventBridge = (options: ClientOptions = {}): JsonClient<'EventBridge'> =>
  jsonClient(EVENT_BRIDGE, options, AWS_CALLS.eventBridge);

export const makeSecretsManager = (options: ClientOptions = {}): JsonClient<'Secrets Manager'> =>
  jsonClient(SECRETS_MANAGER, options, AWS_CALLS.secretsManager);
