import { HOUR_MS } from '../../../functions/platform/limits/time.domain.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { outcomeOfAttempt } from '../../../functions/deliver/attempts/attempt.domain.ts';
import type { Attempt, AttemptOutcome } from '../../../functions/deliver/attempts/attempt.domain.ts';
import { endpointId } from '../../../functions/platform/ids/brand.domain.ts';
import { makeProject } from '../../../functions/read-models/project.flow.ts';
import {
  makeCountAttempts,
  makeCountFailures,
  makeProjectAndMarkHours,
  makeUpdateHourlyStatistics,
} from '../../../functions/read-models/hourly-statistics/statistics.flow.ts';
import { noSteps } from '../../../functions/platform/steps/steps.ts';
import { SETTLED_MS } from '../../../functions/read-models/hourly-statistics/endpoint-hours.domain.ts';
import {
  makeHourlyStatistics,
  makeMarkDirtyHours,
} from '../../../functions/read-models/hourly-statistics/endpoint-hours.dynamo.ts';
import { makeInsertNew } from '../../../functions/platform/dynamodb/insert-new.ts';
import { SHARDS } from '../../../functions/platform/dynamodb/keys.ts';
import { makeViews } from '../../../functions/read-models/views.dynamo.ts';
import { APP, NOON, ORG, attempt, seededIds } from '../../support/simulation/builders.ts';
import { makeRandom } from '../../support/simulation/random.ts';
import { freshTable } from './tables.ts';
import type { DynamoClient } from '../../../functions/platform/aws/command.ts';
import { emulatorDynamo } from '../emulator.ts';

let client: DynamoClient;
beforeAll(() => {
  client = emulatorDynamo();
});

const REASONS = ['payload_expired', 'endpoint_disabled'] as const;
const CAUSES = ['status_5xx', 'dns_not_found', 'timeout_response'] as const;

const outcomeOf = (random: ReturnType<typeof makeRandom>): Partial<Attempt> => {
  if (random.chance(0.2)) {
    const reason = REASONS[random.below(REASONS.length)]!;
    return { succeeded: false, decision: { kind: 'canceled', reason }, cause: `canceled:${reason}` };
  }
  if (random.chance(0.7)) return { succeeded: true };
  return { succeeded: false, cause: CAUSES[random.below(CAUSES.length)]! };
};

const makeAttempts = (endpoint: string, count: number, from: number, to: number, seed: number): Attempt[] => {
  const random = makeRandom(seed);
  const ids = seededIds(seed);
  const times = Array.from({ length: count }, () => from + random.below(to - from)).sort((a, b) => a - b);
  return times.map((at) =>
    attempt({
      ...{ id: ids.attempt(at), at, endpointId: endpointId(endpoint) },
      ...outcomeOf(random),
    }),
  );
};

/** A table with its writer, its counting function and its reader, all using one clock. */
const start = async () => {
  const table = await freshTable(client);
  const clock = { now: NOON };
  const now = () => clock.now;
  const book = makeHourlyStatistics(client, table);
  const views = makeViews(client, table, makeInsertNew(client, table));
  const project = makeProjectAndMarkHours(
    makeProject({ ...views, mergeEndpointMessages: () => Promise.resolve() }),
    makeMarkDirtyHours(client, table),
    now,
  );
  const remainingMs = () => 300_000;
  const updateHourlyStatistics = makeUpdateHourlyStatistics({
    statistics: book,
    shards: SHARDS,
    now,
    remainingMs,
    step: noSteps,
  });
  const count = makeCountAttempts(book);
  const countFailures = makeCountFailures(book);
  return {
    clock,
    project,
    updateHourlyStatistics,
    book,
    count: (endpoint: string, since: number, until: number) =>
      count(ORG, APP, endpointId(endpoint), since, until),
    countFailures: (endpoint: string, since: number, until: number) =>
      countFailures({ orgId: ORG, appId: APP, endpointId: endpointId(endpoint) }, since, until),
  };
};

/** The counts of the attempts in the log. */
const oracle = (log: readonly Attempt[], endpoint: string, since: number, until: number) => {
  const inside = log.filter(({ endpointId: id, at }) => id === endpoint && at >= since && at <= until);
  const count = (outcome: AttemptOutcome) => inside.filter((one) => outcomeOfAttempt(one) === outcome).length;
  return { succeeded: count('succeeded'), failed: count('failed'), canceled: count('canceled') };
};

/** The failures of the log by hour and cause. */
const failuresIn = (log: readonly Attempt[], endpoint: string, since: number, until: number) => {
  const hours: Partial<Record<string, Record<string, number>>> = {};
  for (const { endpointId: id, at, cause } of log) {
    if (id !== endpoint || at < since || at > until || cause === null) continue;
    const causes = (hours[Math.floor(at / HOUR_MS) * HOUR_MS] ??= {});
    causes[cause] = (causes[cause] ?? 0) + 1;
  }
  return hours;
};

