import { describe, expect, it } from 'vitest';
import { TIERS } from '../../../scripts/tiers/tiers.ts';
import { DEADLINE_MS, TEST_LIMITS_MS } from '../../support/limits.ts';
import { nearLimit } from '../../support/near-limit.ts';

describe('test time limits', () => {
  it('allow each test several polling deadlines', () => {
    for (const limitMs of Object.values(TEST_LIMITS_MS))
      expect(limitMs).toBeGreaterThanOrEqual(3 * DEADLINE_MS);
  });

  it('allow each tier at least two tests at their limit', () => {
    for (const { kind, args, timeLimitMs } of TIERS) {
      const limitMs = Object.entries(TEST_LIMITS_MS).find(([name]) => args.includes(name))?.[1] ?? 0;
      if (kind === 'tests') expect(timeLimitMs).toBeGreaterThanOrEqual(2 * limitMs);
    }
  });

  it('are reported for a test that took more than a quarter of its limit', () => {
    const tests = [
      { name: 'slow', durationMs: 2_600, limitMs: 10_000 },
      { name: 'quick', durationMs: 2_500, limitMs: 10_000 },
    ];
    expect(nearLimit(tests)).toEqual([
      'Near its time limit: slow took 2.6 of 10 s; raise the limit or do less',
    ]);
  });
});
