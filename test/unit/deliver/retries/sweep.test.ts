import { describe, expect, it } from 'vitest';
import { NOON, application, endpoint, publishRequest } from '../../../support/simulation/builders.ts';
import type { Faults } from '../../../support/simulation/process.ts';
import { misrecorded } from '../../../support/simulation/invariants.ts';
import { makeWorld } from '../../../support/simulation/simulation.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A world with one endpoint that fails once, and a retry that lies in a bucket for half an hour. */
const makeBench = async (faults: Faults = {}, sweepers = 1) => {
  const world = makeWorld({ faults, sweepers, settings: { retrySchedule: [1800] } });
  await world.tenants.create(application());
  world.tenants.putEndpoint(endpoint());
  world.receivers.answer(endpoint().url, ({ time }) => ({ status: time === 1 ? 500 : 200 }));
  void world.publish(publishRequest());
  return world;
};
type World = Awaited<ReturnType<typeof makeBench>>;

/** The message whose retry the queue refuses. */
let bad: string | undefined;

const triesOf = (world: World) =>
  world.receivers.received().map(({ at }) => Math.round((at - NOON) / MINUTE));

describe('the sweep', () => {
  it('brings a retry onto the queue at its minute, and only then', async () => {
    const world = await makeBench();
    await world.runToRest(HOUR);
    const [first, second] = world.log.all();
    expect(first?.decision).toMatchObject({ kind: 'retry' });
    expect(second?.succeeded).toBe(true);
    expect(misrecorded(world)).toEqual([]);
    expect(second!.at - (first?.decision as { at: number }).at).toBeLessThanOrEqual(500);
  });

  it('catches up after an outage, however long', async () => {
    const until = NOON + 26 * HOUR;
    const world: World = await makeBench({
      mishap: (place) =>
        place.startsWith('sweep') && world.clock.now() > NOON + 5 * MINUTE && world.clock.now() < until
          ? 'busy'
          : undefined,
    });
    await world.runToRest(30 * HOUR);
    expect(triesOf(world)[1]).toBeGreaterThanOrEqual(26 * 60);
    expect(misrecorded(world)).toEqual([]);
  });

  it('loses nothing when the clock of a sweeper ran ahead for a while', async () => {
    const world: World = await makeBench({
      skewMs: (kind) => (kind === 'sweep' && world.clock.now() < NOON + 10 * MINUTE ? 5 * HOUR : 0),
    });
    await world.clock.runUntil(NOON + 15 * MINUTE);
    expect(world.due.cursor()! * MINUTE).toBeLessThan(NOON + HOUR);
    void world.publish(publishRequest());
    await world.runToRest(2 * HOUR);
    expect(world.log.all().filter(({ succeeded }) => succeeded)).toHaveLength(2);
  });

  it('is not shut out by a lease that a clock that ran ahead has taken', async () => {
    const world = await makeBench();
    await world.due.acquire('crashed', NOON + 5 * HOUR);
    await world.runToRest(HOUR);
    expect(triesOf(world)).toHaveLength(2);
  });

  it('loses nothing that a writer puts late, its clock behind by two minutes', async () => {
    const world = await makeBench({ skewMs: (kind) => (kind === 'deliver' ? -2 * MINUTE : 0) });
    await world.runToRest(2 * HOUR);
    expect(triesOf(world)).toHaveLength(2);
  });

  it('is not held up by an item that the queue refuses, and sends it once the queue takes it', async () => {
    const world = makeWorld({
      settings: { retrySchedule: [1800] },
      rowFault: (what, { messageId }) =>
        what === 'queue' && messageId === bad && world.clock.now() < NOON + 2 * HOUR,
    });
    await world.tenants.create(application());
    world.tenants.putEndpoint(endpoint());
    world.receivers.answer(endpoint().url, ({ time }) => ({ status: time === 1 ? 500 : 200 }));
    const publish = () => world.publishOnce(publishRequest());
    await publish();
    await world.clock.runUntil(NOON + MINUTE);
    bad = world.messages.all()[0]!.id;
    await publish();
    await world.clock.runUntil(NOON + 40 * MINUTE);
    const triesAt = (id: string) =>
      world.receivers.received().filter(({ messageId }) => messageId === id).length;
    const other = world.messages.all()[1]!.id;
    expect([triesAt(bad), triesAt(other)]).toEqual([1, 2]);
    await world.runToRest(4 * HOUR);
    expect([triesAt(bad), triesAt(other)]).toEqual([2, 2]);
  });

  it('hands on what nobody can read, and is not held up by it', async () => {
    const world = await makeBench();
    world.due.spoil(NOON / MINUTE + 30, '{"v":99}');
    await world.runToRest(3 * HOUR);
    expect(triesOf(world)).toHaveLength(2);
    expect(world.due.size()).toBe(0);
    expect(world.deliveries.deadLetters).toEqual(['{"v":99}']);
  });
});
