import { beforeAll, describe, expect, it } from 'vitest';
import { isIndexed } from '../../../functions/deliver/attempts/attempt-index.domain.ts';
import type { Attempt, Trigger } from '../../../functions/deliver/attempts/attempt.domain.ts';
import { attemptRows } from '../../../functions/deliver/attempts/attempt-row.ts';
import { chunksOf } from '../../../functions/platform/concurrency/chunks.ts';
import { makeInsertNew } from '../../../functions/platform/dynamodb/insert-new.ts';
import type { EndpointId } from '../../../functions/platform/ids/brand.domain.ts';
import type { Cursor, Page } from '../../../functions/platform/pages/page.ts';
import { makeAttemptLog } from '../../../functions/deliver/attempts/attempt-log.dynamo.ts';
import { makeAttemptsByMessage } from '../../../functions/read-models/attempts-by-message/attempts-by-message.dynamo.ts';
import type { AttemptQuery } from '../../../functions/read-models/attempts.port.ts';
import { makeDestinations } from '../../../functions/read-models/destinations.dynamo.ts';
import { countReads } from '../../support/count-reads.ts';
import { APP, NOON, ORG, attempt, seededIds } from '../../support/simulation/builders.ts';
import { makeRandom } from '../../support/simulation/random.ts';
import { timePage } from '../../support/simulation/time-page.ts';
import { freshTable } from './tables.ts';
import type { DynamoClient } from '../../../functions/platform/aws/command.ts';
import { BatchWriteCommand } from '../../../functions/platform/dynamodb/commands.ts';
import { emulatorDynamo } from '../emulator.ts';

let client: DynamoClient;
beforeAll(() => {
  client = emulatorDynamo();
});

const HOUR = 3_600_000;
const LATER = NOON + 1_000 * HOUR;
const every: AttemptQuery = {
  ...{ limit: 50, cursor: null, before: null, after: null, withContent: true },
  ...{ outcomes: null, statusCodes: null, causes: null, channel: null, tag: null, eventTypes: null },
};

/** Puts attempts of a message side by side, as deliver would one by one. */
const putAll = async (table: string, attempts: readonly Attempt[], indexed: boolean): Promise<void> => {
  const rows = attempts.flatMap((one) => {
    const { row, response } = attemptRows(one, indexed ? { indexed: true } : {});
    return response === undefined ? [row] : [row, response];
  });
  for (const some of chunksOf(chunksOf(rows, 25), 4))
    await Promise.all(
      some.map((chunk) =>
        client.send(
          new BatchWriteCommand({
            RequestItems: {
              [table]: chunk.map((row) => ({
                PutRequest: { Item: row },
              })),
            },
          }),
        ),
      ),
    );
};

const pick = <Item>(random: ReturnType<typeof makeRandom>, items: readonly Item[]): Item =>
  items[random.below(items.length)]!;

const walk = async (
  read: (cursor: Cursor | null) => Promise<Page<Attempt>>,
  direction: Cursor['direction'] = 'next',
  start: Cursor | null = null,
): Promise<readonly string[]> => {
  const found: string[] = [];
  let cursor = start;
  for (let pages = 0; pages < 2_000; pages += 1) {
    const { items, done, resumeAt } = await read(cursor);
    const ids = items.map(({ id }) => id);
    if (direction === 'next') found.push(...ids);
    else found.unshift(...ids);
    if (done) return found;
    const id = resumeAt ?? (direction === 'next' ? ids.at(-1) : ids[0]);
    if (id === undefined) throw new Error('a page leads nowhere');
    cursor = { id, direction };
  }
  throw new Error('the list has no end');
};

