import { describe, expect, it } from 'vitest';
import { NOON, application, endpoint, publishRequest } from '../../../support/simulation/builders.ts';
import type { Faults } from '../../../support/simulation/process.ts';
import { misrecorded } from '../../../support/simulation/invariants.ts';
import { makeSimulation } from '../../../support/simulation/simulation.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A simulation with one endpoint that fails once, and a retry that is a due item for half an hour. */
const makeBench = async (faults: Faults = {}, sweepers = 1) => {
  const simulation = makeSimulation({ faults, sweepers, settings: { retrySchedule: [1800] } });
  await simulation.tenants.create(application());
  simulation.tenants.putEndpoint(endpoint());
  simulation.receivers.answer(endpoint().url, ({ time }) => ({ status: time === 1 ? 500 : 200 }));
  void simulation.publish(publishRequest());
  return simulation;
};
type Simulation = Awaited<ReturnType<typeof makeBench>>;

/** The message whose retry the queue refuses. */
let bad: string | undefined;

const attemptMinutesOf = (simulation: Simulation) =>
  simulation.receivers.received().map(({ at }) => Math.round((at - NOON) / MINUTE));

describe('the sweeper', () => {
  it('sends a retry to the queue in its minute, not before', async () => {
    const simulation = await makeBench();
    await simulation.runToRest(HOUR);
    const [first, second] = simulation.log.all();
    expect(first?.decision).toMatchObject({ kind: 'retry' });
    expect(second?.succeeded).toBe(true);
    expect(misrecorded(simulation)).toEqual([]);
    expect(second!.at - (first?.decision as { at: number }).at).toBeLessThanOrEqual(500);
  });

  it('catches up after an outage, however long', async () => {
    const until = NOON + 26 * HOUR;
    const simulation: Simulation = await makeBench({
      mishap: (place) =>
        place.startsWith('sweep') &&
        simulation.clock.now() > NOON + 5 * MINUTE &&
        simulation.clock.now() < until
          ? 'busy'
          : undefined,
    });
    await simulation.runToRest(30 * HOUR);
    expect(attemptMinutesOf(simulation)[1]).toBeGreaterThanOrEqual(26 * 60);
    expect(misrecorded(simulation)).toEqual([]);
  });

  it('loses nothing when its clock ran ahead for a while', async () => {
    const simulation: Simulation = await makeBench({
      skewMs: (kind) => (kind === 'sweep' && simulation.clock.now() < NOON + 10 * MINUTE ? 5 * HOUR : 0),
    });
    await simulation.clock.runUntil(NOON + 15 * MINUTE);
    expect(simulation.due.cursor()! * MINUTE).toBeLessThan(NOON + HOUR);
    void simulation.publish(publishRequest());
    await simulation.runToRest(2 * HOUR);
    expect(simulation.log.all().filter(({ succeeded }) => succeeded)).toHaveLength(2);
  });

  it('takes over a lease that a sweeper with a clock ahead has taken', async () => {
    const simulation = await makeBench();
    await simulation.due.acquire('crashed', NOON + 5 * HOUR);
    await simulation.runToRest(HOUR);
    expect(attemptMinutesOf(simulation)).toHaveLength(2);
  });

  it('loses nothing that a writer whose clock is two minutes behind puts late', async () => {
    const simulation = await makeBench({ skewMs: (kind) => (kind === 'deliver' ? -2 * MINUTE : 0) });
    await simulation.runToRest(2 * HOUR);
    expect(attemptMinutesOf(simulation)).toHaveLength(2);
  });

  it('is not blocked by an item that the queue refuses, and sends it once the queue accepts it', async () => {
    const simulation = makeSimulation({
      settings: { retrySchedule: [1800] },
      rowFault: (what, { messageId }) =>
        what === 'queue' && messageId === bad && simulation.clock.now() < NOON + 2 * HOUR,
    });
    await simulation.tenants.create(application());
    simulation.tenants.putEndpoint(endpoint());
    simulation.receivers.answer(endpoint().url, ({ time }) => ({ status: time === 1 ? 500 : 200 }));
    const publish = () => simulation.publishOnce(publishRequest());
    await publish();
    await simulation.clock.runUntil(NOON + MINUTE);
    bad = simulation.messages.all()[0]!.id;
    await publish();
    await simulation.clock.runUntil(NOON + 40 * MINUTE);
    const attemptsOf = (id: string) =>
      simulation.receivers.received().filter(({ messageId }) => messageId === id).length;
    const other = simulation.messages.all()[1]!.id;
    expect([attemptsOf(bad), attemptsOf(other)]).toEqual([1, 2]);
    await simulation.runToRest(4 * HOUR);
    expect([attemptsOf(bad), attemptsOf(other)]).toEqual([2, 2]);
  });

  it('sends the retries of one row once each, although the queue refuses one of them for hours', async () => {
    const simulation = makeSimulation({
      deliverBatch: 10,
      settings: { retrySchedule: [1800, 3600] },
      rowFault: (what, { messageId }) =>
        what === 'queue' &&
        messageId === bad &&
        simulation.clock.now() > NOON + MINUTE &&
        simulation.clock.now() < NOON + 3 * HOUR,
    });
    await simulation.tenants.create(application());
    simulation.tenants.putEndpoint(endpoint());
    simulation.receivers.answer(endpoint().url, () => ({ status: 500 }));
    await Promise.all(Array.from({ length: 10 }, () => simulation.publishOnce(publishRequest())));
    bad = simulation.messages.all()[0]!.id;
    await simulation.clock.runUntil(NOON + MINUTE);
    expect(simulation.due.size()).toBe(10);
    expect(simulation.due.rows()).toBeLessThan(10);
    await simulation.runToRest(8 * HOUR);
    for (const { id } of simulation.messages.all())
      expect(simulation.receivers.received().filter(({ messageId }) => messageId === id)).toHaveLength(3);
    expect(simulation.due.size()).toBe(0);
    expect(misrecorded(simulation)).toEqual([]);
  });

  it('sends unreadable items to the queue to be dead-lettered, and is not blocked by them', async () => {
    const simulation = await makeBench();
    simulation.due.putUnreadable(NOON / MINUTE + 30, '{"v":99}');
    await simulation.runToRest(3 * HOUR);
    expect(attemptMinutesOf(simulation)).toHaveLength(2);
    expect(simulation.due.size()).toBe(0);
    expect(simulation.deliveries.deadLetters).toEqual(['{"v":99}']);
  });
});
