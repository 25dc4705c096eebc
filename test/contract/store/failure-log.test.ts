import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeFailureLog } from '../../../functions/platform/lambda/failure-log.dynamo.ts';
import type { FailureLog } from '../../../functions/platform/lambda/failure-log.dynamo.ts';
import { freshTable } from './catalog.ts';

const QUEUE = 'DeliveryQueue';
const NOON = 1_800_000_000_000;

let store: FailureLog;

beforeAll(async () => {
  const { client, table } = await freshTable();
  store = makeFailureLog(client, table);
});

const receive = (record: string, receives: number, at: number) =>
  store.recordFailure({
    ...{ queue: QUEUE, record, receives, at, requestId: `req-${receives}` },
    ...{ errorClass: 'TableBusy', message: `receive ${receives}` },
  });

it('failure log: counts the starts on each record apart from its failures', async () => {
  const [one, other] = [randomUUID(), randomUUID()];
  await receive(one, 2, NOON);
  const start = (record: string) => store.countStart({ queue: QUEUE, record, at: NOON });
  expect([await start(one), await start(one), await start(other)]).toEqual([1, 2, 1]);
  expect((await store.read(QUEUE, [one])).get(one)).toMatchObject({ receives: 2 });
});

describe('failure log of a record', () => {
  it.each([
    ['in order', [1, 2, 3]],
    ['with an earlier receive that ends late', [1, 3, 2]],
  ])('keeps the reason of the last receive and the time of the first: %s', async (_, order) => {
    const record = randomUUID();
    for (const [index, receives] of order.entries()) await receive(record, receives, NOON + index);
    const found = (await store.read(QUEUE, [record, randomUUID()])).get(record);
    expect(found).toMatchObject({ receives: 3, message: 'receive 3', requestId: 'req-3', firstAt: NOON });
    expect(found?.lastAt).toBe(NOON + order.indexOf(3));
  });
});
