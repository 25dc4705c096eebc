import { describe, expect, it } from 'vitest';
import type { Mishap } from '../../support/simulation/process.ts';
import { playScenario } from '../../support/simulation/scenario.ts';
import type { SimulationOptions } from '../../support/simulation/simulation.ts';
import { ALWAYS_BUSY } from '../../support/simulation/volumes.ts';

/** Every place where a fault can be injected, in the order in which a run without faults reaches it. */
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

/** A fault at the nth time that a place is reached, and never again. */
const once = (where: string, what: Mishap, nth = 1) => {
  let times = 0;
  return (place: string) => (place === where && ++times === nth ? what : undefined);
};

const play = (where: string, what: Mishap, nth = 1, options: SimulationOptions = {}) =>
  playScenario({ ...options, deliverBatch: 1, faults: { mishap: once(where, what, nth) } });

/** Where a request was sent and is not recorded yet. */
const isUnrecorded = (place: string) => /^deliver\.posted$|^deliver(-bulk|-slow)?:log\.record$/.test(place);
/** Where a request is open: while it is pending its endpoint is marked as slow, and its batch is counted. */
const isPending = (place: string) => /:health\.markSlow$|:crowding\./.test(place);
/** The measurement of an application's rate is made beside the sends. */
const isBesideSends = (place: string) => place === 'fan-out:messages.rate';
/** Where messages were fanned out and will be again; the duplicates are found once attempts are recorded. */
const isFannedOut = (place: string) =>
  /^fan-out\.sent$|^fan-out:(bulk-)?queue\.sendEach$/.test(place) || isBesideSends(place);
/** The only endpoint whose request is still open by then. */
const SLOW = 'ep_slow';

describe('simulation: a crash at a step', () => {
  it('is tested at every step of the pipeline', () => {
    const functions = new Set(steps.map((step) => step.split('.')[0]));
    const pipeline = ['publish', 'fan-out', 'deliver', 'breaker', 'project', 'sweep'];
    expect(pipeline.filter((name) => !functions.has(name))).toEqual([]);
  });

  it.each(steps)('loses no delivery and repeats only requests that were not recorded: %s', async (step) => {
    for (const nth of [1, 2, 7]) {
      const { faults, surplus } = await play(step, 'crash-after', nth);
      expect(faults).toEqual([]);
      if (isUnrecorded(step)) expect(surplus).toHaveLength(1);
      else expect(surplus.filter((id) => !(isFannedOut(step) && id === SLOW))).toEqual([]);
    }
  });
});

describe('simulation: a crash at a step while all applications use the bulk lane', () => {
  it.each(steps)('loses no delivery and repeats only requests that were not recorded: %s', async (step) => {
    const { faults, surplus, simulation } = await play(step, 'crash-after', 1, { volumes: ALWAYS_BUSY });
    expect(faults).toEqual([]);
    if (isUnrecorded(step)) expect(surplus).toHaveLength(1);
    else expect(surplus.filter((id) => !(isFannedOut(step) && id === SLOW))).toEqual([]);
    expect(simulation.bulkDeliveries.sent()).toBeGreaterThan(10);
  });
});

describe('simulation: a fault at a call to a port', () => {
  it.each(calls)('loses no delivery where the process crashes before the call: %s', async (call) => {
    const { faults, surplus } = await play(call, 'crash-before');
    expect(faults).toEqual([]);
    if (isUnrecorded(call) || isPending(call)) expect(surplus).toHaveLength(1);
    else expect(surplus.filter((id) => !(isBesideSends(call) && id === SLOW))).toEqual([]);
  });

  it.each(calls)('loses no delivery where the process crashes after the call: %s', async (call) => {
    const { faults, surplus } = await play(call, 'crash-after');
    expect(faults).toEqual([]);
    if (call.endsWith(':outbound.send') || isPending(call)) expect(surplus).toHaveLength(1);
    else expect(surplus.filter((id) => !(isFannedOut(call) && id === SLOW))).toEqual([]);
  });

  it.each(calls)('loses no delivery where the call is throttled: %s', async (call) => {
    const { faults, surplus } = await play(call, 'busy');
    expect(faults).toEqual([]);
    expect(surplus).toHaveLength(isUnrecorded(call) ? 1 : 0);
  });

  it.each(calls)(
    'loses no delivery where the client library repeats the call after a lost response: %s',
    async (call) => {
      expect((await play(call, 'twice')).faults).toEqual([]);
    },
  );
});
