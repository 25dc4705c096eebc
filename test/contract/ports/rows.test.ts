import { beforeAll, describe, expect, it } from 'vitest';
import { formatQueueMessage, parseQueueMessage } from '../../../functions/deliver/queue/queue-message.ts';
import { endpointMessageOf } from '../../../functions/read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import { makeDue } from '../../../functions/deliver/retries/due-items.dynamo.ts';
import { makeInsertNew } from '../../../functions/platform/dynamodb/insert-new.ts';
import { shardOf, viewKeys } from '../../../functions/platform/dynamodb/keys.ts';
import { putNew } from '../../../functions/platform/dynamodb/put-new.ts';
import { makeProject } from '../../../functions/read-models/project.flow.ts';
import { makeViews } from '../../../functions/read-models/views.dynamo.ts';
import { NOON, attempt, delivery, seededIds } from '../../support/simulation/builders.ts';
import { freshTable } from '../reads/tables.ts';
import { GetCommand, PutCommand } from '../../../functions/platform/dynamodb/commands.ts';
import { aroundCalls } from '../../support/raw-calls.ts';
import { emulatorDynamo } from '../emulator.ts';

/** Behaviour of the stores that only DynamoDB itself can show. */

let client: ReturnType<typeof emulatorDynamo>;
let table: string;
beforeAll(async () => {
  client = emulatorDynamo();
  table = await freshTable(client);
});
const put = (row: object) => client.send(new PutCommand({ TableName: table, Item: row }));
const get = async (key: object) => {
  const { Item } = await client.send(new GetCommand({ TableName: table, Key: key }));
  return Item;
};
const seconds = Math.floor(NOON / 1000);

describe('new row', () => {
  it('is written once and returned to the second writer', async () => {
    const key = { pk: 'new', sk: 's' };
    expect(await putNew(client, table, { ...key, by: 1 })).toBeUndefined();
    expect(await putNew(client, table, { ...key, by: 2 })).toEqual({ ...key, by: 1 });
  });

  it('replaces a row that has expired, whether or not TTL deleted it', async () => {
    const key = { pk: 'expiring', sk: 's' };
    await putNew(client, table, { ...key, by: 1, ttl: seconds });
    expect(await putNew(client, table, { ...key, by: 2, ttl: seconds + 9 }, seconds)).toMatchObject({
      by: 1,
    });
    expect(await putNew(client, table, { ...key, by: 2, ttl: seconds + 9 }, seconds + 1)).toBeUndefined();
    expect(await get(key)).toMatchObject({ by: 2 });
  });

  it('is written once among many concurrent rows with the same keys', async () => {
    const insert = makeInsertNew(client, table);
    const rows = Array.from({ length: 40 }, (_, index) => ({ pk: `many-${index % 20}`, sk: 's', by: index }));
    const existing = await Promise.all(rows.map(insert));
    expect(existing.slice(0, 20)).toEqual(Array(20).fill(undefined));
    expect(existing.slice(20)).toEqual(rows.slice(0, 20));
  });
});

describe('unreadable due item', () => {
  it('is returned as text beside the readable items', async () => {
    const due = makeDue(client, table, { format: formatQueueMessage, parse: parseQueueMessage });
    await due.put(delivery(), NOON + 1_800_000, NOON);
    const page = async () => {
      const pages = await Promise.all(
        Array.from({ length: due.shards }, (_, shard) => due.due(NOON / 60_000 + 30, shard, undefined)),
      );
      return {
        items: pages.flatMap(({ items }) => items),
        unreadable: pages.flatMap(({ unreadable }) => unreadable),
      };
    };
    const { key } = (await page()).items[0]!;
    const wrong = [{ v: 99, at: NOON, rec: 'x' }, { v: 1, at: NOON, rec: '{"v":2}' }, { v: 1 }];
    for (const [index, row] of wrong.entries()) await put({ pk: key.pk, sk: `${key.sk}-${index}`, ...row });
    const found = await page();
    expect(found.items).toHaveLength(1);
    expect(found.unreadable.map(({ text }) => JSON.parse(text) as object)).toMatchObject(wrong);
    await due.remove([...found.items, ...found.unreadable]);
    expect(await page()).toEqual({ items: [], unreadable: [] });
  });
});

describe('row of messages by endpoint', () => {
  it('is written by one call for each attempt of a delivery that fails again and again', async () => {
    const counting = emulatorDynamo();
    const calls: string[] = [];
    aroundCalls(counting, (operation, make) => {
      calls.push(operation);
      return make();
    });
    const project = makeProject(makeViews(counting, table, makeInsertNew(counting, table)));
    const messageId = seededIds(9).message(NOON);
    for (const number of [1, 2, 3]) {
      const at = NOON + number * 5_000;
      const decision = { kind: 'retry', at: at + 5_000 } as const;
      const failed = { succeeded: false, responseStatusCode: 500, decision };
      const trigger = { kind: 'scheduled', number } as const;
      await project([attempt({ messageId, id: seededIds(9).attempt(at), at, trigger, ...failed })]);
    }
    const [attempts, rows] = ['BatchWriteItem', 'UpdateItem'];
    expect(calls).toEqual([attempts, 'BatchExecuteStatement', attempts, rows, attempts, rows]);
  });

  it('expires with its message, whichever attempt was written first', async () => {
    const views = makeViews(client, table, makeInsertNew(client, table));
    const ids = seededIds(8);
    const messageId = ids.message(NOON);
    const late = attempt({ messageId, id: ids.attempt(NOON + 86_400_000), at: NOON + 86_400_000 });
    await views.mergeEndpointMessages([endpointMessageOf(late)]);
    const { orgId, appId, endpointId } = late;
    const key = {
      pk: viewKeys.endpointMessages(orgId, appId, endpointId, shardOf(messageId)),
      sk: messageId,
    };
    expect(await get(key)).toMatchObject({ ttl: seconds + 90 * 86_400 });
  });
});
