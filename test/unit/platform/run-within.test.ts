import { describe, expect, it } from 'vitest';
import { OUT_OF_TIME, runWithin } from '../../../functions/platform/concurrency/run-within.ts';

/** Takes longer than any test may. */
const backtrack = () => /^(a+)+$/.test(`${'a'.repeat(60)}b`);

describe('run within a time limit', () => {
  it('returns what the work returns, and throws what it throws', () => {
    expect(runWithin(10_000, () => 7)).toBe(7);
    expect(runWithin(10_000, () => undefined)).toBeUndefined();
    const fails = () => {
      throw new RangeError('no');
    };
    expect(() => runWithin(10_000, fails)).toThrow(RangeError);
  });

  it.each([
    ['a regular expression', backtrack],
    [
      'a loop',
      () => {
        for (;;);
      },
    ],
  ])('interrupts %s, and the next work runs as usual', (_, work) => {
    expect(runWithin(30, work)).toBe(OUT_OF_TIME);
    expect(runWithin(10_000, () => 'next')).toBe('next');
  });
});
