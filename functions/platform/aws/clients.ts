import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { AWS_CALLS } from '../limits/aws-calls.domain.ts';
import type { CallLimits } from '../limits/aws-calls.domain.ts';
import { boundCalls, boundedConfig } from './call-timeouts.ts';

/**
 * Makes the clients of AWS services, each with timeouts for connecting, one attempt and the whole call, and a bounded
 * number of attempts. A lint rule forbids clients elsewhere in functions/. Endpoint, region and credentials come from the
 * environment.
 */

interface ClientOptions {
  readonly endpoint?: string;
  /** Absent: the limits of the service. Tests use shorter ones. */
  readonly limits?: CallLimits;
}

const configOf = ({ endpoint }: ClientOptions, limits: CallLimits) => ({
  ...boundedConfig(limits),
  ...(endpoint === undefined ? {} : { endpoint }),
});

/** Whether the client talks to an emulator, which resolves no host names of buckets and queues. */
const onEmulator = ({ endpoint }: ClientOptions): boolean =>
  endpoint !== undefined || process.env['AWS_ENDPOINT_URL'] !== undefined;

/** An emulator shares its machine with every function, so only the total timeout applies: slow responses are normal. */
const limitsOf = ({ limits, endpoint }: ClientOptions, usual: CallLimits): CallLimits => {
  if (limits !== undefined) return limits;
  const emulated = endpoint === undefined && process.env['AWS_ENDPOINT_URL'] !== undefined;
  return emulated ? { ...usual, connectMs: usual.totalMs, attemptMs: usual.totalMs } : usual;
};

/** A client that converts between items and plain values; undefined values are not stored. */
export const documentsOf = (client: DynamoDBClient): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });

export const makeDynamo = (options: ClientOptions = {}): DynamoDBDocumentClient => {
  const limits = limitsOf(options, AWS_CALLS.dynamoDb);
  return boundCalls(documentsOf(new DynamoDBClient(configOf(options, limits))), limits);
};

export const makeS3 = (options: ClientOptions = {}): S3Client => {
  const limits = limitsOf(options, AWS_CALLS.s3);
  return boundCalls(
    new S3Client({ ...configOf(options, limits), forcePathStyle: onEmulator(options) }),
    limits,
  );
};

export const makeSqs = (options: ClientOptions = {}): SQSClient => {
  const limits = limitsOf(options, AWS_CALLS.sqs);
  const config = configOf(options, limits);
  return boundCalls(
    new SQSClient(onEmulator(options) ? { ...config, useQueueUrlAsEndpoint: false } : config),
    limits,
  );
};

export const makeEventBridge = (options: ClientOptions = {}): EventBridgeClient => {
  const limits = limitsOf(options, AWS_CALLS.eventBridge);
  return boundCalls(new EventBridgeClient(configOf(options, limits)), limits);
};

export const makeSecretsManager = (options: ClientOptions = {}): SecretsManagerClient => {
  const limits = limitsOf(options, AWS_CALLS.secretsManager);
  return boundCalls(new SecretsManagerClient(configOf(options, limits)), limits);
};
