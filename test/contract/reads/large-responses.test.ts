import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeAttemptLog } from '../../../functions/deliver/attempts/attempt-log.dynamo.ts';
import type { Attempt } from '../../../functions/deliver/attempts/attempt.domain.ts';
import { makeContentRows } from '../../../functions/expunge/expunge.dynamo.ts';
import { makeInsertNew } from '../../../functions/platform/dynamodb/insert-new.ts';
import type { InsertNew } from '../../../functions/platform/dynamodb/insert-new.ts';
import type { Row } from '../../../functions/platform/dynamodb/table.ts';
import { PAGE_BYTES } from '../../../functions/platform/limits/memory.domain.ts';
import { makeAttempts } from '../../../functions/read-models/attempts-by-endpoint/attempts.dynamo.ts';
import type { AttemptQuery } from '../../../functions/read-models/attempts.port.ts';
import { makeViews } from '../../../functions/read-models/views.dynamo.ts';
import { APP, ENDPOINT, MESSAGE, NOON, ORG, attempt, seededIds } from '../../support/simulation/builders.ts';
import { makeRandom } from '../../support/simulation/random.ts';
import { freshTable } from './tables.ts';
import type { DynamoClient } from '../../../functions/platform/aws/command.ts';
import { ScanCommand } from '../../../functions/platform/dynamodb/commands.ts';
import { emulatorDynamo } from '../emulator.ts';

let client: DynamoClient;
beforeAll(() => {
  client = emulatorDynamo();
});

const ids = seededIds(31);
const random = makeRandom(32);
/** Text of this many bytes that hardly compresses. */
const text = (bytes: number) => Buffer.from(random.bytes(bytes)).toString('base64').slice(0, bytes);
const every: AttemptQuery = {
  ...{ limit: 250, cursor: null, before: null, after: null, withContent: true },
  ...{ outcomes: null, statusCodes: null, causes: null, channel: null, tag: null, eventTypes: null },
};
const failed = (index: number, response: string): Attempt =>
  attempt({
    id: ids.attempt(NOON + index * 4),
    at: NOON + index * 4,
    trigger: { kind: 'scheduled', number: index + 1 },
    ...{
      succeeded: false,
      responseStatusCode: 500,
      decision: { kind: 'retry', at: NOON + 60_000 },
      response,
    },
  });

const start = async (wrap: (insert: InsertNew) => InsertNew = (insert) => insert) => {
  const [deliveries, control, views] = [
    await freshTable(client),
    await freshTable(client),
    await freshTable(client),
  ];
  const rows = async (): Promise<readonly Row[]> =>
    (await client.send(new ScanCommand({ TableName: deliveries }))).Items ?? [];
  return {
    rows,
    log: makeAttemptLog(client, { deliveries, control }, wrap(makeInsertNew(client, deliveries))),
    attempts: makeAttempts({ client, deliveries, views }),
    views: makeViews(client, views, makeInsertNew(client, views)),
    content: makeContentRows({ client, messages: control, deliveries }),
  };
};

describe('response too large for its attempt row', () => {
  it('is stored apart from the attempts of its message, and read with the attempt', async () => {
    const { rows, log, attempts, views } = await start();
    const large = failed(0, text(20_000));
    const small = failed(1, 'x'.repeat(20_000));
    for (const one of [large, small]) expect(await log.record(one)).toEqual(one);
    await views.putEndpointAttempts([large, small]);
    const stored = await rows();
    expect(stored.map(({ type }) => type).sort()).toEqual(['at', 'at', 'response']);
    for (const row of stored.filter(({ type }) => type === 'at'))
      expect(JSON.stringify(marshall(row)).length).toBeLessThan(1_500);
    expect(new Set(stored.map(({ pk }) => pk)).size).toBe(2);
    expect((await attempts.listByMessage(ORG, APP, MESSAGE, null, every, NOON + 99)).items).toEqual([
      small,
      large,
    ]);
    expect((await attempts.listByEndpoint(ORG, APP, ENDPOINT, every, NOON + 99)).items).toEqual([
      small,
      large,
    ]);
    expect(await attempts.find(ORG, APP, MESSAGE, large.id)).toEqual(large);
  });

  it('expires with its attempt', async () => {
    const { rows, log } = await start();
    await log.record(failed(0, text(5_000)));
    expect(new Set((await rows()).map(({ ttl }) => ttl)).size).toBe(1);
  });

  it('is written before its attempt, so that a crash in between leaves no attempt without its response', async () => {
    let crashes = 1;
    const { log, attempts } = await start((insert) => (row) => {
      if (row['type'] === 'at' && crashes > 0) {
        crashes -= 1;
        return Promise.reject(new Error('crash'));
      }
      return insert(row);
    });
    const [first, again] = [failed(0, text(5_000)), failed(0, text(6_000))];
    await expect(log.record(first)).rejects.toThrow('crash');
    expect((await attempts.listByMessage(ORG, APP, MESSAGE, null, every, NOON + 99)).items).toEqual([]);
    await log.record(again);
    expect((await attempts.listByMessage(ORG, APP, MESSAGE, null, every, NOON + 99)).items).toEqual([again]);
  });

  it('belongs to the attempt that was recorded, not to another one of the same attempt number', async () => {
    const { log, attempts } = await start();
    const racers = Array.from({ length: 5 }, () => failed(0, text(5_000)));
    const recorded = await Promise.all(racers.map((one) => log.record(one)));
    const winner = racers.find(({ id }) => id === recorded[0]?.id);
    expect(new Set(recorded.map(({ id }) => id)).size).toBe(1);
    expect((await attempts.listByMessage(ORG, APP, MESSAGE, null, every, NOON + 99)).items).toEqual([winner]);
  });

  it('is overwritten when the attempt is expunged', async () => {
    const { rows, log, attempts, content } = await start();
    const [large, small] = [failed(0, text(5_000)), failed(1, 'secret')];
    for (const one of [large, small]) await log.record(one);
    for (const one of [large, small]) await content.overwriteResponse(one);
    for (const one of [large, small])
      expect(await attempts.find(ORG, APP, MESSAGE, one.id)).toEqual({ ...one, response: 'EXPUNGED' });
    expect(JSON.stringify(await rows()).length).toBeLessThan(3_000);
  });

  it('ends a page before the responses exceed the byte limit, and the next page continues', async () => {
    const { log, attempts } = await start();
    const all = Array.from({ length: 200 }, (_, index) => failed(index, text(20_000)));
    await Promise.all(all.map((one) => log.record(one)));
    const newest = all.toReversed().map(({ id }) => id);
    const first = await attempts.listByMessage(ORG, APP, MESSAGE, null, every, NOON + 9_999);
    expect(first.items).toHaveLength(PAGE_BYTES / 20_000);
    expect([first.done, first.items.map(({ id }) => id)]).toEqual([false, newest.slice(0, 150)]);
    const cursor = { id: newest[149]!, direction: 'next' } as const;
    const second = await attempts.listByMessage(ORG, APP, MESSAGE, null, { ...every, cursor }, NOON + 9_999);
    expect([second.done, second.items.map(({ id }) => id)]).toEqual([true, newest.slice(150)]);
    const back = { id: newest[199]!, direction: 'previous' } as const;
    const third = await attempts.listByMessage(
      ORG,
      APP,
      MESSAGE,
      null,
      { ...every, cursor: back },
      NOON + 9_999,
    );
    expect([third.done, third.items.map(({ id }) => id)]).toEqual([false, newest.slice(49, 199)]);
  });
});
