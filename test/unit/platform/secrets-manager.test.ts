import type { SecretsManagerClient } from '../../../functions/platform/aws/command.ts';
import { describe, expect, it } from 'vitest';
import { makeSecret } from '../../../functions/platform/secrets/secrets-manager.ts';
import { fakeClient } from './dynamodb/fake-client.ts';

const text = (current: string, previous?: string[]) => ({
  SecretString: JSON.stringify({ current, previous }),
});

const secretFrom = (...script: (object | Error)[]) => {
  const { client, sent } = fakeClient(script);
  const clock = { ms: 1_000_000 };
  const secret = makeSecret({
    client: client as unknown as SecretsManagerClient,
    arn: 'arn:secret',
    now: () => clock.ms,
  });
  return { secret, sent, clock };
};

describe('versioned secret', () => {
  it('is read once for concurrent callers, newest version first', async () => {
    const { secret, sent } = secretFrom(text('b', ['a']));
    const read = await Promise.all([secret.current(), secret.current(), secret.current()]);
    expect(read[2]).toEqual(['b', 'a']);
    expect(sent).toEqual([{ name: 'GetSecretValueCommand', input: { SecretId: 'arn:secret' } }]);
  });

  it('is read again at most once a minute, and refresh returns whether it changed', async () => {
    const { secret, sent, clock } = secretFrom(text('a'), text('b', ['a']), text('b', ['a']));
    await secret.current();
    expect(await secret.refresh()).toBe(false);
    clock.ms += 60_000;
    expect(await Promise.all([secret.refresh(), secret.refresh()])).toContain(true);
    expect(await secret.current()).toEqual(['b', 'a']);
    clock.ms += 60_000;
    expect(await secret.refresh()).toBe(false);
    expect(sent).toHaveLength(3);
  });

  it('is read again after a failed read', async () => {
    const { secret } = secretFrom(new Error('throttled'), text('a'));
    await expect(secret.current()).rejects.toThrow('throttled');
    expect(await secret.current()).toEqual(['a']);
  });

  it('without a list of versions is refused', async () => {
    await expect(secretFrom({ SecretString: '{}' }).secret.current()).rejects.toThrow();
    await expect(secretFrom({}).secret.current()).rejects.toThrow('has no SecretString');
  });
});
