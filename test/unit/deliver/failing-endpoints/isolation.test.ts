import { describe, expect, it } from 'vitest';
import { play } from '../../../support/isolation/virtual.ts';

/** Virtual time is the same in each run, so exact milliseconds can be asserted. */
const SECONDS = 45;
const quiet = await play({ overload: [], fair: true, seconds: SECONDS });

describe('nine healthy tenants lose nothing and are delivered to as quickly as without a failing tenant', () => {
  it.each(['dead', 'hanging'] as const)('beside a %s tenant', async (overload) => {
    const { healthy, lost } = await play({ overload: [overload], fair: true, seconds: SECONDS });
    expect(lost).toBe(0);
    expect(healthy.p95).toBeLessThanOrEqual(1.2 * quiet.healthy.p95);
    expect(healthy.max).toBeLessThanOrEqual(2 * quiet.healthy.max);
  });
});

describe('nine healthy tenants beside a flood that exceeds the lane’s capacity', () => {
  it('lose nothing, and fair queues deliver their messages before its backlog', async () => {
    const some = { overload: ['flooding'], seconds: SECONDS } as const;
    const fair = await play({ ...some, fair: true });
    const unfair = await play({ ...some, fair: false });
    expect([fair.lost, unfair.lost]).toEqual([0, 0]);
    expect(fair.healthy.p50).toBeLessThanOrEqual(4 * quiet.healthy.p50);
    expect(fair.healthy.p95).toBeLessThanOrEqual(unfair.healthy.p95 / 10);
  }, 120_000);
});
