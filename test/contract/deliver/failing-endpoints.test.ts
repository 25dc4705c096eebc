import { beforeAll, describe, expect, it } from 'vitest';
import { opened } from '../../../functions/deliver/circuit-breaker/circuit-breaker.domain.ts';
import { HEALTHY } from '../../../functions/deliver/circuit-breaker/health.domain.ts';
import type { ThrottleStore } from '../../../functions/deliver/throttle/reservations.flow.ts';
import type { HealthStore } from '../../../functions/deliver/circuit-breaker/circuit-breaker.flow.ts';
import type { ParkingStore } from '../../../functions/deliver/circuit-breaker/parking.flow.ts';
import { formatDelivery, parseDelivery } from '../../../functions/deliver/queue/queue-message.ts';
import {
  crowdingOf,
  crowdingPlace,
  makeCrowdingStore,
} from '../../../functions/deliver/lanes/crowding.dynamo.ts';
import type { Crowding } from '../../../functions/deliver/lanes/crowding.domain.ts';
import type { CrowdingStore } from '../../../functions/deliver/lanes/old-requests.flow.ts';
import { healthPlace, makeHealthStore } from '../../../functions/deliver/circuit-breaker/health.dynamo.ts';
import { makeParkingStore } from '../../../functions/deliver/circuit-breaker/parking.dynamo.ts';
import { makeThrottleStore } from '../../../functions/deliver/throttle/throttle.dynamo.ts';
import { APP, delivery, NOON, ORG, seededIds } from '../../support/simulation/builders.ts';
import {
  makeMemoryHealth,
  makeMemoryParking,
  makeMemoryThrottle,
} from '../../support/simulation/endpoint-health.ts';
import { makeMemoryCrowding } from '../../support/simulation/crowding.ts';
import { getRow } from '../../../functions/platform/dynamodb/table.ts';
import { freshTable } from '../reads/tables.ts';
import { PutCommand } from '../../../functions/platform/dynamodb/commands.ts';
import { emulatorDynamo } from '../emulator.ts';

interface Stores {
  readonly health: HealthStore;
  readonly parking: ParkingStore;
  readonly throttle: ThrottleStore;
  readonly crowding: CrowdingStore;
  /** The crowding that deliveries of a message see. */
  readonly readCrowding: (message: string) => Promise<Crowding>;
}

const memoryCrowding = () => {
  const crowding = makeMemoryCrowding(() => NOON);
  return { crowding, readCrowding: async () => crowding.readAsOf(NOON) };
};

const adapters: [string, () => Promise<Stores>][] = [
  [
    'in memory',
    () =>
      Promise.resolve({
        health: makeMemoryHealth(),
        parking: makeMemoryParking(),
        throttle: makeMemoryThrottle(),
        ...memoryCrowding(),
      }),
  ],
  [
    'on DynamoDB',
    async () => {
      const client = emulatorDynamo();
      const table = await freshTable(client);
      const text = { format: formatDelivery, parse: parseDelivery };
      return {
        health: makeHealthStore(client, table),
        parking: makeParkingStore(client, table, text, () => Promise.resolve()),
        throttle: makeThrottleStore(client, table),
        crowding: makeCrowdingStore(client, table),
        readCrowding: async (message) => {
          const row = await getRow(client, crowdingPlace(table, message));
          return crowdingOf(() => row);
        },
      };
    },
  ],
];

const ids = seededIds(77);
/** A new endpoint for each test. */
const someEndpoint = () => ({ orgId: ORG, appId: APP, endpointId: ids.endpoint(NOON) });
const closed = { kind: 'closed' } as const;

