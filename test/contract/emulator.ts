import { inject } from 'vitest';
import { makeDynamo, makeSecretsManager, makeSqs } from '../../functions/platform/aws/clients.ts';
import { makeS3 } from '../../functions/platform/aws/s3.ts';
import { AWS_CALLS } from '../../functions/platform/limits/aws-calls.domain.ts';
import type { CallLimits } from '../../functions/platform/limits/aws-calls.domain.ts';
import { emulatorVariables } from '../../scripts/local/deploy/guard.ts';
import { DEADLINE_MS } from '../support/limits.ts';

/** Points the SDK at the emulator and returns its address. */
export const useEmulator = (): string => {
  const endpoint = inject('awsEndpoint');
  Object.assign(process.env, emulatorVariables(endpoint));
  return endpoint;
};

/** A test and the emulator share a busy machine, where a healthy call may take longer than any on AWS. */
const patient = (usual: CallLimits) => ({
  endpoint: useEmulator(),
  limits: { ...usual, connectMs: DEADLINE_MS, attemptMs: DEADLINE_MS, totalMs: DEADLINE_MS },
});

export const emulatorDynamo = () => makeDynamo(patient(AWS_CALLS.dynamoDb));
export const emulatorS3 = () => makeS3(patient(AWS_CALLS.s3));
export const emulatorSqs = () => makeSqs(patient(AWS_CALLS.sqs));
export const emulatorSecretsManager = () => makeSecretsManager(patient(AWS_CALLS.secretsManager));