describe('attempt counts', () => {
  it('equal the log before and after hours are counted, for repeated and late attempts', async () => {
    const { clock, project, updateHourlyStatistics, book, count, countFailures } = await start();
    const random = makeRandom(11);
    const log = [
      ...makeAttempts('ep_busy', 900, NOON - 2 * HOUR_MS, NOON, 1),
      ...makeAttempts('ep_calm', 30, NOON - 2 * HOUR_MS, NOON, 2),
    ];
    const stragglers = new Set(random.shuffled(log).slice(0, 40));
    const feed = async (attempts: readonly Attempt[]) => {
      for (let at = 0; at < attempts.length; at += 100) await project(attempts.slice(at, at + 100));
    };
    const check = async (known: readonly Attempt[]) => {
      for (const endpoint of ['ep_busy', 'ep_calm', 'ep_other']) {
        for (const [since, until] of [
          [NOON - 3 * HOUR_MS, clock.now],
          [NOON - 2 * HOUR_MS, NOON - HOUR_MS - 1],
          [NOON - 1.7 * HOUR_MS, NOON - 0.2 * HOUR_MS],
        ] as const) {
          expect(await count(endpoint, since, until)).toMatchObject(oracle(known, endpoint, since, until));
          const { failures, complete } = await countFailures(endpoint, since, until);
          expect([Object.fromEntries(failures), complete]).toEqual([
            failuresIn(known, endpoint, since, until),
            true,
          ]);
        }
      }
    };
    // On time, some twice and out of order.
    clock.now = NOON - 2 * HOUR_MS;
    const first = log.filter((one) => !stragglers.has(one));
    await feed(first.slice(0, 300));
    await feed(random.shuffled(first));
    await check(first);
    for (const later of [NOON - HOUR_MS, NOON, NOON + SETTLED_MS]) {
      clock.now = later;
      await updateHourlyStatistics();
      await check(first);
    }
    expect(
      (
        await book.storedHours(
          { orgId: ORG, appId: APP, endpointId: endpointId('ep_busy') },
          {
            from: NOON - 2 * HOUR_MS,
            to: NOON,
          },
        )
      ).map(({ counted }) => counted?.through),
    ).toEqual([NOON - HOUR_MS, NOON]);
    // Much later than allowed, and twice.
    clock.now = NOON + HOUR_MS;
    await feed([...stragglers]);
    await feed([...stragglers, ...first.slice(-50)]);
    await check(log);
    await updateHourlyStatistics();
    await check(log);
  });

  it('are not stored when a late attempt arrives while they are made', async () => {
    const { clock, project, book } = await start();
    const log = makeAttempts('ep_busy', 20, NOON - HOUR_MS, NOON, 3);
    clock.now = NOON + HOUR_MS;
    await project(log.slice(1));
    const hour = { orgId: ORG, appId: APP, endpointId: endpointId('ep_busy'), hour: NOON - HOUR_MS };
    const span = { from: NOON - HOUR_MS, to: NOON };
    const [seen] = await book.storedHours(hour, span);
    const { complete: _, ...counts } = await book.count(hour, [span], 100);
    await project(log.slice(0, 1));
    expect(await book.store(hour, seen!, { ...counts, through: NOON })).toBe(false);
    expect((await book.storedHours(hour, span))[0]).toMatchObject({ counted: null });
  });

  it('of concurrent runs are stored once', async () => {
    const { book } = await start();
    const hour = { orgId: ORG, appId: APP, endpointId: endpointId('ep_busy'), hour: NOON };
    const seen = { hour: NOON, revision: 0, counted: null };
    const counted = {
      succeeded: 3,
      failed: 4,
      canceled: 2,
      causes: { status_5xx: 4, 'canceled:payload_expired': 2 },
      through: NOON + HOUR_MS,
    };
    const kept = await Promise.all([1, 2, 3].map(() => book.store(hour, seen, counted)));
    expect(kept.filter(Boolean)).toHaveLength(1);
  });

  it('are marked incomplete after a bounded number of reads', async () => {
    const { clock, project, book } = await start();
    clock.now = NOON;
    await project(makeAttempts('ep_busy', 50, NOON - 60_000, NOON, 4));
    const key = { orgId: ORG, appId: APP, endpointId: endpointId('ep_busy') };
    const counted = await book.count(key, [{ from: NOON - 60_000, to: NOON }], 4);
    expect(counted.complete).toBe(false);
    expect(counted.succeeded + counted.failed).toBeLessThan(50);
  });

  it('leave no dirty hours behind for hours that are over, and none for hours with few attempts', async () => {
    const { clock, project, updateHourlyStatistics, book } = await start();
    clock.now = NOON;
    await project(makeAttempts('ep_busy', 400, NOON - 60_000, NOON, 5));
    clock.now = NOON + HOUR_MS;
    expect((await updateHourlyStatistics()).dirty).toBeGreaterThan(0);
    const pages = await Promise.all(Array.from({ length: SHARDS }, (_, shard) => book.dirtyHours(shard)));
    const left = pages.map(({ hours }) => hours);
    expect(left.flat()).toEqual([]);
  });
});