describe.each(adapters)('endpoint health, parking and throttle %s', (_, make) => {
  let stores: Stores;
  beforeAll(async () => {
    stores = await make();
  });

  it('treat an endpoint without an item as healthy', async () => {
    expect(await stores.health.read(someEndpoint())).toEqual(HEALTHY);
  });

  it('add up failures from the first failure on and reset them on recovery', async () => {
    const { health } = stores;
    const one = someEndpoint();
    await health.count(one, { failures: 3, firstFailureAt: NOON, period: 0 }, NOON);
    const counted = await health.count(one, { failures: 4, firstFailureAt: NOON + 5, period: 0 }, NOON);
    expect(counted).toEqual({ ...HEALTHY, failures: 7, firstFailureAt: NOON });
    expect(await health.recover(one, closed, null, NOON)).toBe(true);
    expect(await health.read(one)).toEqual(HEALTHY);
  });

  it('open the breaker once, reopen it, and close it only for a writer that read the current state', async () => {
    const { health } = stores;
    const one = someEndpoint();
    const [first, second] = [opened(1, NOON, 0), opened(2, NOON + 90_000, 0)];
    expect(await health.open(one, closed, first, NOON)).toBe(true);
    expect(await health.open(one, closed, second, NOON)).toBe(false);
    expect(await health.read(one)).toEqual({ ...HEALTHY, breaker: first, drainAt: first.until });
    expect(await health.open(one, first, second, NOON)).toBe(true);
    expect(await health.recover(one, first, NOON, NOON)).toBe(false);
    expect(await health.recover(one, second, NOON + 1, NOON)).toBe(true);
    expect(await health.read(one)).toEqual({ ...HEALTHY, drainAt: NOON + 1 });
  });

  it('let one worker claim the probe, and another when its lease expired', async () => {
    const { health } = stores;
    const one = someEndpoint();
    const breaker = opened(1, NOON, 0);
    await health.open(one, closed, breaker, NOON);
    const claim = (now: number) => health.claimProbe(one, breaker, now + 60_000, now);
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim(NOON)));
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await claim(NOON + 59_999)).toBe(false);
    expect(await claim(NOON + 60_000)).toBe(true);
    expect(await health.claimProbe(one, opened(2, NOON, 0), NOON + 9e6, NOON + 8e6)).toBe(false);
  });

  it('keep the slow mark and the proof of quickness apart', async () => {
    const one = someEndpoint();
    await stores.health.markSlow(one, NOON + 600_000, NOON);
    await stores.health.markQuick(one, NOON + 30_000, NOON);
    await stores.health.recover(one, closed, null, NOON);
    expect(await stores.health.read(one)).toEqual({
      ...HEALTHY,
      slowUntil: NOON + 600_000,
      quickUntil: NOON + 30_000,
    });
  });

  it('count batches with an old request by lane and window', async () => {
    const { crowding } = stores;
    const counts = await Promise.all([1, 2, 3].map(() => crowding.count('fast', 7, 8, NOON)));
    expect(counts.toSorted((a, b) => a - b)).toEqual([8, 16, 24]);
    expect(await crowding.count('bulk', 7, 2, NOON)).toBe(2);
    expect(await crowding.count('fast', 8, 8, NOON)).toBe(8);
  });

  it('show the crowding of each lane to the deliveries of all messages', async () => {
    const { crowding, readCrowding } = stores;
    expect(await readCrowding('msg_1')).toEqual({ fast: 0, bulk: 0 });
    await crowding.markCrowded('fast', NOON + 1, NOON);
    await crowding.markCrowded('bulk', NOON + 2, NOON);
    for (let message = 0; message < 20; message += 1)
      expect(await readCrowding(`msg_${message}`)).toEqual({ fast: NOON + 1, bulk: NOON + 2 });
  });

  it('keep the slow mark when the breaker changes', async () => {
    const one = someEndpoint();
    await stores.health.markSlow(one, NOON + 600_000, NOON);
    await stores.health.recover(one, closed, null, NOON);
    expect(await stores.health.read(one)).toEqual({ ...HEALTHY, slowUntil: NOON + 600_000 });
  });

  it('keep failing since while it is current and restart it when it is outdated', async () => {
    const { health } = stores;
    const one = someEndpoint();
    const exhausted = (at: number, forgottenBefore: number) =>
      health.startFailingSince(one, { at, forgottenBefore, period: 0 }, NOON);
    expect(await exhausted(NOON, NOON - 1_000)).toBe(NOON);
    expect(await exhausted(NOON + 500, NOON - 500)).toBe(NOON);
    expect(await exhausted(NOON + 5_000, NOON + 1)).toBe(NOON + 5_000);
    await health.clearFailingSince(one, NOON);
    expect((await health.read(one)).failingSince).toBeNull();
  });

  it('count failures anew, and failing since, from the period on in which an endpoint has another URL', async () => {
    const { health } = stores;
    const one = someEndpoint();
    const period = NOON + 10;
    const count = (firstFailureAt: number, from: number) =>
      health.count(one, { failures: 3, firstFailureAt, period: from }, NOON);
    await count(NOON, 0);
    expect(await count(NOON + 20, period)).toMatchObject({ failures: 3, firstFailureAt: NOON + 20 });
    expect(await count(NOON + 30, period)).toMatchObject({ failures: 6, firstFailureAt: NOON + 20 });
    const exhausted = (at: number, from: number) =>
      health.startFailingSince(one, { at, forgottenBefore: 0, period: from }, NOON);
    expect(await exhausted(NOON, 0)).toBe(NOON);
    expect(await exhausted(NOON + 20, period)).toBe(NOON + 20);
    expect(await exhausted(NOON + 30, 0)).toBeNull();
    expect(await exhausted(NOON + 40, period)).toBe(NOON + 20);
    expect(await health.read(one)).toMatchObject({ failingSince: NOON + 20, failingPeriod: period });
    await health.recover(one, closed, null, NOON);
    expect(await health.read(one)).toEqual(HEALTHY);
    expect(await count(NOON + 50, period)).toMatchObject({ failures: 3, firstFailureAt: NOON + 50 });
  });

  it('set the drain timer only for a writer that knows the current one', async () => {
    const { health } = stores;
    const one = someEndpoint();
    expect(await health.setDrain(one, null, NOON, NOON)).toBe(true);
    expect(await health.setDrain(one, null, NOON + 1, NOON)).toBe(false);
    expect(await health.setDrain(one, NOON, NOON + 2, NOON)).toBe(true);
    expect(await health.setDrain(one, NOON + 2, null, NOON)).toBe(true);
    expect((await health.read(one)).drainAt).toBeNull();
  });

  it('return parked deliveries by their deadlines, each once even when parked twice', async () => {
    const { parking } = stores;
    const one = someEndpoint();
    const some = Array.from({ length: 20 }, (_item, index) =>
      delivery({ ...one, messageId: ids.message(NOON + index * 4) }),
    );
    for (const [index, each] of some.entries()) await parking.put(each, NOON + index * 1_000);
    await parking.put(some[3]!, NOON + 3_000);
    const all = await parking.nearest(one, 200);
    expect(all.map((parked) => parked.delivery)).toEqual(some);
    expect((await parking.nearest(one, 200, NOON + 4_000)).map(({ deadline }) => deadline)).toEqual(
      [0, 1, 2, 3, 4].map((index) => NOON + index * 1_000),
    );
    expect((await parking.nearest(one, 1))[0]?.delivery).toEqual(some[0]);
    await parking.remove(all.slice(0, 19));
    expect((await parking.nearest(one, 200)).map((parked) => parked.delivery)).toEqual(some.slice(19));
    expect(await parking.nearest(someEndpoint(), 10)).toEqual([]);
  });

  it('never make overlapping reservations of one endpoint, even concurrently', async () => {
    const line = someEndpoint();
    const asked = { rate: 3, count: 5, notBefore: NOON, nowMs: NOON };
    const starts = await Promise.all(Array.from({ length: 6 }, () => stores.throttle.reserve(line, asked)));
    const sorted = starts.map((start) => start ?? Number.NaN).sort((left, right) => left - right);
    expect(sorted.map((start) => Math.round(start - NOON))).toEqual([0, 1667, 3333, 5000, 6667, 8333]);
  });

  it('reserve from now on after the reservations passed, and refuse reservations too far ahead', async () => {
    const line = { ...someEndpoint(), endpointId: null, appId: seededIds(5).app(NOON) };
    const asked = (count: number, nowMs: number) => ({ rate: 1, count, notBefore: nowMs, nowMs });
    expect(await stores.throttle.reserve(line, asked(900, NOON))).toBe(NOON);
    expect(await stores.throttle.reserve(line, asked(2, NOON))).toBeUndefined();
    expect(await stores.throttle.reserve(line, asked(1, NOON))).toBe(NOON + 900_000);
    expect(await stores.throttle.reserve(line, asked(2, NOON + 950_000))).toBe(NOON + 950_000);
  });
});

