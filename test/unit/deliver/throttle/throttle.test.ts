import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isDue,
  reserve,
  secondsUntil,
  slotsFrom,
} from '../../../../functions/platform/rate-limiter/rate-limiter.domain.ts';

const NOW = Date.parse('2026-11-23T12:00:00.000Z');
const asked = (some: Partial<Parameters<typeof reserve>[1]> = {}) => ({
  ...{ rate: 10, count: 3, notBefore: NOW, nowMs: NOW },
  ...some,
});

describe('a reservation', () => {
  it('starts now if slots are free', () => {
    expect(reserve(undefined, asked())).toEqual({ start: NOW, nextSlot: NOW + 300 });
    expect(reserve(NOW - 5_000, asked())).toEqual({ start: NOW, nextSlot: NOW + 300 });
  });

  it('starts after the slots that are reserved', () => {
    expect(reserve(NOW + 700, asked())).toEqual({ start: NOW + 700, nextSlot: NOW + 1_000 });
    expect(slotsFrom(NOW + 700, asked())).toEqual([NOW + 700, NOW + 800, NOW + 900]);
  });

  it('is refused if its last slot is farther ahead than SQS can delay', () => {
    expect(reserve(NOW + 900_000 - 200, asked())).toBeDefined();
    expect(reserve(NOW + 900_000 - 199, asked())).toBeUndefined();
  });

  it('may be used up to a second early, and is waited for in whole seconds otherwise', () => {
    expect([NOW, NOW + 1_000, NOW + 1_001].map((slot) => isDue(slot, NOW))).toEqual([true, true, false]);
    expect([NOW - 5, NOW + 1_500, NOW + 60_000, NOW + 9e6].map((slot) => secondsUntil(slot, NOW))).toEqual([
      0, 1, 60, 900,
    ]);
  });
});

it('any window of t seconds has at most rate * (t + 1) + 1 sends, whatever the batches', () => {
  const batches = fc.array(fc.record({ count: fc.integer({ min: 1, max: 20 }), passes: fc.nat(4_000) }), {
    maxLength: 15,
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), batches, (rate, all) => {
      let nextSlot: number | undefined;
      let now = NOW;
      const sends: number[] = [];
      for (const { count, passes } of all) {
        now += passes;
        const one = asked({ rate, count, notBefore: now, nowMs: now });
        const reserved = reserve(nextSlot, one);
        if (reserved === undefined) continue;
        nextSlot = reserved.nextSlot;
        for (const slot of slotsFrom(reserved.start, one)) sends.push(now + secondsUntil(slot, now) * 1000);
      }
      sends.sort((left, right) => left - right);
      const excess = (first: number, last: number) =>
        last - first + 1 - (rate * ((sends[last]! - sends[first]!) / 1000 + 1) + 1);
      const windows = sends.flatMap((_, first) =>
        sends.slice(first).map((__, next) => excess(first, first + next)),
      );
      expect(windows.filter((over) => over > 1e-6)).toEqual([]);
    }),
  );
});
