import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countWeight,
  crowdedAfter,
  crowdedFrom,
  isAnyCrowded,
  isCrowdedOut,
  NOT_CROWDED,
  quickProof,
} from '../../../../functions/deliver/lanes/crowding.domain.ts';
import { makeOldRequests } from '../../../../functions/deliver/lanes/old-requests.flow.ts';
import { makeClock } from '../../../support/simulation/clock.ts';
import { makeMemoryCrowding } from '../../../support/simulation/crowding.ts';

const NOON = Date.parse('2026-11-30T12:00:00.000Z');

describe('a crowded lane', () => {
  it('is one whose batches with an old request hold a sixth of its concurrency, for half a minute', () => {
    expect([2, 14, 100, 400].map(crowdedFrom)).toEqual([2, 3, 17, 67]);
    expect(crowdedAfter(66, 400, 0, NOON)).toBeNull();
    expect(crowdedAfter(67, 400, 0, NOON)).toBe(NOON + 30_000);
  });

  it('is marked again only in the second half of that time', () => {
    expect(crowdedAfter(67, 400, NOON + 15_001, NOON)).toBeNull();
    expect(crowdedAfter(67, 400, NOON + 15_000, NOON)).toBe(NOON + 30_000);
  });

  it('admits endpoints that proved quick, and no others', () => {
    const crowding = { ...NOT_CROWDED, fast: NOON + 1 };
    expect(isCrowdedOut('fast', crowding, null, NOON)).toBe(true);
    expect(isCrowdedOut('fast', crowding, NOON, NOON)).toBe(true);
    expect(isCrowdedOut('fast', crowding, NOON + 1, NOON)).toBe(false);
  });

  it('has no effect on other lanes, nor once its time is over', () => {
    const crowding = { ...NOT_CROWDED, fast: NOON + 1 };
    expect(isCrowdedOut('bulk', crowding, null, NOON)).toBe(false);
    expect(isCrowdedOut('slow', crowding, null, NOON)).toBe(false);
    expect(isCrowdedOut('fast', crowding, null, NOON + 1)).toBe(false);
    expect(isAnyCrowded(crowding, NOON)).toBe(true);
    expect(isAnyCrowded(crowding, NOON + 1)).toBe(false);
  });

  it('lets one quick response prove an endpoint for half a minute, with a write in the second half', () => {
    expect(quickProof(null, NOON)).toBe(NOON + 30_000);
    expect(quickProof(NOON + 15_001, NOON)).toBeNull();
    expect(quickProof(NOON + 15_000, NOON)).toBe(NOON + 30_000);
  });
});

/** One batch: when its requests start after the first, and how long each is open (ms). */
interface Request {
  readonly startsAfter: number;
  readonly openFor: number;
}

interface Counted {
  readonly at: number;
  readonly batches: number;
}

const runBatches = async (lane: 'fast' | 'slow', concurrency: number, batches: readonly Request[][]) => {
  const clock = makeClock(NOON);
  const counted: Counted[] = [];
  let turn = 0;
  const start = makeOldRequests({
    ...{ lane, concurrency, now: clock.now },
    crowding: {
      ...makeMemoryCrowding(clock.now),
      count: async (_, _window, some) => counted.push({ at: clock.now(), batches: some }),
    },
    after: (ms, task) => {
      let canceled = false;
      clock.at(clock.now() + ms, () => (canceled ? undefined : task()));
      return () => (canceled = true);
    },
    // Evenly: one look in each `countWeight` is sampled.
    jitter: () => -1 + (2 * ((turn += 1) % countWeight(concurrency))) / countWeight(concurrency),
  });
  const ended = batches.map(async (requests) => {
    const old = start();
    await Promise.all(
      requests.map(async ({ startsAfter, openFor }) => {
        await clock.sleep(startsAfter);
        const end = old.watch(NOT_CROWDED);
        await clock.sleep(openFor);
        end();
      }),
    );
    await old.finish();
  });
  await clock.runUntil(NOON + 120_000);
  await Promise.all(ended);
  return counted;
};

describe('counting batches with an old request', () => {
  /** Requests of a batch that are sent at once, as most are. */
  const together = fc
    .array(fc.integer({ min: 1, max: 31_000 }), { minLength: 1, maxLength: 10 })
    .map((all) => all.map((openFor): Request => ({ startsAfter: 0, openFor })));

  it('counts each batch after one second, and each two seconds while its longest request is open', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(together, { minLength: 1, maxLength: 5 }), async (batches) => {
        const expected = batches.flatMap((requests) => {
          const longest = Math.max(...requests.map(({ openFor }) => openFor));
          return Array.from({ length: 20 }, (_, index) => 1_000 + index * 2_000).filter((at) => at < longest);
        });
        const counted = await runBatches('fast', 16, batches);
        // A request that ends in the instant of a look may be seen or not.
        const longests = new Set(batches.map((all) => Math.max(...all.map(({ openFor }) => openFor))));
        const decided = (all: readonly number[]) =>
          all.filter((at) => !longests.has(at)).toSorted((a, b) => a - b);
        expect(decided(counted.map(({ at }) => at - NOON))).toEqual(decided(expected));
      }),
      { numRuns: 100 },
    );
  });

  it('counts nothing for a batch whose requests are all quick, however long it goes on', async () => {
    const one = Array.from({ length: 30 }, (_, index) => ({ startsAfter: index * 500, openFor: 900 }));
    expect(await runBatches('fast', 16, [one])).toEqual([]);
  });

  it('writes for a sample of the batches, each for all that it is for', async () => {
    const hanging = Array.from({ length: 80 }, () => [{ startsAfter: 0, openFor: 2_500 }]);
    const counted = await runBatches('fast', 400, hanging);
    expect(counted).toHaveLength(80 / countWeight(400));
    expect(counted.reduce((sum, { batches }) => sum + batches, 0)).toBe(80);
  });

  it('counts nothing in the slow lane, where requests may take their time', async () => {
    expect(await runBatches('slow', 60, [[{ startsAfter: 0, openFor: 30_000 }]])).toEqual([]);
  });

  it('lets a count that fails end no request, and reports it at the end of the batch', async () => {
    const clock = makeClock(NOON);
    const old = makeOldRequests({
      ...{ lane: 'fast', concurrency: 16, now: clock.now, jitter: () => -1 },
      crowding: {
        ...makeMemoryCrowding(clock.now),
        count: () => Promise.reject(new Error('table throttled')),
      },
      after: (ms, task) => {
        clock.at(clock.now() + ms, task);
        return () => undefined;
      },
    })();
    const end = old.watch(NOT_CROWDED);
    await clock.runUntil(NOON + 1_500);
    end();
    await expect(old.finish()).rejects.toThrow('table throttled');
  });
});
