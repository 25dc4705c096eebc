import { describe, expect, it } from 'vitest';
import { TRIES } from '../../../../functions/platform/dynamodb/table.ts';
import type { Row } from '../../../../functions/platform/dynamodb/table.ts';
import { TransactionCanceled } from '../../../../functions/platform/dynamodb/errors.ts';
import { transact } from '../../../../functions/platform/dynamodb/transact.ts';
import { fakeClient, fakePause } from './fake-client.ts';

const reason = (code: string, item?: Row) => ({ code, item });
const cancelled = (...reasons: ReturnType<typeof reason>[]) => new TransactionCanceled('cancelled', reasons);
const NONE = reason('None');
const CONFLICT = reason('TransactionConflict');
const write = [{ Put: { TableName: 't', Item: { pk: { S: 'a' } } } }];

describe('DynamoDB transaction', () => {
  it('is repeated with a new request token after conflicts and throttling', async () => {
    const { client, sent } = fakeClient([
      cancelled(NONE, CONFLICT),
      cancelled(reason('ThrottlingError')),
      {},
    ]);
    const pause = fakePause();
    expect(await transact(client, write, pause)).toEqual({ kind: 'written' });
    expect(new Set(sent.map(({ input }) => input.ClientRequestToken)).size).toBe(3);
    expect(pause.waits).toEqual([9, 19]);
  });

  it('is repeated with the same request token while it is in progress', async () => {
    const { client, sent } = fakeClient([
      Object.assign(new Error(), { name: 'TransactionInProgressException' }),
      {},
    ]);
    expect(await transact(client, write, fakePause())).toEqual({ kind: 'written' });
    expect(new Set(sent.map(({ input }) => input.ClientRequestToken)).size).toBe(1);
  });

  it('returns the failed conditions with the stored items and does not repeat', async () => {
    const item = { pk: 'a', n: 7 };
    const { client, sent } = fakeClient([cancelled(CONFLICT, reason('ConditionalCheckFailed', item), NONE)]);
    const outcome = await transact(client, write, fakePause());
    expect(outcome).toEqual({ kind: 'refused', failed: new Map([[1, { pk: 'a', n: 7 }]]) });
    expect(sent).toHaveLength(1);
  });

  it('throws errors that a repeat cannot repair', async () => {
    const invalid = cancelled(reason('ValidationError'));
    await expect(transact(fakeClient([invalid]).client, write, fakePause())).rejects.toBe(invalid);
    const other = new Error('no network');
    await expect(transact(fakeClient([other]).client, write, fakePause())).rejects.toBe(other);
  });

  it('throws after 30 tries, which wait less than eight seconds together', async () => {
    const { client, sent } = fakeClient([cancelled(CONFLICT)]);
    const pause = fakePause();
    await expect(transact(client, write, pause)).rejects.toThrow('30 times');
    expect(sent).toHaveLength(TRIES);
    expect(pause.waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(8_000);
  });
});
