import { setImmediate as nextPass } from 'node:timers/promises';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from 'vitest';
import { makeInsertNew } from '../../../../functions/platform/dynamodb/insert-new.ts';
import type { Row } from '../../../../functions/platform/dynamodb/table.ts';
import { fakePause } from './fake-client.ts';
import type { DynamoClient } from '../../../../functions/platform/aws/command.ts';

interface Statement {
  readonly Statement: string;
  readonly Parameters: readonly object[];
}
interface Command {
  readonly constructor: { readonly name: string };
  readonly input: { readonly Statements?: readonly Statement[]; readonly Key?: Record<string, never> };
}

const rowOf = ({ Statement, Parameters }: Statement): Row =>
  unmarshall(
    Object.fromEntries(
      [...Statement.matchAll(/'(\w+)': \?/g)].map(([, name], index) => [name, Parameters[index]]),
    ) as never,
  );
const nameOf = (row: Row) => `${String(row['pk'])}/${String(row['sk'])}`;

/** One table with inserts and gets; `refuse` may answer a row with an error code. */
const makeTable = (refuse: (row: Row) => string | undefined = () => undefined) => {
  const rows = new Map<string, Row>();
  const calls: string[][] = [];
  const insertOne = (row: Row) => {
    const code = refuse(row) ?? (rows.has(nameOf(row)) ? 'DuplicateItem' : undefined);
    if (code !== undefined) return { Error: { Code: code, Message: 'no' } };
    rows.set(nameOf(row), row);
    return {};
  };
  const send = async ({ input }: Command) => {
    await nextPass();
    if (input.Key !== undefined) {
      const row = rows.get(nameOf(input.Key));
      return row === undefined ? {} : { Item: row };
    }
    const batch = (input.Statements ?? []).map(rowOf);
    calls.push(batch.map(nameOf));
    if (new Set(batch.map(nameOf)).size < batch.length) throw new Error('ValidationException: duplicates');
    return { Responses: batch.map(insertOne) };
  };
  const pause = fakePause();
  const insert = makeInsertNew({ send } as unknown as DynamoClient, 'table', pause);
  return { rows, calls, insert, pause };
};
const row = (name: string, value = 1): Row => ({ pk: name, sk: 's', value });

describe('group commit of new rows', () => {
  it('writes a single row at once', async () => {
    const { insert, calls, rows } = makeTable();
    expect(await insert(row('a'))).toBeUndefined();
    expect([calls, rows.size]).toEqual([[['a/s']], 1]);
  });

  it('writes concurrent rows in one call, at most 25 per call', async () => {
    const { insert, calls } = makeTable();
    await Promise.all(Array.from({ length: 60 }, (_, index) => insert(row(`r${index}`))));
    expect(calls.map(({ length }) => length)).toEqual([25, 25, 10]);
  });

  it('collects the rows that arrive during a call into the next one', async () => {
    const { insert, calls } = makeTable();
    const first = insert(row('a'));
    await nextPass();
    await Promise.all([first, insert(row('b')), insert(row('c'))]);
    expect(calls).toEqual([['a/s'], ['b/s', 'c/s']]);
  });

  it('returns the existing row of a duplicate and writes the other rows', async () => {
    const { insert } = makeTable();
    await insert(row('a', 1));
    expect(await Promise.all([insert(row('a', 2)), insert(row('b', 2))])).toEqual([row('a', 1), undefined]);
  });

  it('writes the first of two rows with one key and returns it to the second', async () => {
    const { insert, calls } = makeTable();
    expect(await Promise.all([insert(row('a', 1)), insert(row('a', 2))])).toEqual([undefined, row('a', 1)]);
    expect(calls).toEqual([['a/s'], ['a/s']]);
  });

  it('omits undefined attributes', async () => {
    const { insert, rows } = makeTable();
    await insert({ ...row('a'), nothing: undefined });
    expect(rows.get('a/s')).toEqual(row('a'));
  });
});

describe('group commit with a failing row', () => {
  it('repeats a throttled row with growing pauses and writes the others', async () => {
    let throttles = 3;
    const { insert, rows, pause } = makeTable(({ pk }) =>
      pk === 'b' && throttles-- > 0 ? 'ThrottlingError' : undefined,
    );
    await Promise.all([insert(row('a')), insert(row('b'))]);
    expect(rows.size).toBe(2);
    expect(pause.waits).toHaveLength(3);
    expect(pause.waits).toEqual(pause.waits.toSorted((earlier, later) => earlier - later));
  });

  it('rejects only the row that stays throttled', async () => {
    const { insert } = makeTable(({ pk }) => (pk === 'b' ? 'ProvisionedThroughputExceeded' : undefined));
    const [a, b] = await Promise.allSettled([insert(row('a')), insert(row('b'))]);
    expect(a.status).toBe('fulfilled');
    expect(b).toMatchObject({ status: 'rejected', reason: { name: 'TableBusy' } });
  });

  it('rejects only the row with a permanent error, without a repeat', async () => {
    const { insert, pause } = makeTable(({ pk }) => (pk === 'b' ? 'ValidationError' : undefined));
    const [a, b] = await Promise.allSettled([insert(row('a')), insert(row('b'))]);
    expect([a.status, b.status, pause.waits]).toEqual(['fulfilled', 'rejected', []]);
  });

  it('rejects only the row that makes the whole call invalid', async () => {
    const { insert, rows } = makeTable(({ pk }) => {
      if (pk === 'b') throw Object.assign(new Error('key too long'), { name: 'ValidationException' });
      return undefined;
    });
    const names = ['a', 'b', 'c', 'd', 'e'];
    const outcomes = await Promise.allSettled(names.map((name) => insert(row(name))));
    expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual([true, false, true, true, true]);
    expect([...rows.keys()]).toEqual(['a/s', 'c/s', 'd/s', 'e/s']);
  });

  it('rejects only the row that cannot be marshalled', async () => {
    const { insert, rows } = makeTable();
    const outcomes = await Promise.allSettled([
      insert(row('a')),
      insert({ ...row('b'), value: Symbol('no attribute') }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect([...rows.keys()]).toEqual(['a/s']);
  });

  it('can insert again after a call failed as a whole', async () => {
    let broken = true;
    const { insert, rows } = makeTable(() => {
      if (broken) throw new Error('no network');
      return undefined;
    });
    await expect(insert(row('a'))).rejects.toThrow('no network');
    broken = false;
    await insert(row('a'));
    expect(rows.size).toBe(1);
  });
});
