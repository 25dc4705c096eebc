import { describe, expect, it } from 'vitest';
import type { Faults, Mishap } from '../../support/simulation/process.ts';
import { makeRandom } from '../../support/simulation/random.ts';
import { playScenario } from '../../support/simulation/scenario.ts';

const SEEDS = Array.from({ length: 12 }, (_, index) => index + 1);

/** The faults in this order, each when its place is reached after the fault before it. */
const inOrder = (...some: readonly (readonly [string, Mishap])[]): NonNullable<Faults['mishap']> => {
  const left = [...some];
  return (place) => {
    if (left[0]?.[0] !== place) return undefined;
    return left.shift()?.[1];
  };
};

/** Every call takes a moment, so that invocations overtake each other. */
const latencies = (seed: number) => {
  const random = makeRandom(seed);
  return () => random.below(40);
};

describe('simulation: work that a crash left half done', () => {
  /** Places that are reached only when a record is received again. */
  const repairSteps: string[] = [];

  it('is completed when the record is received again, by steps that only such records reach', async () => {
    const seen = async (mishap: Faults['mishap']) => {
      const places = new Set<string>();
      const noted = (place: string) => {
        places.add(place);
        return mishap?.(place);
      };
      await playScenario({ deliverBatch: 1, faults: { mishap: noted } });
      return places;
    };
    const usual = await seen(undefined);
    const repeated = await seen(inOrder(['deliver.recorded', 'crash-after']));
    repairSteps.push(...[...repeated].filter((place) => !usual.has(place)));
    expect(repairSteps).toEqual(
      expect.arrayContaining(['deliver.marked-redone', 'deliver:log.claimDuplicate']),
    );
  });

  it('is completed after a second crash in those steps', async () => {
    for (const place of repairSteps) {
      for (const what of ['crash-before', 'crash-after'] as const) {
        const mishap = inOrder(['deliver.recorded', 'crash-after'], [place, what]);
        const { faults, surplus } = await playScenario({ deliverBatch: 1, faults: { mishap } });
        expect([place, what, ...faults]).toEqual([place, what]);
        expect(surplus).toEqual([]);
      }
    }
  });
});

describe('simulation: a poison record that crashes its function', () => {
  it.each(['deliver.read', 'deliver.recorded', 'deliver.followed-up'])(
    'is dead-lettered and replayed without loss: %s',
    async (place) => {
      for (const afterMs of [0, 3_600_000]) {
        const crashes = inOrder(...Array<[string, Mishap]>(5).fill([place, 'crash-after']));
        const { faults, dead } = await playScenario({
          deliverBatch: 1,
          deliverConcurrency: 1,
          redriveAfterMs: afterMs,
          faults: { mishap: (at) => (at.startsWith('deliver') ? crashes(at) : undefined) },
        });
        expect(faults).toEqual([]);
        expect(dead).toBeLessThanOrEqual(1);
      }
    },
  );
});

describe('simulation: queues and streams with at-least-once delivery', () => {
  it('lose no delivery and repeat no request when acknowledged records are received again', async () => {
    for (const seed of SEEDS) {
      const { faults, surplus } = await playScenario({ seed, repeated: 0.3 });
      expect([seed, ...faults, ...surplus]).toEqual([seed]);
    }
  });

  it('lose no delivery when records arrive in any order, in batches of one to ten', async () => {
    for (const seed of SEEDS) {
      const { faults, surplus } = await playScenario({ seed, shuffled: true, deliverBatch: 1 + (seed % 10) });
      expect([seed, ...faults, ...surplus]).toEqual([seed]);
    }
  });

  it('record no attempt twice when every stream batch is read twice', async () => {
    for (const seed of SEEDS) {
      const options = { seed, streamsTwice: true, streamBatch: 1 + (seed % 3) };
      const { faults } = await playScenario({ ...options, faults: { latencyMs: latencies(seed) } });
      expect([seed, ...faults]).toEqual([seed]);
    }
  });
});

describe('simulation: two sweepers at once', () => {
  it('queue each due item once and leave none behind', async () => {
    for (const seed of SEEDS) {
      const { faults, surplus, simulation } = await playScenario({
        ...{ seed, sweepers: 2 },
        faults: { latencyMs: latencies(seed) },
      });
      expect([seed, ...faults, ...surplus]).toEqual([seed]);
      expect(simulation.due.size()).toBe(0);
    }
  });
});

describe('simulation: random faults at every step and call', () => {
  const MISHAPS = ['crash-before', 'crash-after', 'busy', 'twice'] as const;

  it('lose no delivery, record no attempt twice and leave read models equal to the log', async () => {
    for (const seed of SEEDS) {
      const random = makeRandom(seed * 1000);
      const { faults } = await playScenario({
        ...{ seed, repeated: 0.05, shuffled: true, deliverBatch: 3, earlyMs: 2_500 },
        redriveAfterMs: 60_000,
        faults: {
          mishap: () => (random.chance(0.02) ? MISHAPS[random.below(MISHAPS.length)] : undefined),
          latencyMs: latencies(seed),
          // The clocks of hosts differ.
          skewMs: () => random.below(2_000) - 1_000,
        },
      });
      expect([seed, ...faults]).toEqual([seed]);
    }
  });
});
