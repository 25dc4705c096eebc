import { describe, expect, it } from 'vitest';
import { NOON } from '../../support/simulation/builders.ts';
import { makeClock } from '../../support/simulation/clock.ts';
import { makeLambda } from '../../support/simulation/process.ts';

describe('simulation: calls that a handler leaves running', () => {
  const makeBench = () => {
    const clock = makeClock(NOON);
    const left: string[] = [];
    const effects: number[] = [];
    const table = {
      write: async () => void effects.push(clock.now()),
      fail: () => Promise.reject(new Error('no')),
    };
    const invoke = makeLambda(clock, {
      latencyMs: (place) => (place.endsWith('write') ? 100 : 10),
      onLeftRunning: (kind, places) => void left.push(`${kind} ${places.join()}`),
    });
    return { clock, left, effects, table, invoke };
  };

  it('are reported and frozen, and take effect in the next invocation of the same environment', async () => {
    const { clock, left, effects, table, invoke } = makeBench();
    const bare = () =>
      invoke('worker', 1_000, async ({ port }) => {
        const { write, fail } = port('table', table);
        await Promise.all([write(), fail()]);
      });
    void bare();
    await clock.runUntil(NOON + 5_000);
    expect([left, effects]).toEqual([['worker worker:table.write'], []]);
    void invoke('worker', 1_000, async () => undefined);
    await clock.runUntil(NOON + 6_000);
    expect(effects).toEqual([NOON + 5_000]);
  });

  it('are none where the handler settles every call', async () => {
    const { clock, left, effects, table, invoke } = makeBench();
    void invoke('worker', 1_000, async ({ port }) => {
      const { write, fail } = port('table', table);
      await Promise.allSettled([write(), fail()]);
    });
    await clock.runUntil(NOON + 5_000);
    expect([left, effects]).toEqual([[], [NOON + 100]]);
  });
});
