import { describe, expect, it } from 'vitest';
import type { Mishap } from '../../support/simulation/process.ts';
import { playScenario } from '../../support/simulation/scenario.ts';
import type { SimulationOptions } from '../../support/simulation/simulation.ts';

/** Every place where something can go wrong, in the order in which a run without trouble comes there. */
const places: string[] = [];
await playScenario({
  faults: {
    mishap: (place) => {
      if (!places.includes(place)) places.push(place);
      return undefined;
    },
  },
});
const steps = places.filter((place) => !place.includes(':'));
const calls = places.filter((place) => place.includes(':'));

/** Trouble at the nth time that a place is come to, and never again. */
const once = (where: string, what: Mishap, nth = 1) => {
  let times = 0;
  return (place: string) => (place === where && ++times === nth ? what : undefined);
};

const play = (where: string, what: Mishap, nth = 1, options: SimulationOptions = {}) =>
  playScenario({ ...options, deliverBatch: 1, faults: { mishap: once(where, what, nth) } });

/** Where a request has gone out that nobody has recorded yet. */
const isUnrecorded = (place: string) => /^deliver\.posted$|^deliver(-slow)?:log\.record$/.test(place);
/** Where a request is open: its endpoint is marked as slow while it is waited for. */
const isWaitedFor = (place: string) => place.endsWith(':health.markSlow');
/** Where messages have been fanned out and will be again, which is seen once their attempts are recorded. */
const isFannedOut = (place: string) => /^fan-out\.sent$|^fan-out:queue\.sendEach$/.test(place);
/** The only endpoint whose request is still open by then. */
const SLOW = 'ep_slow';

describe('a crash at a step', () => {
  it('is tried at every step of the way', () => {
    const functions = new Set(steps.map((step) => step.split('.')[0]));
    const way = ['publish', 'fan-out', 'deliver', 'breaker', 'project', 'sweep'];
    expect(way.filter((name) => !functions.has(name))).toEqual([]);
  });

  it.each(steps)('loses nothing and sends twice only what nobody knew to be sent: %s', async (step) => {
    for (const nth of [1, 2, 7]) {
      const { faults, surplus } = await play(step, 'crash-after', nth);
      expect(faults).toEqual([]);
      if (isUnrecorded(step)) expect(surplus).toHaveLength(1);
      else expect(surplus.filter((id) => !(isFannedOut(step) && id === SLOW))).toEqual([]);
    }
  });
});

describe('a crash around a call', () => {
  it.each(calls)('loses nothing before it: %s', async (call) => {
    const { faults, surplus } = await play(call, 'crash-before');
    expect(faults).toEqual([]);
    expect(surplus).toHaveLength(isUnrecorded(call) || isWaitedFor(call) ? 1 : 0);
  });

  it.each(calls)('loses nothing after it: %s', async (call) => {
    const { faults, surplus } = await play(call, 'crash-after');
    expect(faults).toEqual([]);
    if (call.endsWith(':outbound.send') || isWaitedFor(call)) expect(surplus).toHaveLength(1);
    else expect(surplus.filter((id) => !(isFannedOut(call) && id === SLOW))).toEqual([]);
  });

  it.each(calls)('loses nothing where the call is refused: %s', async (call) => {
    const { faults, surplus } = await play(call, 'busy');
    expect(faults).toEqual([]);
    expect(surplus).toHaveLength(isUnrecorded(call) ? 1 : 0);
  });

  it.each(calls)('loses nothing where a lost answer makes the library call again: %s', async (call) => {
    expect((await play(call, 'twice')).faults).toEqual([]);
  });
});
