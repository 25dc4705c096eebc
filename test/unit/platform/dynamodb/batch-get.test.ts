import { describe, expect, it } from 'vitest';
import { batchGet } from '../../../../functions/platform/dynamodb/batch-get.ts';
import { fakeClient, fakePause } from './fake-client.ts';
import type { DynamoClient } from '../../../../functions/platform/aws/command.ts';

const place = (pk: string, table = 't') => ({ table, key: { pk, sk: 's' } });
const item = (pk: string, value: string) => ({ pk, sk: 's', value });

describe('batchGet', () => {
  it('reads several tables strongly in one call and asks for duplicate keys once', async () => {
    const Responses = { t: [item('a', '1')], u: [item('a', '2')] };
    const { client, sent } = fakeClient([{ Responses }]);
    const found = await batchGet(client, [place('a'), place('a', 'u'), place('a'), place('b')], fakePause());
    expect([found(place('a'))?.['value'], found(place('a', 'u'))?.['value'], found(place('b'))]).toEqual([
      '1',
      '2',
      undefined,
    ]);
    const key = (pk: string) => ({ pk, sk: 's' });
    expect(sent[0]?.input.RequestItems).toEqual({
      t: { Keys: [key('a'), key('b')], ConsistentRead: true },
      u: { Keys: [key('a')], ConsistentRead: true },
    });
  });

  it('reads a table with eventual consistency only where all of its places allow it', async () => {
    const { client, sent } = fakeClient([{}]);
    const eventual = (pk: string, table: string) => ({ ...place(pk, table), eventual: true as const });
    const places = [
      eventual('a', 't'),
      eventual('b', 't'),
      eventual('a', 'u'),
      place('b', 'u'),
      place('a', 'v'),
    ];
    await batchGet(client, places, fakePause());
    const key = (pk: string) => ({ pk, sk: 's' });
    expect(sent[0]?.input.RequestItems).toEqual({
      t: { Keys: [key('a'), key('b')], ConsistentRead: false },
      u: { Keys: [key('a'), key('b')], ConsistentRead: true },
      v: { Keys: [key('a')], ConsistentRead: true },
    });
  });

  it('reads in chunks of a hundred keys', async () => {
    const { client, sent } = fakeClient([{}]);
    await batchGet(
      client,
      Array.from({ length: 250 }, (_, index) => place(`${index}`)),
      fakePause(),
    );
    expect(sent.map(({ input }) => input.RequestItems?.['t']?.Keys.length)).toEqual([100, 100, 50]);
  });

  it('asks again for unprocessed keys', async () => {
    const left = { t: { Keys: [{ pk: 'b', sk: 's' }], ConsistentRead: true } };
    const { client, sent } = fakeClient([
      { Responses: { t: [item('a', '1')] }, UnprocessedKeys: left },
      { Responses: { t: [item('b', '2')] }, UnprocessedKeys: {} },
    ]);
    const found = await batchGet(client, [place('a'), place('b')], fakePause());
    expect([found(place('a'))?.['value'], found(place('b'))?.['value']]).toEqual(['1', '2']);
    expect(sent[1]?.input.RequestItems).toEqual(left);
  });

  it('throws for a key that stays unprocessed instead of reporting it absent, and returns the others', async () => {
    const left = { t: { Keys: [{ pk: 'hot', sk: 's' }] } };
    const { client, sent } = fakeClient([
      { Responses: { t: [item('a', '1')] }, UnprocessedKeys: left },
      { UnprocessedKeys: left },
    ]);
    const found = await batchGet(client, [place('a'), place('hot')], fakePause(), 5);
    expect(found(place('a'))?.['value']).toBe('1');
    expect(() => found(place('hot'))).toThrow('unprocessed 5 times');
    expect(sent).toHaveLength(5);
  });

  it('splits the call when a key makes it invalid, so that only that key fails', async () => {
    const invalid = Object.assign(new Error('key too long'), { name: 'ValidationException' });
    const send = async ({ input }: { input: { RequestItems: { t: { Keys: { pk: string }[] } } } }) => {
      const keys = input.RequestItems.t.Keys.map(({ pk }) => pk);
      if (keys.includes('bad')) throw invalid;
      return { Responses: { t: keys.map((pk) => item(pk, pk)) } };
    };
    const places = ['a', 'b', 'bad', 'c', 'd'].map((pk) => place(pk));
    const found = await batchGet({ send } as unknown as DynamoClient, places, fakePause());
    expect(['a', 'b', 'c', 'd'].map((pk) => found(place(pk))?.['value'])).toEqual(['a', 'b', 'c', 'd']);
    expect(() => found(place('bad'))).toThrow('key too long');
  });

  it('makes no call without keys', async () => {
    const { client, sent } = fakeClient([{}]);
    await batchGet(client, [], fakePause());
    expect(sent).toEqual([]);
  });
});
