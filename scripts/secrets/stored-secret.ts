import { createHash, randomBytes } from 'node:crypto';
import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { z } from 'zod';
import { LEAST_SECRET_BYTES, storedSecret } from '../../functions/platform/secrets/secrets-manager.ts';
import { Problem } from '../local/problem.ts';

export type StoredSecret = z.output<typeof storedSecret>;

/** Previous versions that are kept: each costs every request with an unknown token a verification. */
const MOST_PREVIOUS = 5;
const NEW_BYTES = 48;

export const newVersion = (): string => randomBytes(NEW_BYTES).toString('base64url');

/** Throws a Problem if it is too short for a key. */
export const checkVersion = (text: string): string => {
  if (Buffer.byteLength(text) >= LEAST_SECRET_BYTES) return text;
  throw new Problem(`The key has ${Buffer.byteLength(text)} bytes; it needs at least ${LEAST_SECRET_BYTES}.`);
};

/** The name of a version in output: a digest, from which nothing can be derived. */
export const nameOf = (version: string): string =>
  createHash('sha256').update(version).digest('hex').slice(0, 8);

export const readSecret = async (client: SecretsManagerClient, arn: string): Promise<StoredSecret> => {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
  return storedSecret.parse(JSON.parse(SecretString ?? ''));
};

export const writeSecret = async (
  client: SecretsManagerClient,
  arn: string,
  secret: StoredSecret,
): Promise<void> => {
  await client.send(
    new PutSecretValueCommand({ SecretId: arn, SecretString: JSON.stringify(storedSecret.parse(secret)) }),
  );
};

/** The first step of a rotation: functions learn the next version, and go on using the current one. */
export const withNext = (secret: StoredSecret, next: string): StoredSecret => {
  if (secret.previous.length >= MOST_PREVIOUS)
    throw new Problem(`${MOST_PREVIOUS} previous versions are kept: retire them first.`);
  return { ...secret, next };
};

/** The second step: the next version becomes the current one. */
export const withNextAsCurrent = (
  { current, previous }: StoredSecret,
  next: string,
  nowMs: number,
): StoredSecret => ({
  current: next,
  previous: [current, ...previous],
  rotatedAt: new Date(nowMs).toISOString(),
});
