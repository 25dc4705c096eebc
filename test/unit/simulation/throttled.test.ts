import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../functions/platform/limits/time.domain.ts';
import { NOON } from '../../support/simulation/builders.ts';
import { playScenario } from '../../support/simulation/scenario.ts';

/** An account without concurrency left: Lambda receives batches and cannot start them (docs/decisions/0128). */
describe('simulation: throttled invocations', () => {
  it('three hours of throttling dead-letter nothing, and every delivery is made afterwards', async () => {
    const throttled = (atMs: number) => atMs < NOON + 3 * HOUR_MS;
    const { faults, dead, surplus } = await playScenario({ throttled });
    expect({ faults, dead, surplus }).toEqual({ faults: [], dead: 0, surplus: [] });
  });

  it('throttling for half of each hour loses no delivery', async () => {
    const throttled = (atMs: number) => (atMs - NOON) % HOUR_MS < HOUR_MS / 2;
    const { faults, dead } = await playScenario({ throttled });
    expect({ faults, dead }).toEqual({ faults: [], dead: 0 });
  });

  it('a worker that crashes at every start dead-letters its records after five starts, throttled or not', async () => {
    const fixedAt = NOON + 4 * HOUR_MS;
    let now = NOON;
    const throttled = (atMs: number) => {
      now = atMs;
      // Not in step with the visibility timeout of six minutes, or a record would be throttled for ever.
      return Math.floor(atMs / (4 * MINUTE_MS)) % 2 === 0;
    };
    const { faults, dead } = await playScenario({
      throttled,
      faults: { mishap: (place) => (place === 'deliver.read' && now < fixedAt ? 'crash-after' : undefined) },
      redriveAfterMs: 5 * HOUR_MS,
    });
    expect(dead).toBeGreaterThan(0);
    expect(faults).toEqual([]);
  });
});
