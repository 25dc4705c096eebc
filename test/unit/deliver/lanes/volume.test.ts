import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDeliveries,
  isWorthMeasuring,
  laneOf,
  NO_VOLUME,
  surelyPerSecond,
  withMeasuredRate,
} from '../../../../functions/deliver/lanes/volume.domain.ts';
import type { Volume } from '../../../../functions/deliver/lanes/volume.domain.ts';
import { SHARDS } from '../../../../functions/platform/dynamodb/keys.ts';
import { BULK_RULES } from '../../../../functions/platform/limits/delivery.domain.ts';

const NOON = Date.parse('2026-11-30T12:00:00.000Z');
const { burst, leaksPerSecond, busyMs, perSecond, unmeasured, sample, sampleMs } = BULK_RULES;

interface Sent {
  readonly at: number;
  readonly count: number;
}

interface Routed extends Sent {
  readonly lane: 'fast' | 'bulk';
}

const routed = (history: readonly Sent[]): readonly Routed[] => {
  let volume = NO_VOLUME;
  return history.map((sent) => {
    volume = addDeliveries(volume, sent.count, sent.at);
    return { ...sent, lane: laneOf(volume, sent.at) };
  });
};

/** Deliveries of one application as a process sees them: quiet and busy times in any order. */
const histories = (largest: number, longestGapMs: number, maxLength: number) =>
  fc
    .array(
      fc.record({
        gap: fc.integer({ min: 0, max: longestGapMs }),
        count: fc.integer({ min: 1, max: largest }),
      }),
      { minLength: 1, maxLength },
    )
    .map((steps) => {
      let at = NOON;
      return steps.map(({ gap, count }): Sent => ({ at: (at += gap), count }));
    });

const sum = (some: readonly Sent[]) => some.reduce((total, { count }) => total + count, 0);

/** What a process that cannot measure sends to the fast lane in a window from one of these sends to the other. */
const share = (first: Sent, last: Sent) => burst + (leaksPerSecond * (last.at - first.at)) / 1_000;

/** The reference: some window that ends with this send holds more than the share. */
const exceedsShare = (history: readonly Sent[], end: number) =>
  history
    .slice(0, end + 1)
    .some((first, start) => sum(history.slice(start, end + 1)) > share(first, history[end]!));

