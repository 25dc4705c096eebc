import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';

/** A secret with its predecessors: the first one signs and seals, all of them verify and open. */
export interface VersionedSecret {
  /** Newest first. Read once per cold start, and again after a failure. Throws where it cannot be read. */
  current(): Promise<readonly string[]>;
  /** Reads anew, at most once a minute whoever asks; whether that brought something else. */
  refresh(): Promise<boolean>;
}

/** Forged signatures must not cost a call each. */
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
    if (SecretString === undefined) throw new Error(`the secret ${arn} holds no text`);
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
