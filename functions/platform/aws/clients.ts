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
 * The clients of AWS services, each with a connect, an attempt and a total timeout and a bounded number of attempts. No
 * other file of functions/ makes one (a lint rule). Endpoint, region and credentials come from the environment.
 */

interface Place {
  readonly endpoint?: string;
  /** Tests shorten them. */
  readonly limits?: CallLimits;
}

const configOf = ({ endpoint }: Place, limits: CallLimits) => ({
  ...boundedConfig(limits),
  ...(endpoint === undefined ? {} : { endpoint }),
});

/** Emulators resolve no host name of a bucket or a queue. */
const onEmulator = ({ endpoint }: Place): boolean =>
  endpoint !== undefined || process.env['AWS_ENDPOINT_URL'] !== undefined;

/** An emulator shares its machine with every function: there a slow answer means a busy machine, and no lost host. */
const limitsOf = ({ limits, endpoint }: Place, usual: CallLimits): CallLimits => {
  if (limits !== undefined) return limits;
  const emulated = endpoint === undefined && process.env['AWS_ENDPOINT_URL'] !== undefined;
  return emulated ? { ...usual, connectMs: usual.totalMs, attemptMs: usual.totalMs } : usual;
};

/** A client whose rows are plain values; a value that is undefined is not stored. */
export const documentsOf = (client: DynamoDBClient): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });

export const makeDynamo = (place: Place = {}): DynamoDBDocumentClient => {
  const limits = limitsOf(place, AWS_CALLS.dynamoDb);
  return boundCalls(documentsOf(new DynamoDBClient(configOf(place, limits))), limits);
};

export const makeS3 = (place: Place = {}): S3Client => {
  const limits = limitsOf(place, AWS_CALLS.s3);
  return boundCalls(new S3Client({ ...configOf(place, limits), forcePathStyle: onEmulator(place) }), limits);
};

export const makeSqs = (place: Place = {}): SQSClient => {
  const limits = limitsOf(place, AWS_CALLS.sqs);
  const config = configOf(place, limits);
  return boundCalls(
    new SQSClient(onEmulator(place) ? { ...config, useQueueUrlAsEndpoint: false } : config),
    limits,
  );
};

export const makeEventBridge = (place: Place = {}): EventBridgeClient => {
  const limits = limitsOf(place, AWS_CALLS.eventBridge);
  return boundCalls(new EventBridgeClient(configOf(place, limits)), limits);
};

export const makeSecretsManager = (place: Place = {}): SecretsManagerClient => {
  const limits = limitsOf(place, AWS_CALLS.secretsManager);
  return boundCalls(new SecretsManagerClient(configOf(place, limits)), limits);
};
