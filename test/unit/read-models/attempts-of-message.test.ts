import type { BatchGetCommandInput, QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { attemptRows } from '../../../functions/deliver/attempts/attempt-row.ts';
import type { Attempt } from '../../../functions/deliver/attempts/attempt.domain.ts';
import { attemptId, endpointId, messageId } from '../../../functions/platform/ids/brand.domain.ts';
import { lowerBound } from '../../../functions/platform/ids/ids.domain.ts';
import type { Row } from '../../../functions/platform/dynamodb/table.ts';
import { makeAttempts } from '../../../functions/read-models/attempts-by-endpoint/attempts.dynamo.ts';
import { attempt as anAttempt } from '../../support/simulation/builders.ts';
import type { DynamoClient } from '../../../functions/platform/aws/command.ts';

const ENDPOINTS = 5_000;
const ATTEMPTS = 8;
const NOW = Date.parse('2026-11-23T04:19:56.838Z');
const MESSAGE = messageId(lowerBound('msg_', NOW - 90_000_000));
const { orgId, appId } = anAttempt();

/** Attempts of every endpoint, in an order of time that is not that of the endpoints. */
const attempts: Attempt[] = [];

beforeAll(() => {
  for (let index = 0; index < ENDPOINTS * ATTEMPTS; index += 1) {
    const endpoint = index % ENDPOINTS;
    const at = NOW - ((index * 7_919) % (ENDPOINTS * ATTEMPTS)) * 1_000;
    attempts.push({
      ...anAttempt({
        messageId: MESSAGE,
        trigger: { kind: 'scheduled', number: 1 + Math.floor(index / ENDPOINTS) },
      }),
      endpointId: endpointId(lowerBound('ep_', NOW - 100_000_000 - (ENDPOINTS - endpoint) * 1_000)),
      id: attemptId(lowerBound('atmpt_', at)),
      at,
      response: 'no',
    });
  }
});

const sorted = (rows: readonly Row[], by: string) =>
  rows.toSorted((left, right) => (String(left[by]) < String(right[by]) ? -1 : 1));

/** A table with the message's attempts that counts reads and the rows that they return. */
const makeTable = (indexed: boolean) => {
  const rows = sorted(
    attempts.map((one) => attemptRows(one, indexed ? { indexed } : {}).row),
    'sk',
  );
  const partitions = new Map(
    [...Map.groupBy(rows, ({ ix }) => ix)].map(([ix, some]) => [ix, sorted(some, 'id')]),
  );
  const reads = { queries: 0, rows: 0, batches: 0 };
  const query = (input: QueryCommandInput) => {
    const { IndexName, Limit = 2_000, ScanIndexForward, ExclusiveStartKey } = input;
    const values = input.ExpressionAttributeValues ?? {};
    const [pk, low, high] = [values[':pk'] as string, values[':low'] as string, values[':high'] as string];
    const key = IndexName === undefined ? 'sk' : 'id';
    const all = IndexName === undefined ? rows : (partitions.get(pk) ?? []);
    const after = ExclusiveStartKey?.[key] as string | undefined;
    const inside = all.filter((row) => {
      const at = String(row[key]);
      return at >= low && at <= high && (after === undefined || at > after);
    });
    const walked = ScanIndexForward === false ? inside.toReversed() : inside;
    const Items = walked.slice(0, Limit);
    reads.queries += 1;
    reads.rows += Items.length;
    return { Items, ...(walked.length > Limit ? { LastEvaluatedKey: Items.at(-1) } : {}) };
  };
  const batchGet = (_: BatchGetCommandInput) => {
    reads.batches += 1;
    return { Responses: {} };
  };
  const send = async ({ input }: { input: object }) =>
    'RequestItems' in input ? batchGet(input as never) : query(input as never);
  const client = { send } as unknown as DynamoClient;
  return { reads, reader: makeAttempts({ client, deliveries: 'log', views: 'views' }) };
};

const QUERY = {
  ...{ limit: 50, cursor: null, before: null, after: null },
  ...{
    outcomes: null,
    statusCodes: null,
    causes: null,
    channel: null,
    tag: null,
    eventTypes: null,
    withContent: true,
  },
};
const newestFirst = () =>
  attempts
    .map(({ id }) => id)
    .sort()
    .reverse();

describe('attempts of a message with 5,000 endpoints and 40,000 attempts', () => {
  it('are listed newest first with nine reads a page', async () => {
    const { reader, reads } = makeTable(true);
    const newest = newestFirst();
    let cursor: { id: string; direction: 'next' } | null = null;
    for (let page = 0; page < 3; page += 1) {
      Object.assign(reads, { queries: 0, rows: 0 });
      const query = { ...QUERY, cursor };
      const { items, done } = await reader.listByMessage(orgId, appId, MESSAGE, null, query, NOW + 1_000);
      expect([done, items.map(({ id }) => id)]).toEqual([false, newest.slice(page * 50, page * 50 + 50)]);
      expect(reads.queries).toBe(9);
      expect(reads.rows).toBeLessThanOrEqual(500 + 8 * 16);
      cursor = { id: items.at(-1)!.id, direction: 'next' };
    }
  });

  it('are found by id with two reads', async () => {
    const { reader, reads } = makeTable(true);
    const oldest = attempts.at(-1)!;
    expect(await reader.find(orgId, appId, MESSAGE, oldest.id)).toEqual(oldest);
    expect(reads).toMatchObject({ queries: 2, batches: 0 });
  });

  it('are listed completely even where none was expected and indexed, with a read for every 500', async () => {
    const { reader, reads } = makeTable(false);
    const page = await reader.listByMessage(orgId, appId, MESSAGE, null, QUERY, NOW + 1_000);
    expect(page.items.map(({ id }) => id)).toEqual(newestFirst().slice(0, 50));
    expect(reads.queries).toBe((ENDPOINTS * ATTEMPTS) / 500 + 8);
  });
});
