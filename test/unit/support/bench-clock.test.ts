import { expect, it } from 'vitest';
import { changed, timeOf } from '../../support/bench/recording/clock.ts';

it("the benchmark's clock is the machine's until it is changed", () => {
  expect(timeOf(undefined, 5_000)).toBe(5_000);
});

it("the benchmark's clock is put ahead once, and by more each time", () => {
  const clock = changed(changed(undefined, 1_000, { aheadMs: 500 }), 2_000, { aheadMs: 100 });
  expect(timeOf(clock, 3_000)).toBe(3_600);
});

it("the benchmark's clock goes on from where it is when its rate changes, and never back", () => {
  const slow = changed(undefined, 1_000, { rate: 0.1 });
  expect(timeOf(slow, 11_000)).toBe(2_000);
  const usual = changed(slow, 11_000, { rate: 1 });
  expect(timeOf(usual, 11_000)).toBe(2_000);
  expect(timeOf(usual, 12_000)).toBe(3_000);
});
