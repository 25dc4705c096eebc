import { describe, expect, it } from 'vitest';
import { application, endpoint, NOON, publishRequest, seededIds } from '../../support/world/builders.ts';
import type { WorldOptions } from '../../support/world/world.ts';
import { makeWorld } from '../../support/world/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const withEndpoints = async (options: WorldOptions, some: Partial<ReturnType<typeof endpoint>>[] = [{}]) => {
  const world = makeWorld(options);
  await world.tenants.create(application());
  const ids = seededIds(9);
  const endpoints = some.map((one, index) =>
    endpoint({ id: ids.endpoint(NOON), url: `https://receiver.example/${index}`, ...one }),
  );
  for (const one of endpoints) world.tenants.putEndpoint(one);
  const publish = (count: number, everyMs: number) => {
    for (let index = 0; index < count; index += 1) {
      world.clock.at(world.clock.now() + index * everyMs, () => world.publish(publishRequest()));
    }
  };
  return { ...world, endpoints, publish };
};

const terminal = (world: Awaited<ReturnType<typeof withEndpoints>>) =>
  world.log.all().filter(({ decision }) => decision.kind !== 'retry');

describe('an endpoint that is down', () => {
  const down = async (untilMs: number, count: number, everyMs: number) => {
    const world = await withEndpoints({});
    const [one] = world.endpoints;
    world.receivers.answer(one!.url, ({ at }) => ({ status: at < NOON + untilMs ? 500 : 200 }));
    world.publish(count, everyMs);
    return world;
  };

  it('gets every message in the end, with fewer tries than the schedule alone would make', async () => {
    const world = await down(2 * HOUR, 600, 1_000);
    await world.runToRest(40 * HOUR);
    const last = terminal(world);
    expect(last.filter(({ succeeded }) => succeeded)).toHaveLength(600);
    const failed = world.receivers.received().filter(({ at }) => at < NOON + 2 * HOUR).length;
    expect(failed).toBeLessThan(400); // the plain schedule makes 600 * 4 in two hours
    expect(world.parking.size()).toBe(0);
  });

  it('is never parked by a single message, whatever its schedule', async () => {
    const world = await down(100 * HOUR, 1, 0);
    await world.runToRest(40 * HOUR);
    expect(world.receivers.received()).toHaveLength(8);
    expect(terminal(world).map(({ decision }) => decision.kind)).toEqual(['exhausted']);
  });

  it('that never comes back lets every message end as exhausted', async () => {
    const world = await down(1000 * HOUR, 300, 1_000);
    await world.runToRest(80 * HOUR);
    expect(terminal(world).map(({ decision }) => decision.kind)).toEqual(Array(300).fill('exhausted'));
    expect(world.receivers.received().length).toBeLessThan(300 * 3);
  });
});
