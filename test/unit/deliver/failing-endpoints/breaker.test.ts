import { describe, expect, it } from 'vitest';
import { formatDelivery } from '../../../../functions/deliver/queue/queue-message.ts';
import { NOON } from '../../../support/simulation/builders.ts';
import type { Mishap } from '../../../support/simulation/process.ts';
import { HOUR, MINUTE, failingEndpointsScenario } from './scenario.ts';

describe('an endpoint that is down', () => {
  const down = async (forMs: number, count: number, everyMs: number) => {
    const simulation = await failingEndpointsScenario();
    simulation.receivers.answer(simulation.endpoint.url, ({ at }) => ({
      status: at < NOON + forMs ? 500 : 200,
    }));
    simulation.publish(count, everyMs);
    return simulation;
  };

  it('gets every message once it recovers, with fewer attempts than the schedule alone would make', async () => {
    const simulation = await down(2 * HOUR, 600, 1_000);
    await simulation.rest();
    expect(simulation.ends().filter(({ succeeded }) => succeeded)).toHaveLength(600);
    const failed = simulation.receivers.received().filter(({ at }) => at < NOON + 2 * HOUR);
    expect(failed.length).toBeLessThan(400); // the schedule alone makes 600 * 4 in two hours
    expect(simulation.receivers.received()).toHaveLength(simulation.log.all().length);
  });

  it('is not flooded when it recovers: parked deliveries are released at a limited rate', async () => {
    const simulation = await down(HOUR, 900, 1_000);
    await simulation.rest();
    const back = simulation.receivers.received().filter(({ at }) => at >= NOON + HOUR);
    for (const { at } of back.slice(0, 50))
      expect(back.filter((one) => one.at >= at && one.at < at + 1_000).length).toBeLessThan(20);
  });

  it('does not open its breaker for a single message, whatever its schedule', async () => {
    const simulation = await down(100 * HOUR, 1, 0);
    await simulation.rest();
    expect(simulation.receivers.received()).toHaveLength(8);
    expect(simulation.ends().map(({ decision }) => decision.kind)).toEqual(['exhausted']);
  });

  it('for good has every message exhausted soon after its schedule would be over', async () => {
    const simulation = await down(1000 * HOUR, 300, 1_000);
    await simulation.rest();
    expect(simulation.ends().map(({ decision }) => decision.kind)).toEqual(Array(300).fill('exhausted'));
    expect(simulation.receivers.received().length).toBeLessThan(300 * 3);
    const latest = Math.max(...simulation.ends().map(({ at }) => at));
    expect(latest).toBeLessThan(NOON + 35 * HOUR); // 28 h, a fifth of it for jitter, and the wait for a drain timer
  });

  it('gets an old message that is replayed once it recovers, since the schedule counts from the replay', async () => {
    const simulation = await down(80 * MINUTE, 4_000, 1_000);
    simulation.clock.at(NOON + HOUR, () => {
      const [old] = simulation.log.all();
      if (old === undefined) throw new Error('an attempt was recorded by now');
      const trigger = { kind: 'scheduled', number: 1, series: old.id } as const;
      const replay = { ...old, trigger, schedule: [1_200, 1_200], startedAt: NOON + HOUR };
      simulation.deliveries.send(formatDelivery(replay));
    });
    await simulation.rest();
    const ends = simulation
      .ends()
      .filter(({ trigger }) => trigger.kind === 'scheduled' && 'series' in trigger);
    expect(ends.map(({ decision }) => decision.kind)).toEqual(['succeeded']);
  });

  it('whose schedule ends while its breaker is open gets each delivery back from the queue once, for its last attempt', async () => {
    const simulation = await failingEndpointsScenario({ settings: { retrySchedule: [1_800] } });
    simulation.receivers.answer(simulation.endpoint.url, () => ({ status: 500 }));
    simulation.publish(1_000, 60);
    await simulation.rest();
    expect(simulation.ends().map(({ decision }) => decision.kind)).toEqual(Array(1_000).fill('exhausted'));
    expect(simulation.deliveries.sent() + simulation.bulkDeliveries.sent()).toBeLessThan(6_000);
  });

  it('has no parked deliveries left after it is disabled', async () => {
    const simulation = await down(1000 * HOUR, 300, 1_000);
    simulation.clock.at(NOON + HOUR, () =>
      simulation.tenants.disableEndpoint(
        { ...simulation.endpoint, endpointId: simulation.endpoint.id },
        { reason: 'failing', failSince: NOON, attemptedAt: NOON + HOUR, url: simulation.endpoint.url },
        NOON + HOUR,
      ),
    );
    await simulation.rest();
    expect(simulation.parking.size()).toBe(0);
  });

  it('gets a delivery soon after the breaker closes, though a crashed worker had claimed it before it was parked', async () => {
    // The first receive claims nothing; the second claims the right to send, and its process ends.
    let ended = 0;
    const mishap = (place: string): Mishap | undefined => {
      if (place !== 'deliver.read' || ended === 2) return undefined;
      ended += 1;
      return 'crash-after';
    };
    const simulation = await failingEndpointsScenario({ faults: { mishap } });
    const { endpoint, clock, health } = simulation;
    simulation.publish(1, 0);
    while (ended < 2) await clock.runUntil(clock.now() + 1_000);
    const crashedAt = clock.now();
    const key = { orgId: endpoint.orgId, appId: endpoint.appId, endpointId: endpoint.id };
    const until = crashedAt + 10 * MINUTE;
    const open = { kind: 'open', since: crashedAt, until, times: 1, probeUntil: null } as const;
    await simulation.due.putDrainTimer({ ...key, at: until, step: 0 }, until, crashedAt);
    await health.open(key, { kind: 'closed' }, open, crashedAt);
    await clock.runUntil(crashedAt + 20 * MINUTE);
    expect(simulation.ends().map(({ succeeded }) => succeeded)).toEqual([true]);
    await simulation.rest();
    expect(simulation.receivers.received()).toHaveLength(1);
  });

  it('is probed at once after its owner changed it', async () => {
    const simulation = await down(HOUR + 5 * MINUTE, 600, 1_000);
    const [one] = simulation.endpoints;
    simulation.clock.at(NOON + HOUR, () => {
      simulation.tenants.putEndpoint({ ...one!, url: 'https://elsewhere.example', updatedAt: NOON + HOUR });
      simulation.publish(1, 0);
    });
    await simulation.clock.runUntil(NOON + HOUR + MINUTE);
    expect(simulation.sends('https://elsewhere.example').length).toBeGreaterThan(0);
    expect((await simulation.health.read({ ...one!, endpointId: one!.id })).breaker.kind).toBe('closed');
  });
});

it('healthy endpoints cost no health writes', async () => {
  const simulation = await failingEndpointsScenario({}, [{}, {}, {}]);
  simulation.publish(200, 50);
  await simulation.rest();
  expect(simulation.health.writes()).toBe(0);
  expect(simulation.ends()).toHaveLength(600);
});
