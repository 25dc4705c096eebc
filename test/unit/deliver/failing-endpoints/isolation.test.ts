import { describe, expect, it } from 'vitest';
import { play } from '../../../support/isolation/virtual.ts';
import type { Neighbor } from '../../../support/isolation/virtual.ts';

/** Virtual time is the same in each run. `npm run isolation` runs longer, with a tenant of 5,000 endpoints too. */
const SECONDS = 12;
const alone = await play({ beside: [], fair: true, seconds: SECONDS });

const BESIDE: readonly (readonly Neighbor[])[] = [
  ['dead'],
  ['hanging'],
  ['hanging-busy'],
  ['hanging-five'],
  ['hanging-endpoints'],
  ['hanging-applications'],
  ['nearly-slow'],
  ['flooding'],
  ['half'],
  ['dead', 'hanging', 'hanging-busy', 'flooding', 'half'],
];

describe('nine healthy tenants lose nothing, and their p95 is at most 1.2 times that without other tenants', () => {
  it.each(BESIDE.map((beside) => ({ names: beside.join(', '), beside })))(
    'beside tenants of these kinds: $names',
    async ({ beside }) => {
      const { healthy } = await play({ beside, fair: true, seconds: SECONDS });
      expect(healthy.lost).toBe(0);
      expect(healthy.p95).toBeLessThanOrEqual(1.2 * alone.healthy.p95);
      expect(healthy.p99).toBeLessThanOrEqual(1.5 * alone.healthy.p99);
    },
  );
});
