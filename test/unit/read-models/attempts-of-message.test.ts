import type { BatchGetCommandInput, DynamoDBDocumentClient, QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { attemptRows } from '../../../functions/deliver/attempts/attempt-row.ts';
import type { Attempt } from '../../../functions/deliver/attempts/attempt.domain.ts';
import { attemptId, endpointId } from '../../../functions/platform/ids/brand.domain.ts';
import { lowerBound } from '../../../functions/platform/ids/ids.domain.ts';
import { makeAttempts } from '../../../functions/read-models/attempts-by-endpoint/attempts.dynamo.ts';
import { attempt as anAttempt } from '../../support/simulation/builders.ts';

const ENDPOINTS = 3_000;
const PAGE_ROWS = 100;
const NOW = Date.parse('2026-11-23T04:19:56.838Z');
const RESPONSE = 'r'.repeat(2_000);

/** Ordered by endpoint id; the attempt times are in another order. */
const attempts: Attempt[] = [];
let rows: Record<string, unknown>[] = [];

beforeAll(() => {
  for (let index = 0; index < ENDPOINTS; index += 1) {
    const at = NOW - ((index * 7_919) % ENDPOINTS) * 1_000;
    attempts.push({
      ...anAttempt(),
      endpointId: endpointId(lowerBound('ep_', NOW - (ENDPOINTS - index) * 1_000)),
      id: attemptId(lowerBound('atmpt_', at)),
      at,
      response: RESPONSE,
    });
  }
  rows = attempts
    .map((one) => unmarshall(marshall(attemptRows(one).row, { removeUndefinedValues: true })))
    .toSorted((left, right) => (String(left['sk']) < String(right['sk']) ? -1 : 1));
});

/** Answers pages of a hundred rows and counts the responses read by key. */
const makeTable = (endless = false) => {
  const reads = { pages: 0, keys: 0 };
  const query = ({ ExclusiveStartKey }: QueryCommandInput) => {
    const from = endless ? 0 : Number(ExclusiveStartKey?.['from'] ?? 0);
    reads.pages += 1;
    const more = endless || from + PAGE_ROWS < rows.length;
    return {
      Items: rows.slice(from, from + PAGE_ROWS),
      ...(more ? { LastEvaluatedKey: { from: from + PAGE_ROWS } } : {}),
    };
  };
  const batchGet = ({ RequestItems }: BatchGetCommandInput) => {
    const keys = (RequestItems?.['log']?.Keys ?? []).map(({ sk }) => sk as string);
    reads.keys += keys.length;
    return {
      Responses: { log: rows.filter(({ sk }) => keys.includes(sk as string)) },
    };
  };
  const send = async ({ input }: { input: object }) =>
    'RequestItems' in input ? batchGet(input as never) : query(input as never);
  return {
    reads,
    reader: makeAttempts({
      client: { send } as unknown as DynamoDBDocumentClient,
      deliveries: 'log',
      views: 'views',
    }),
  };
};

const QUERY = {
  ...{ limit: 50, cursor: null, before: null, after: null },
  ...{ outcomes: null, statusCodes: null, channel: null, tag: null, eventTypes: null, withContent: true },
};

describe('attempts of a message with thousands of endpoints', () => {
  it('are listed newest first, reading only the responses of the page', async () => {
    const { reader, reads } = makeTable();
    const { orgId, appId, messageId } = anAttempt();
    const newest = attempts
      .map(({ id }) => id)
      .sort()
      .reverse();
    const page = await reader.listByMessage(orgId, appId, messageId, null, QUERY, NOW + 1_000);
    expect(page.items.map(({ id }) => id)).toEqual(newest.slice(0, 50));
    expect(page.done).toBe(false);
    expect(page.items.map(({ response }) => response)).toEqual(Array.from({ length: 50 }, () => RESPONSE));
    expect(reads).toEqual({ pages: ENDPOINTS / PAGE_ROWS, keys: 0 });

    const cursor = { id: page.items.at(-1)!.id, direction: 'next' } as const;
    const second = await reader.listByMessage(
      orgId,
      appId,
      messageId,
      null,
      { ...QUERY, cursor },
      NOW + 1_000,
    );
    expect(second.items.map(({ id }) => id)).toEqual(newest.slice(50, 100));
  });

  it('are found by id without reading past it', async () => {
    const { reader, reads } = makeTable();
    const { orgId, appId, messageId } = anAttempt();
    const expected = attempts.find((one) => rows[150]!['id'] === one.id)!;
    expect(await reader.find(orgId, appId, messageId, expected.id)).toMatchObject({
      id: expected.id,
      response: RESPONSE,
    });
    expect(reads.pages).toBe(2);
  });

  it('are refused after a bounded number of reads', async () => {
    const { reader, reads } = makeTable(true);
    const { orgId, appId, messageId } = anAttempt();
    const listed = reader.listByMessage(orgId, appId, messageId, null, QUERY, NOW + 1_000);
    await expect(listed).rejects.toMatchObject({ name: 'RangeTooLong' });
    expect(reads.pages).toBeLessThan(100);
  });
});
