import type { SecretsManagerClient } from '../../../functions/platform/aws/command.ts';
import { describe, expect, it } from 'vitest';
import { makeSecret } from '../../../functions/platform/secrets/secrets-manager.ts';
import { fakeClient } from './dynamodb/fake-client.ts';

/** At least 32 bytes. */
const long = (name: string) => name.repeat(32);
const text = (current: string, previous?: string[]) => ({
  SecretString: JSON.stringify({ current: long(current), previous: previous?.map(long) }),
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
    expect(read[2]).toEqual([long('b'), long('a')]);
    expect(sent).toEqual([{ operation: 'GetSecretValue', input: { SecretId: 'arn:secret' } }]);
  });

  it('is read again once it is a minute old, and stays the same array if it did not change', async () => {
    const { secret, sent, clock } = secretFrom(text('b', ['a']), text('b', ['a']), text('b'));
    const first = await secret.current();
    clock.ms += 59_999;
    await secret.current();
    expect(sent).toHaveLength(1);
    clock.ms += 1;
    expect((await Promise.all([secret.current(), secret.current()]))[1]).toBe(first);
    expect(sent).toHaveLength(2);
    clock.ms += 60_000;
    expect(await secret.current()).toEqual([long('b')]);
  });

  it('is read again at once for an unknown version, and at most once a minute', async () => {
    const { secret, sent, clock } = secretFrom(
      text('a'),
      text('b', ['a']),
      text('b', ['a']),
      text('b', ['a']),
    );
    await secret.current();
    expect(await Promise.all([secret.refresh(), secret.refresh()])).toContain(true);
    expect(await secret.current()).toEqual([long('b'), long('a')]);
    clock.ms += 30_000;
    expect(await secret.refresh()).toBe(false);
    expect(sent).toHaveLength(2);
    clock.ms += 30_000;
    expect(await secret.refresh()).toBe(false);
    expect(sent.length).toBeLessThanOrEqual(4);
  });

  it('is read again after a failed read', async () => {
    const { secret } = secretFrom(new Error('throttled'), text('a'));
    await expect(secret.current()).rejects.toThrow('throttled');
    expect(await secret.current()).toEqual([long('a')]);
  });

  it('keeps the known versions while it cannot be read, and tries again after five seconds', async () => {
    const { secret, sent, clock } = secretFrom(text('a'), new Error('down'), text('b'));
    await secret.current();
    clock.ms += 60_000;
    expect(await secret.current()).toEqual([long('a')]);
    clock.ms += 4_999;
    await secret.current();
    expect(sent).toHaveLength(2);
    clock.ms += 1;
    expect(await secret.current()).toEqual([long('b')]);
  });

  it.each([[{ current: 'x'.repeat(31) }], [{ current: long('a'), previous: ['short'] }]])(
    'with a version of less than 32 bytes is refused: %j',
    async (versions) => {
      const { secret } = secretFrom({ SecretString: JSON.stringify(versions) });
      await expect(secret.current()).rejects.toThrow('at least 32 bytes');
    },
  );

  it('without a list of versions is refused', async () => {
    await expect(secretFrom({ SecretString: '{}' }).secret.current()).rejects.toThrow();
    await expect(secretFrom({}).secret.current()).rejects.toThrow('has no SecretString');
  });
});
