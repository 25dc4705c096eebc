import { describe, expect, it } from 'vitest';
import { NOON } from '../../../support/simulation/builders.ts';
import { MINUTE, failingEndpointsScenario } from './scenario.ts';
import type { FailingEndpointsScenario } from './scenario.ts';

/** The most requests within any second. */
const mostInASecond = (times: readonly number[]) =>
  Math.max(0, ...times.map((start) => times.filter((at) => at >= start && at < start + 1_000).length));
const timesOf = (simulation: FailingEndpointsScenario, url: string) =>
  simulation.sends(url).map(({ at }) => at);

describe('a throttled endpoint', () => {
  it('gets every message with attempt number 1, no faster than its rate plus a burst of one second', async () => {
    const simulation = await failingEndpointsScenario({}, [{ throttleRate: 5 }]);
    simulation.publish(300, 10);
    await simulation.rest();
    const times = timesOf(simulation, simulation.endpoint.url);
    expect(times).toHaveLength(300);
    expect(mostInASecond(times)).toBeLessThanOrEqual(11);
    expect(Math.max(...times) - NOON).toBeGreaterThan(55_000);
    expect(Math.max(...times) - NOON).toBeLessThan(65_000);
    expect(
      simulation.log.all().every(({ trigger }) => trigger.kind === 'scheduled' && trigger.number === 1),
    ).toBe(true);
  });

  it('has deliveries parked whose slot is more than 15 minutes ahead, and gets them in time', async () => {
    const simulation = await failingEndpointsScenario({}, [{ throttleRate: 1 }]);
    simulation.publish(1_500, 1);
    await simulation.clock.runUntil(NOON + MINUTE);
    expect(simulation.parking.size()).toBeGreaterThan(500);
    await simulation.rest();
    const times = timesOf(simulation, simulation.endpoint.url);
    expect(times).toHaveLength(1_500);
    expect(mostInASecond(times)).toBeLessThanOrEqual(3);
  });

  it('gets all parked deliveries soon after its rate is raised', async () => {
    const simulation = await failingEndpointsScenario({}, [{ throttleRate: 1 }]);
    simulation.publish(3_000, 1);
    await simulation.clock.runUntil(NOON + MINUTE);
    simulation.tenants.putEndpoint({ ...simulation.endpoint, throttleRate: 100 });
    await simulation.clock.runUntil(NOON + 25 * MINUTE);
    expect(simulation.parking.size()).toBe(0);
    await simulation.rest();
    expect(simulation.sends(simulation.endpoint.url)).toHaveLength(3_000);
  });

  it('delays no other endpoint of its application', async () => {
    const simulation = await failingEndpointsScenario({}, [{ throttleRate: 1 }, {}]);
    simulation.publish(100, 10);
    await simulation.rest();
    expect(Math.max(...timesOf(simulation, simulation.endpoints[1]!.url))).toBeLessThan(NOON + 2_000);
  });
});

it('the endpoints of a throttled application share its rate', async () => {
  const simulation = await failingEndpointsScenario({}, [{}, {}], 10);
  simulation.publish(100, 1);
  await simulation.rest();
  const times = simulation.receivers.received().map(({ at }) => at);
  expect(times).toHaveLength(200);
  expect(mostInASecond(times)).toBeLessThanOrEqual(21);
});
