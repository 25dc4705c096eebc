import * as z from 'zod';
import { GetSecretValueCommand } from '../aws/commands.ts';
import type { SecretsManagerClient } from '../aws/command.ts';

/** A secret with its previous versions: the newest signs and seals, all of them verify and open. */
export interface VersionedSecret {
  /** Newest first. Reads once per cold start, and again after a failed read. Throws if the secret cannot be read. */
  current(): Promise<readonly string[]>;
  /** Reads again, at most once a minute. Returns whether the secret changed. */
  refresh(): Promise<boolean>;
}

/** Bounds the calls that requests with forged signatures cause. */
const REFRESH_EVERY_MS = 60_000;

const stored = z.object({
  current: z.string().min(1),
  previous: z.array(z.string().min(1)).default([]),
});

export interface SecretOptions {
  readonly client: SecretsManagerClient;
  readonly arn: string;
  /** Milliseconds of any clock. */
  readonly now: () => number;
}

/** A secret of Secrets Manager whose text is `{"current": "...", "previous": ["...", ...]}`. */
export const makeSecret = ({ client, arn, now }: SecretOptions): VersionedSecret => {
  let known: Promise<readonly string[]> | undefined;
  let readAt = 0;

  const fetch = async (): Promise<readonly string[]> => {
    readAt = now();
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    if (SecretString === undefined) throw new Error(`Secret ${arn} has no SecretString`);
    const { current, previous } = stored.parse(JSON.parse(SecretString));
    return [current, ...previous];
  };

  const current = (): Promise<readonly string[]> => {
    known ??= fetch().catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };

  return {
    current,
    refresh: async () => {
      const before = await current();
      if (now() - readAt < REFRESH_EVERY_MS) return false;
      const after = await fetch();
      known = Promise.resolve(after);
      return after.join('\n') !== before.join('\n');
    },
  };
};
