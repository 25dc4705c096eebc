import { describe, expect, it } from 'vitest';
import { NOON } from '../../../support/simulation/builders.ts';
import { MINUTE, troubledWorld } from './scenario.ts';
import type { TroubledWorld } from './scenario.ts';

/** The most sends in any second that begins with one. */
const mostInASecond = (times: readonly number[]) =>
  Math.max(0, ...times.map((start) => times.filter((at) => at >= start && at < start + 1_000).length));
const timesOf = (world: TroubledWorld, url: string) => world.sends(url).map(({ at }) => at);

describe('a throttled endpoint', () => {
  it('gets everything, no faster than its rate and one second’s worth, and each at its first attempt', async () => {
    const world = await troubledWorld({}, [{ throttleRate: 5 }]);
    world.publish(300, 10);
    await world.rest();
    const times = timesOf(world, world.endpoint.url);
    expect(times).toHaveLength(300);
    expect(mostInASecond(times)).toBeLessThanOrEqual(11);
    expect(Math.max(...times) - NOON).toBeGreaterThan(55_000);
    expect(Math.max(...times) - NOON).toBeLessThan(65_000);
    expect(world.log.all().every(({ turn }) => turn.kind === 'scheduled' && turn.number === 1)).toBe(true);
  });

  it('parks what is more than fifteen minutes ahead, and sends it in its time', async () => {
    const world = await troubledWorld({}, [{ throttleRate: 1 }]);
    world.publish(1_500, 1);
    await world.clock.runUntil(NOON + MINUTE);
    expect(world.parking.size()).toBeGreaterThan(500);
    await world.rest();
    const times = timesOf(world, world.endpoint.url);
    expect(times).toHaveLength(1_500);
    expect(mostInASecond(times)).toBeLessThanOrEqual(3);
  });

  it('gets all that is parked when its rate is raised', async () => {
    const world = await troubledWorld({}, [{ throttleRate: 1 }]);
    world.publish(3_000, 1);
    await world.clock.runUntil(NOON + MINUTE);
    world.tenants.putEndpoint({ ...world.endpoint, throttleRate: 100 });
    await world.clock.runUntil(NOON + 25 * MINUTE);
    expect(world.parking.size()).toBe(0);
    await world.rest();
    expect(world.sends(world.endpoint.url)).toHaveLength(3_000);
  });

  it('holds up no other endpoint of its application', async () => {
    const world = await troubledWorld({}, [{ throttleRate: 1 }, {}]);
    world.publish(100, 10);
    await world.rest();
    expect(Math.max(...timesOf(world, world.endpoints[1]!.url))).toBeLessThan(NOON + 2_000);
  });
});

it('a throttled application shares its rate between its endpoints', async () => {
  const world = await troubledWorld({}, [{}, {}], 10);
  world.publish(100, 1);
  await world.rest();
  const times = world.receivers.received().map(({ at }) => at);
  expect(times).toHaveLength(200);
  expect(mostInASecond(times)).toBeLessThanOrEqual(21);
});