describe('parking store', () => {
  it('moves unreadable rows aside once and returns the readable ones behind them', async () => {
    const client = emulatorDynamo();
    const table = await freshTable(client);
    const aside: string[] = [];
    const text = { format: formatDelivery, parse: parseDelivery };
    const parking = makeParkingStore(client, table, text, async (texts) => void aside.push(...texts));
    const one = someEndpoint();
    const readable = delivery({ ...one, messageId: ids.message(NOON) });
    await parking.put(readable, NOON + 5_000);
    const { key } = (await parking.nearest(one, 1))[0]!;
    for (const [sk, v] of [
      ['1', 99],
      ['2', 1],
    ] as const)
      await client.send(
        new PutCommand({
          TableName: table,
          Item: { pk: key.pk, sk: `00${sk}`, v, type: 'parked' },
        }),
      );
    expect((await parking.nearest(one, 8)).map((parked) => parked.delivery)).toEqual([readable]);
    expect(aside.map((each) => (JSON.parse(each) as { sk: string }).sk)).toEqual(['001', '002']);
    await parking.nearest(one, 8);
    expect(aside).toHaveLength(2);
  });
});

describe('failing since in a row of an earlier release, which has no period', () => {
  it.each([0, NOON + 10])(
    'is of the first one: an endpoint in period %i starts it anew in time',
    async (period) => {
      const client = emulatorDynamo();
      const table = await freshTable(client);
      const health = makeHealthStore(client, table);
      const one = someEndpoint();
      await health.startFailingSince(one, { at: NOON, forgottenBefore: 0, period: 0 }, NOON);
      const { fp: _period, ...earlier } = (await getRow(client, healthPlace(table, one)))!;
      await client.send(new PutCommand({ TableName: table, Item: earlier }));
      const exhausted = (at: number, forgottenBefore: number) =>
        health.startFailingSince(one, { at, forgottenBefore, period }, NOON);
      expect(await exhausted(NOON + 20, NOON)).toBe(period === 0 ? NOON : NOON + 20);
      expect(await exhausted(NOON + 30, NOON + 25)).toBe(NOON + 30);
      expect(await health.read(one)).toMatchObject({ failingSince: NOON + 30, failingPeriod: period });
    },
  );
});