describe('the lane of an application by the count of one process', () => {
  it('is the bulk lane exactly where some window up to now holds more than the share of the fast lane', () => {
    const largest = 4;
    // So few that the level does not reach its limit, where it forgets (the next tests).
    const length = (burst + (busyMs / 1_000) * leaksPerSecond) / largest;
    fc.assert(
      fc.property(histories(largest, 1_500, length), (history) => {
        const expected = history.map((_, index) => (exceedsShare(history, index) ? 'bulk' : 'fast'));
        expect(routed(history).map(({ lane }) => lane)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('never gives the fast lane more than its share in any window, however much is sent', () => {
    fc.assert(
      fc.property(histories(500, 3_000, 60), (history) => {
        const fast = routed(history).filter(({ lane }) => lane === 'fast');
        for (const [start, first] of fast.entries())
          for (const [offset, last] of fast.slice(start).entries())
            expect(sum(fast.slice(start, start + offset + 1))).toBeLessThanOrEqual(share(first, last));
      }),
      { numRuns: 300 },
    );
  });

  it('is the fast lane again for an application that has been quiet for ten seconds, whatever it sent before', () => {
    fc.assert(
      fc.property(histories(5_000, 3_000, 60), (history) => {
        const [last] = routed([...history, { at: history.at(-1)!.at + busyMs, count: 0 }]).slice(-1);
        expect(last?.lane).toBe('fast');
      }),
    );
  });

  it('is one for all deliveries that are sent at once', () => {
    expect(routed([{ at: NOON, count: burst }]).at(0)?.lane).toBe('fast');
    expect(routed([{ at: NOON, count: burst + 1 }]).at(0)?.lane).toBe('bulk');
  });

  it('does not change by a clock that was set back', () => {
    const [, later] = routed([
      { at: NOON, count: burst },
      { at: NOON - 60_000, count: 1 },
    ]);
    expect(later?.lane).toBe('bulk');
  });
});

/** Processes that share an application's traffic, each with its own memory, and a measurement that is always right. */
const shared = (processes: number, sent: readonly (Sent & { readonly process: number })[], rate: number) => {
  const volumes = new Map<number, Volume>();
  let measurements = 0;
  const lanes = sent.map(({ at, count, process: all }) => {
    const process = all % processes;
    let volume = addDeliveries(volumes.get(process) ?? NO_VOLUME, count, at);
    const lane = laneOf(volume, at);
    if (isWorthMeasuring(volume, at)) {
      measurements += 1;
      volume = withMeasuredRate(volume, rate, at);
    }
    volumes.set(process, volume);
    return lane;
  });
  return { lanes, measurements };
};

/** Single deliveries at a rate, each to any process. */
const steady = (rate: number, count: number) =>
  fc
    .array(fc.nat(15), { minLength: count, maxLength: count })
    .map((chosen) =>
      chosen.map((process, index) => ({ at: NOON + Math.floor((index * 1_000) / rate), count: 1, process })),
    );

describe('the lane of an application whose rate is measured', () => {
  const cases = fc.record({
    processes: fc.integer({ min: 1, max: 16 }),
    rate: fc.integer({ min: 1, max: 200 }),
  });

  it('is always the fast lane at a low rate, and at a high one the bulk lane after a few deliveries of each process', () => {
    fc.assert(
      fc.property(
        cases.chain(({ processes, rate }) => steady(rate, 300).map((sent) => ({ processes, rate, sent }))),
        ({ processes, rate, sent }) => {
          const { lanes } = shared(processes, sent, rate);
          const fast = lanes.filter((lane) => lane === 'fast').length;
          if (rate <= perSecond) expect(fast).toBe(lanes.length);
          // A process that forgets as fast as it counts does not measure; it sees at most so many a second.
          else if (rate > 2 * leaksPerSecond * processes)
            expect(fast).toBeLessThanOrEqual(processes * (2 * unmeasured + 6));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is measured at most once in five seconds by each process while it is busy', () => {
    fc.assert(
      fc.property(steady(400, 4_000), (sent) => {
        expect(shared(4, sent, 400).measurements).toBeLessThanOrEqual(4 * 3);
      }),
      { numRuns: 20 },
    );
  });
});

describe('the rate that the newest messages of a shard prove', () => {
  it('is never more than what they can be, and 0 for a few', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20_000), { maxLength: sample }), (ages) => {
        const sorted = ages.toSorted((left, right) => left - right);
        const rate = surelyPerSecond(sorted, SHARDS);
        const exact = sorted.map((age, index) => ((index + 1) * SHARDS * 1_000) / Math.max(1, age));
        expect(rate).toBeLessThanOrEqual(Math.max(0, ...exact));
        if (ages.length <= 4) expect(rate).toBe(0);
      }),
    );
  });

  it('says busy for an application of three times the limit, and nearly never for one at half of it', () => {
    // Gaps between messages of a shard, exponentially distributed, from a fixed sequence of random numbers.
    let seed = 1;
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const measure = (rate: number) => {
      let age = 0;
      const ages = Array.from(
        { length: sample },
        () => (age += (-Math.log(random()) * 1_000 * SHARDS) / rate),
      );
      return surelyPerSecond(ages, SHARDS) > perSecond;
    };
    const busy = (rate: number) => Array.from({ length: 2_000 }, () => measure(rate)).filter(Boolean).length;
    expect(busy(3 * perSecond) / 2_000).toBeGreaterThan(0.95);
    expect(busy(perSecond / 2) / 2_000).toBeLessThan(0.01);
  });

  it('needs no message that is older than the time that a measurement reads', () => {
    const ages = Array.from({ length: sample }, () => sampleMs);
    expect(surelyPerSecond(ages, SHARDS)).toBeLessThanOrEqual(perSecond);
  });
});
