import { describe, expect, it } from 'vitest';
import type { Faults, Mishap } from '../../support/simulation/process.ts';
import { makeRandom } from '../../support/simulation/random.ts';
import { playScenario } from '../../support/simulation/scenario.ts';

const SEEDS = Array.from({ length: 12 }, (_, index) => index + 1);

/** The trouble listed, each at the given time that its place is come to, places counted from the one before. */
const inTurn = (...overloads: readonly (readonly [string, Mishap])[]): NonNullable<Faults['mishap']> => {
  const left = [...overloads];
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

describe('what a crash left half done', () => {
  /** Places that only a repeat comes to. */
  const healing: string[] = [];

  it('is done by a repeat, at places that nothing else comes to', async () => {
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
    const repeated = await seen(inTurn(['deliver.recorded', 'crash-after']));
    healing.push(...[...repeated].filter((place) => !usual.has(place)));
    expect(healing).toEqual(expect.arrayContaining(['deliver.marked-redone', 'deliver:log.claimDuplicate']));
  });

  it('is lost to no second crash while it is done', async () => {
    for (const place of healing) {
      for (const what of ['crash-before', 'crash-after'] as const) {
        const mishap = inTurn(['deliver.recorded', 'crash-after'], [place, what]);
        const { faults, surplus } = await playScenario({ deliverBatch: 1, faults: { mishap } });
        expect([place, what, ...faults]).toEqual([place, what]);
        expect(surplus).toEqual([]);
      }
    }
  });
});

describe('a record that crashes whoever touches it', () => {
  it.each(['deliver.read', 'deliver.recorded', 'deliver.followed-up'])(
    'ends in the dead letter queue and is replayed without loss: %s',
    async (place) => {
      for (const afterMs of [0, 3_600_000]) {
        const crashes = inTurn(...Array<[string, Mishap]>(5).fill([place, 'crash-after']));
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

describe('queues and streams that do what they may', () => {
  it('lose nothing and make no one send twice when records come again after their time', async () => {
    for (const seed of SEEDS) {
      const { faults, surplus } = await playScenario({ seed, repeated: 0.3 });
      expect([seed, ...faults, ...surplus]).toEqual([seed]);
    }
  });

  it('lose nothing when records come in any order, by ones or by tens', async () => {
    for (const seed of SEEDS) {
      const { faults, surplus } = await playScenario({ seed, shuffled: true, deliverBatch: 1 + (seed % 10) });
      expect([seed, ...faults, ...surplus]).toEqual([seed]);
    }
  });

  it('record nothing twice when every stream batch is read twice', async () => {
    for (const seed of SEEDS) {
      const options = { seed, streamsTwice: true, streamBatch: 1 + (seed % 3) };
      const { faults } = await playScenario({ ...options, faults: { latencyMs: latencies(seed) } });
      expect([seed, ...faults]).toEqual([seed]);
    }
  });
});

describe('two sweepers at once', () => {
  it('send nothing twice and leave nothing lying', async () => {
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

describe('trouble everywhere at once', () => {
  const MISHAPS = ['crash-before', 'crash-after', 'busy', 'twice'] as const;

  it('loses nothing, records nothing twice and leaves read models right', async () => {
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
