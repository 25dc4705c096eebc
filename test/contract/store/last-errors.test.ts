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

describe('of the receives of a record', () => {
  it.each([
    ['as they came', [1, 2, 3]],
    ['when an earlier one ends late', [1, 3, 2]],
  ])('the last one’s reason is kept, and the instant of the first: %s', async (_, order) => {
    const record = randomUUID();
    for (const [index, receives] of order.entries()) await receive(record, receives, NOON + index);
    const found = (await store.read(QUEUE, [record, randomUUID()])).get(record);
    expect(found).toMatchObject({ receives: 3, message: 'receive 3', requestId: 'req-3', firstAt: NOON });
    expect(found?.lastAt).toBe(NOON + order.indexOf(3));
  });
});