describe('a message with 1,500 attempts at 500 endpoints, with large responses', () => {
  const random = makeRandom(41);
  const noise = Buffer.from(random.bytes(20_000)).toString('base64');
  const [ids, endpointIds] = [seededIds(42), seededIds(43)];
  const MESSAGE = seededIds(44).message(NOON);
  const endpoints = Array.from({ length: 500 }, (_, index) =>
    endpointIds.endpoint(NOON - 10_000_000 + index * 8),
  );
  /** In the order of time; endpoints in another order at each attempt number. */
  const attempts = [1, 2, 3].flatMap((number) =>
    random.shuffled(endpoints).map((endpointId, index): Attempt => {
      const at = NOON + number * HOUR + index * 4;
      return attempt({
        ...{ messageId: MESSAGE, endpointId, id: ids.attempt(at), at },
        trigger: { kind: 'scheduled', number },
        ...{ succeeded: false, responseStatusCode: number === 2 && index === 7 ? 418 : 500 },
        decision: { kind: 'retry', at: at + HOUR },
        // The newest ones are large, each another, and shrink to no less than 15 KB.
        response: number === 3 && index >= 300 ? noise.slice(index, index + 20_000) : 'no',
      });
    }),
  );
  let table: string;
  beforeAll(async () => {
    table = await freshTable(client);
    await putAll(table, attempts, true);
  }, 120_000);

  it('is listed page by page, newest first, with a constant number of reads and read units', async () => {
    const counting = emulatorDynamo();
    const reads = countReads(counting);
    const reader = makeAttemptsByMessage(counting, table);
    const newest = attempts.toReversed();
    let cursor: Cursor | null = null;
    for (let page = 0; page < 3; page += 1) {
      Object.assign(reads, { calls: 0, units: 0, bytes: 0 });
      const found: Page<Attempt> = await reader.listByMessage(
        ORG,
        APP,
        MESSAGE,
        null,
        { ...every, cursor },
        LATER,
      );
      expect(found).toEqual({ items: newest.slice(page * 50, page * 50 + 50), done: false });
      // One read of the log, one of each shard of the index, one of the page's fifty responses of 15 KB (4 units each).
      expect(reads.calls).toBe(10);
      expect(reads.units).toBeLessThan(400);
      cursor = { id: found.items.at(-1)!.id, direction: 'next' };
    }
    const before = attempts[750]!.at;
    const middle = await reader.listByMessage(ORG, APP, MESSAGE, null, { ...every, before, limit: 3 }, LATER);
    expect(middle.items.map(({ id }) => id)).toEqual(newest.slice(750, 753).map(({ id }) => id));
  });

  it('reads no response where none is printed, and no other than those of the page', async () => {
    const counting = emulatorDynamo();
    const reads = countReads(counting);
    const reader = makeAttemptsByMessage(counting, table);
    await reader.listByMessage(ORG, APP, MESSAGE, null, { ...every, limit: 250, withContent: false }, LATER);
    expect(reads.calls).toBe(9);
    expect(reads.bytes).toBeLessThan(700_000);
    expect(reads.units).toBeLessThan(160);
    Object.assign(reads, { calls: 0, units: 0, bytes: 0 });
    await reader.listByMessage(ORG, APP, MESSAGE, endpoints[250]!, every, LATER);
    expect(reads.calls).toBe(2);
    expect(reads.units).toBeLessThan(30);
  });

  it('is listed whole, each attempt once, both ways', async () => {
    const reader = makeAttemptsByMessage(client, table);
    const query = { ...every, limit: 250, withContent: false };
    const read = (cursor: Cursor | null) =>
      reader.listByMessage(ORG, APP, MESSAGE, null, { ...query, cursor }, LATER);
    const newest = attempts.toReversed().map(({ id }) => id);
    expect(await walk(read)).toEqual(newest);
    const oldest = { id: attempts[0]!.id, direction: 'previous' } as const;
    expect(await walk(read, 'previous', oldest)).toEqual(newest.slice(0, -1));
  });

  it('answers a filter that matches one attempt with shorter pages that lead to it', async () => {
    const reader = makeAttemptsByMessage(client, table);
    const query = { ...every, statusCodes: { from: 400, to: 499 } };
    const found = await walk((cursor) =>
      reader.listByMessage(ORG, APP, MESSAGE, null, { ...query, cursor }, LATER),
    );
    expect(found).toEqual(
      attempts.filter(({ responseStatusCode }) => responseStatusCode === 418).map(({ id }) => id),
    );
  });

  it('finds each attempt by its id with two reads and that of its response', async () => {
    const counting = emulatorDynamo();
    const reads = countReads(counting);
    const reader = makeAttemptsByMessage(counting, table);
    const beyond = new Set(endpoints.slice(200)); // what the read of the log does not reach
    const oldest = attempts.findLast(
      ({ endpointId, response }) => beyond.has(endpointId) && response.length > 10_000,
    )!;
    expect(await reader.find(ORG, APP, MESSAGE, oldest.id)).toEqual(oldest);
    expect(reads.calls).toBe(3);
    expect(await reader.find(ORG, APP, MESSAGE, ids.attempt(NOON))).toBeUndefined();
  });

  it('lists its destinations with reads in proportion to the page', async () => {
    const counting = emulatorDynamo();
    const reads = countReads(counting);
    const read = makeDestinations({ client: counting, deliveries: table, views: table });
    const page = await read(ORG, APP, MESSAGE, { limit: 50, cursor: null });
    expect(page.items.map(({ endpointId }) => endpointId)).toEqual(endpoints.slice(0, 50));
    expect(reads.calls).toBe(1);
    expect(reads.units).toBeLessThan(100);
  });
});

