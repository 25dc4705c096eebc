import { describe, expect, it } from 'vitest';
import { batchGet } from '../../../../functions/platform/dynamodb/batch-get.ts';
import { fakeClient, fakePause } from './fake-client.ts';

const place = (pk: string, table = 't') => ({ table, key: { pk, sk: 's' } });
const item = (pk: string, value: string) => ({ pk: { S: pk }, sk: { S: 's' }, value: { S: value } });

describe('a batch of reads', () => {
  it('reads several tables strongly at once, twins once', async () => {
    const Responses = { t: [item('a', '1')], u: [item('a', '2')] };
    const { client, sent } = fakeClient([{ Responses }]);
    const found = await batchGet(client, [place('a'), place('a', 'u'), place('a'), place('b')], fakePause());
    expect([found(place('a'))?.['value'], found(place('a', 'u'))?.['value'], found(place('b'))]).toEqual([
      '1',
      '2',
      undefined,
    ]);
    const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 's' } });
    expect(sent[0]?.input.RequestItems).toEqual({
      t: { Keys: [key('a'), key('b')], ConsistentRead: true },
      u: { Keys: [key('a')], ConsistentRead: true },
    });
  });

  it('asks in chunks of a hundred', async () => {
    const { client, sent } = fakeClient([{}]);
    await batchGet(
      client,
      Array.from({ length: 250 }, (_, index) => place(`${index}`)),
      fakePause(),
    );
    expect(sent.map(({ input }) => input.RequestItems?.['t']?.Keys.length)).toEqual([100, 100, 50]);
  });

  it('asks again for what was left unprocessed', async () => {
    const left = { t: { Keys: [{ pk: { S: 'b' }, sk: { S: 's' } }], ConsistentRead: true } };
    const { client, sent } = fakeClient([
      { Responses: { t: [item('a', '1')] }, UnprocessedKeys: left },
      { Responses: { t: [item('b', '2')] }, UnprocessedKeys: {} },
    ]);
    const found = await batchGet(client, [place('a'), place('b')], fakePause());
    expect([found(place('a'))?.['value'], found(place('b'))?.['value']]).toEqual(['1', '2']);
    expect(sent[1]?.input.RequestItems).toEqual(left);
  });

  it('fails rather than calling an unread item absent', async () => {
    const { client } = fakeClient([{ UnprocessedKeys: { t: { Keys: [{}] } } }]);
    await expect(batchGet(client, [place('a')], fakePause())).rejects.toThrow('unprocessed');
  });

  it('of nothing asks nothing', async () => {
    const { client, sent } = fakeClient([{}]);
    await batchGet(client, [], fakePause());
    expect(sent).toEqual([]);
  });
});
