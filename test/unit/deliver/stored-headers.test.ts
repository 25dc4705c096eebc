import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../../functions/deliver/attempts/attempt.domain.ts';
import {
  attemptRows,
  parseAttemptFacts,
  parseAttemptRow,
  parseResponseRow,
} from '../../../functions/deliver/attempts/attempt-row.ts';
import { responseHeaders } from '../../../functions/deliver/attempts/response-headers.domain.ts';
import type { Row } from '../../../functions/platform/dynamodb/table.ts';
import { itemBytes as upperBound } from '../../../functions/platform/dynamodb/item-bytes.ts';
import { itemBytes } from '../../support/dynamo-limits.ts';
import { attempt } from '../../support/simulation/builders.ts';
import { makeRandom } from '../../support/simulation/random.ts';

const bytesOf = (row: Row) => itemBytes(marshall(row, { removeUndefinedValues: true }));
const units = (row: Row | undefined) => (row === undefined ? 0 : Math.ceil(bytesOf(row) / 1_024));

const random = makeRandom(7);
const text = (length: number) =>
  Array.from({ length }, () => String.fromCharCode(97 + random.below(26))).join('');
const fields = (count: number, length: number) =>
  new Map(Array.from({ length: count }, (_, index) => [`x-${index}`, text(length)] as const));

const FAILED: Partial<Attempt> = {
  ...{ succeeded: false, responseStatusCode: 503, cause: 'status_5xx' },
  decision: { kind: 'exhausted' },
};

const readBack = (one: Attempt) => {
  const { row, response } = attemptRows(one);
  return { ...parseAttemptRow(row), ...(response === undefined ? {} : parseResponseRow(response)) };
};

describe('response headers of an attempt', () => {
  const sizes = [0, 1, 3, 8, 20, 60].flatMap((count) =>
    [0, 10, 60, 300].flatMap((length) => [0, 30, 900, 5_000].map((body) => ({ count, length, body }))),
  );

  it('of a success cost no write unit, and are the first ones where not all of them fit', () => {
    for (const { count, length, body } of sizes) {
      const headers = responseHeaders(fields(count, length));
      const one = attempt({ response: text(body), responseHeaders: headers });
      const { responseHeaders: _, ...without } = one;
      const [stored, bare] = [attemptRows(one), attemptRows(without)];
      expect(units(stored.row) + units(stored.response)).toBe(units(bare.row) + units(bare.response));
      const read = readBack(one).responseHeaders;
      const kept = read?.fields ?? [];
      expect(kept).toEqual(headers.fields.slice(0, kept.length));
      expect(read?.truncated ?? true).toBe(headers.truncated || kept.length < headers.fields.length);
    }
  });

  it('of a success are usually complete', () => {
    const usual = new Map([
      ['date', 'Mon, 30 Nov 2026 11:00:00 GMT'],
      ['content-type', 'application/json; charset=utf-8'],
      ['content-length', '15'],
      ['server', 'nginx'],
      ['connection', 'keep-alive'],
    ]);
    const one = attempt({ response: '{"received":true}', responseHeaders: responseHeaders(usual) });
    expect(readBack(one).responseHeaders).toEqual({ fields: [...usual], truncated: false });
  });

  it('of a failure are stored whatever they cost', () => {
    for (const { count, length, body } of sizes) {
      const headers = responseHeaders(fields(count, length));
      const one = attempt({ ...FAILED, response: text(body), responseHeaders: headers });
      expect(readBack(one).responseHeaders).toEqual(headers);
    }
  });

  it('have at most 4 KB, and no value of a cookie', () => {
    const { fields: kept, truncated } = responseHeaders(
      new Map([
        ['set-cookie', 'session=secret'],
        ['empty', ''],
        ['x-long', 'a'.repeat(3_000)],
        ['x-longer', 'b'.repeat(3_000)],
      ]),
    );
    expect(kept).toEqual([
      ['set-cookie', null],
      ['empty', ''],
      ['x-long', 'a'.repeat(3_000)],
    ]);
    expect(truncated).toBe(true);
    const one = attempt({ ...FAILED, responseHeaders: { fields: kept, truncated } });
    expect(readBack(one).responseHeaders).toEqual({ fields: kept, truncated });
    expect(JSON.stringify(attemptRows(one))).not.toContain('session=secret');
  });

  it('are not read with the facts of an attempt', () => {
    const headers = responseHeaders(fields(3, 10));
    for (const one of [
      attempt({ responseHeaders: headers }),
      attempt({ ...FAILED, responseHeaders: headers }),
    ])
      expect(parseAttemptFacts(attemptRows(one).row)).not.toHaveProperty('responseHeaders');
  });
});

describe('phases of connecting', () => {
  it.each([{ dnsMs: 0 }, { dnsMs: 3, connectMs: 20 }, { dnsMs: 3, connectMs: 20, tlsMs: 1_000 }])(
    '%o are stored with the attempt',
    (phases) => {
      expect(readBack(attempt({ phases })).phases).toEqual(phases);
    },
  );
});

it('the estimated size of an item is at least what DynamoDB counts', () => {
  const rows = [
    attemptRows(attempt()).row,
    attemptRows(attempt({ channels: ['é'], tags: [], decision: { kind: 'retry', at: 1 } })).row,
    { pk: 'a', sk: 'b', list: [1, 'two', [true, null]], map: { a: { b: Buffer.from('abc') } } },
  ];
  for (const row of rows) expect(upperBound(row)).toBeGreaterThanOrEqual(bytesOf(row));
});