describe('attempts of a message, by the model of a plain list', () => {
  const instants = { publish: NOON, span: 60_000 };

  it.each([1, 2, 3, 4])(
    'are each listed once and in order while new ones come in (seed %i)',
    async (seed) => {
      const random = makeRandom(seed);
      const [ids, endpointIds, messageIds] = [seededIds(seed), seededIds(seed + 100), seededIds(seed + 200)];
      const messageId = messageIds.message(instants.publish);
      const indexed = random.chance(0.4);
      const before = Array.from({ length: 1 + random.below(6) }, (_, index) =>
        endpointIds.endpoint(instants.publish - 1_000 + index * 8),
      );
      const after = Array.from({ length: random.below(4) }, (_, index) =>
        endpointIds.endpoint(instants.publish + 1_000 + index * 8),
      );
      const deliveries = await freshTable(client);
      const control = await freshTable(client);
      const log = makeAttemptLog(client, { deliveries, control }, makeInsertNew(client, deliveries));
      // Four rows a read: every list but the shortest goes through the index.
      const reader = makeAttemptsByMessage(client, deliveries, 4);
      const recorded = new Map<string, Attempt>();
      let clock = instants.publish + 10_000;

      const record = async () => {
        const endpointId = pick<EndpointId>(random, [...before, ...after]);
        const number = 1 + random.below(8);
        const trigger: Trigger = pick<Trigger>(random, [
          { kind: 'scheduled', number },
          { kind: 'scheduled', number },
          { kind: 'manual', request: `r${random.below(1_000)}` },
          { kind: 'scheduled', number, series: ids.attempt(instants.publish) },
        ]);
        clock += 4 + random.below(200);
        const canceled = random.chance(0.1);
        const one = attempt({
          ...{ messageId, endpointId, trigger, at: clock, id: ids.attempt(clock) },
          ...(canceled && {
            ...{ succeeded: false, responseStatusCode: 0, response: '' },
            ...{
              cause: 'canceled:endpoint_disabled',
              decision: { kind: 'canceled', reason: 'endpoint_disabled' },
            },
          }),
          ...(!canceled && { response: 'x'.repeat(random.below(40)) }),
        });
        const recordedAttempt = await log.record(one, indexed ? { indexed: true } : {});
        if (recordedAttempt.id === one.id) recorded.set(one.id, one);
      };

      for (let count = 0; count < 40; count += 1) await record();
      const now = () => clock + HOUR;
      for (let round = 0; round < 3; round += 1) {
        const of = random.chance(0.3) ? pick<EndpointId>(random, [...before, ...after]) : null;
        const limit = 3 + random.below(12);
        const accepts = (one: Attempt) => of === null || one.endpointId === of;
        const existing = [...recorded.values()].filter(accepts).map(({ id }) => id);
        const query = { ...every, limit, withContent: random.chance(0.5) };
        const seen = await walk(async (cursor) => {
          const page = await reader.listByMessage(ORG, APP, messageId, of, { ...query, cursor }, now());
          const model = timePage('atmpt_', recorded.values(), { ...query, cursor }, now(), accepts);
          expect(page.items.map(({ id }) => id)).toEqual(model.items.map(({ id }) => id));
          await record();
          return page;
        });
        expect(new Set(seen).size).toBe(seen.length);
        expect(seen).toEqual(seen.toSorted().toReversed());
        expect(seen).toEqual(expect.arrayContaining(existing));
        const [oldest] = existing.toSorted();
        if (oldest === undefined) continue;
        const up = await walk(
          async (cursor) => {
            const page = await reader.listByMessage(ORG, APP, messageId, of, { ...query, cursor }, now());
            if (random.chance(0.3)) await record();
            return page;
          },
          'previous',
          { id: oldest, direction: 'previous' },
        );
        expect([...up, oldest]).toEqual(expect.arrayContaining(existing));
        expect(up).toEqual([...new Set(up)].toSorted().toReversed());
      }
      for (const one of recorded.values())
        expect((await reader.find(ORG, APP, messageId, one.id))?.id).toBe(one.id);
      const some = [...recorded.values()].filter((one) => isIndexed(one, indexed ? { indexed: true } : {}));
      expect(some.length > 0).toBe(true);
    },
  );
});
