import * as z from 'zod';
import { GetSecretValueCommand } from '../aws/commands.ts';
import type { SecretsManagerClient } from '../aws/command.ts';

/** A secret with its previous versions: the newest signs and seals, all of them verify and open. */
export interface VersionedSecret {
  /**
   * Newest first; the same array until the secret changes. Reads it again once it is a minute old, so that a retired version
   * is forgotten, and keeps the known versions while it cannot be read. Throws if it was never read.
   */
  current(): Promise<readonly string[]>;
  /**
   * Reads again at once, at most once a minute: something names a version that `current` does not list. Returns whether the
   * secret changed.
   */
  refresh(): Promise<boolean>;
}

/** How old the known versions may be, and how often an unknown version is looked for (forged ones never end). */
const REFRESH_EVERY_MS = 60_000;
/** Until the next read after one that failed. */
const RETRY_AFTER_MS = 5_000;
/** Least bytes of a version, as RFC 7518 demands of HS256 keys. */
export const LEAST_SECRET_BYTES = 32;

const version = z
  .string()
  .refine(
    (text) => Buffer.byteLength(text) >= LEAST_SECRET_BYTES,
    `must have at least ${LEAST_SECRET_BYTES} bytes`,
  );

/** The text of a secret. `next`: becomes the current version soon. `rotatedAt`: when the current version became it. */
export const storedSecret = z.object({
  current: version,
  previous: z.array(version).default([]),
  next: version.exactOptional(),
  rotatedAt: z.string().exactOptional(),
});

export interface SecretOptions {
  readonly client: SecretsManagerClient;
  readonly arn: string;
  /** Milliseconds of any clock. */
  readonly now: () => number;
}

const isSame = (left: readonly string[] | undefined, right: readonly string[]): boolean =>
  left !== undefined && left.length === right.length && left.every((text, index) => text === right[index]);

/** A secret of Secrets Manager whose text is `{"current": "...", "previous": ["...", ...]}`. */
export const makeSecret = ({ client, arn, now }: SecretOptions): VersionedSecret => {
  let known: readonly string[] | undefined;
  let reading: Promise<readonly string[]> | undefined;
  let readAgainAt = Number.NEGATIVE_INFINITY;
  let lookAgainAt = Number.NEGATIVE_INFINITY;

  const fetch = async (): Promise<readonly string[]> => {
    readAgainAt = now() + REFRESH_EVERY_MS;
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    if (SecretString === undefined) throw new Error(`Secret ${arn} has no SecretString`);
    const { current, next, previous } = storedSecret.parse(JSON.parse(SecretString));
    const versions = [current, ...(next === undefined ? [] : [next]), ...previous];
    known = known !== undefined && isSame(known, versions) ? known : versions;
    return known;
  };

  /** One read at a time, which concurrent callers share. */
  const read = async (): Promise<readonly string[]> => {
    reading ??= fetch().finally(() => (reading = undefined));
    try {
      return await reading;
    } catch (error) {
      readAgainAt = now() + RETRY_AFTER_MS;
      if (known === undefined) throw error;
      return known;
    }
  };

  const current = async () => (known !== undefined && now() < readAgainAt ? known : read());

  return {
    current,
    refresh: async () => {
      const before = known;
      if (now() < lookAgainAt) return !isSame(before, await current());
      lookAgainAt = now() + REFRESH_EVERY_MS;
      return !isSame(before, await read());
    },
  };
};
