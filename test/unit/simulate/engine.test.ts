import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanWaitOf, simulatedWait } from '../../../scripts/simulate/checks.ts';
import { makeClock } from '../../../scripts/simulate/engine/clock.ts';
import { makeFairQueue } from '../../../scripts/simulate/engine/fair-queue.ts';
import { makeHistogram } from '../../../scripts/simulate/engine/histogram.ts';
import { logNormal, makeRandom } from '../../../scripts/simulate/engine/random.ts';
import { makeTokenBucket } from '../../../scripts/simulate/model/token-bucket.ts';

describe('virtual clock of the simulator', () => {
  it('runs tasks by their instants, those of one instant in the order in which they were added', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), (instants) => {
        const clock = makeClock();
        const ran: [number, number][] = [];
        for (const [index, at] of instants.entries()) clock.at(at, () => ran.push([clock.now(), index]));
        clock.runUntil(20);
        const expected = instants.map((at, index) => [at, index] as [number, number]);
        expect(ran).toEqual(expected.sort(([a, i], [b, j]) => a - b || i - j));
      }),
    );
  });
});

describe('histogram of the simulator', () => {
  it('has percentiles that are exact to 1 %', () => {
    const histogram = makeHistogram();
    for (let value = 1; value <= 10_000; value += 1) histogram.add(value);
    for (const percent of [1, 50, 95, 99])
      expect(Math.abs(histogram.percentile(percent) / (percent * 100) - 1)).toBeLessThan(0.011);
    expect(histogram.max()).toBe(10_000);
  });

  it('samples a lognormal distribution with the given median and 95th percentile', () => {
    const random = makeRandom(3);
    const histogram = makeHistogram();
    for (let count = 0; count < 50_000; count += 1) histogram.add(logNormal(random, 90, 350));
    expect(Math.abs(histogram.percentile(50) / 90 - 1)).toBeLessThan(0.03);
    expect(Math.abs(histogram.percentile(95) / 350 - 1)).toBeLessThan(0.05);
  });
});

describe('token bucket of the simulator', () => {
  it('never gives more than the burst and the rate in any window', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(500), { maxLength: 200 }), (gaps) => {
        const bucket = makeTokenBucket(10, 5);
        let now = 0;
        const taken: number[] = [];
        for (const gap of gaps) if (bucket.take((now += gap), 1)) taken.push(now);
        for (const [index, from] of taken.entries()) {
          const within = taken.slice(index).filter((at) => at - from <= 1_000).length;
          expect(within).toBeLessThanOrEqual(5 + 10 + 1);
        }
      }),
    );
  });
});

describe('fair queue of the simulator', () => {
  const message = fc.record({ group: fc.nat(3), take: fc.nat(3), settle: fc.boolean() });

  it('returns every message once, those of one group in their order', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 300 }), (steps) => {
        const queue = makeFairQueue<number>();
        const order: Record<number, number[]> = {};
        const taken: Record<number, number[]> = {};
        const groups = new Map<number, number>();
        const take = (settle: boolean) => {
          const item = queue.take();
          if (item === undefined) return false;
          const group = groups.get(item)!;
          (taken[group] ??= []).push(item);
          if (settle) queue.settle(group);
          return true;
        };
        for (const [index, { group, take: count, settle }] of steps.entries()) {
          groups.set(index, group);
          (order[group] ??= []).push(index);
          queue.add(group, index);
          for (let time = 0; time < count; time += 1) take(settle);
        }
        while (take(true));
        expect(taken).toEqual(order);
        expect(queue.waiting()).toBe(0);
      }),
    );
  });

  it('returns messages of quiet groups before those of a group with more than a tenth in flight', () => {
    const queue = makeFairQueue<string>();
    for (let count = 0; count < 100; count += 1) queue.add(1, 'flood');
    for (let count = 0; count < 40; count += 1) queue.take();
    queue.add(2, 'quiet');
    expect(queue.take()).toBe('quiet');
    expect(queue.take()).toBe('flood');
  });
});

describe('event source of the simulator', () => {
  it.each([
    [1, 0.7],
    [2, 0.8],
    [5, 0.8],
  ])("waits as long as Erlang's C formula says: %i batches at a time, %f busy", (servers, busy) => {
    const rate = (servers * busy) / 100;
    expect(Math.abs(simulatedWait(servers, rate, 100) / meanWaitOf(servers, rate, 100) - 1)).toBeLessThan(
      0.1,
    );
  });
});
