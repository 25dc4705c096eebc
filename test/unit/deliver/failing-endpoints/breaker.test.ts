import { describe, expect, it } from 'vitest';
import { NOON } from '../../../support/simulation/builders.ts';
import { HOUR, MINUTE, troubledWorld } from './scenario.ts';

describe('an endpoint that is down', () => {
  const down = async (forMs: number, count: number, everyMs: number) => {
    const world = await troubledWorld();
    world.receivers.answer(world.endpoint.url, ({ at }) => ({ status: at < NOON + forMs ? 500 : 200 }));
    world.publish(count, everyMs);
    return world;
  };

  it('gets every message in the end, for fewer tries than the schedule alone would make', async () => {
    const world = await down(2 * HOUR, 600, 1_000);
    await world.rest();
    expect(world.ends().filter(({ succeeded }) => succeeded)).toHaveLength(600);
    const failed = world.receivers.received().filter(({ at }) => at < NOON + 2 * HOUR);
    expect(failed.length).toBeLessThan(400); // the schedule alone makes 600 * 4 in two hours
    expect(world.receivers.received()).toHaveLength(world.log.all().length);
  });

  it('is spared when it comes back: what is parked comes out at a limited rate', async () => {
    const world = await down(HOUR, 900, 1_000);
    await world.rest();
    const back = world.receivers.received().filter(({ at }) => at >= NOON + HOUR);
    for (const { at } of back.slice(0, 50))
      expect(back.filter((one) => one.at >= at && one.at < at + 1_000).length).toBeLessThan(20);
  });

  it('is never parked for a single message, whatever its schedule', async () => {
    const world = await down(100 * HOUR, 1, 0);
    await world.rest();
    expect(world.receivers.received()).toHaveLength(8);
    expect(world.ends().map(({ decision }) => decision.kind)).toEqual(['exhausted']);
  });

  it('for ever lets every message end as exhausted, soon after its schedule would be over', async () => {
    const world = await down(1000 * HOUR, 300, 1_000);
    await world.rest();
    expect(world.ends().map(({ decision }) => decision.kind)).toEqual(Array(300).fill('exhausted'));
    expect(world.receivers.received().length).toBeLessThan(300 * 3);
    const latest = Math.max(...world.ends().map(({ at }) => at));
    expect(latest).toBeLessThan(NOON + 35 * HOUR); // 28 h, a fifth of it for jitter, and the wait for a look
  });

  it('and disabled meanwhile keeps nothing parked', async () => {
    const world = await down(1000 * HOUR, 300, 1_000);
    world.clock.at(NOON + HOUR, () =>
      world.tenants.disableEndpoint(
        { ...world.endpoint, endpointId: world.endpoint.id },
        { reason: 'failing', failSince: NOON, attemptedAt: NOON + HOUR },
        NOON + HOUR,
      ),
    );
    await world.rest();
    expect(world.parking.size()).toBe(0);
  });

  it('is tried at once when its owner changed it', async () => {
    const world = await down(HOUR + 5 * MINUTE, 600, 1_000);
    const [one] = world.endpoints;
    world.clock.at(NOON + HOUR, () => {
      world.tenants.putEndpoint({ ...one!, url: 'https://elsewhere.example', updatedAt: NOON + HOUR });
      world.publish(1, 0);
    });
    await world.clock.runUntil(NOON + HOUR + MINUTE);
    expect(world.sends('https://elsewhere.example').length).toBeGreaterThan(0);
    expect((await world.health.read({ ...one!, endpointId: one!.id })).breaker.kind).toBe('closed');
  });
});

it('healthy endpoints cost not one write', async () => {
  const world = await troubledWorld({}, [{}, {}, {}]);
  world.publish(200, 50);
  await world.rest();
  expect(world.health.writes()).toBe(0);
  expect(world.ends()).toHaveLength(600);
});
