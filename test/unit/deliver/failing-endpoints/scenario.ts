import {
  application,
  endpoint,
  NOON,
  publishRequest,
  seededIds,
} from '../../../support/simulation/builders.ts';
import { makeWorld } from '../../../support/simulation/simulation.ts';
import type { WorldOptions } from '../../../support/simulation/simulation.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export type Some = Partial<ReturnType<typeof endpoint>>;

/** A world with an application and its endpoints, and publishers that come at a steady pace. */
export const troubledWorld = async (
  options: WorldOptions = {},
  some: readonly Some[] = [{}],
  rate: number | null = null,
) => {
  const world = makeWorld(options);
  await world.tenants.create(application({ throttleRate: rate }));
  const ids = seededIds(9);
  const endpoints = some.map((one, index) =>
    endpoint({ id: ids.endpoint(NOON), url: `https://receiver.example/${index}`, ...one }),
  );
  for (const one of endpoints) world.tenants.putEndpoint(one);
  let published = 0;
  return {
    ...world,
    world,
    /** Until all is published and nothing is under way any more. */
    rest: async (limitMs = 80 * HOUR) => {
      await world.clock.runUntil(published);
      await world.runToRest(limitMs);
    },
    endpoint: endpoints[0]!,
    endpoints,
    publish: (count: number, everyMs: number) => {
      const start = world.clock.now();
      for (let index = 0; index < count; index += 1)
        world.clock.at(start + index * everyMs, () => world.publish(publishRequest()));
      published = Math.max(published, start + count * everyMs);
    },
    /** The attempts after which nothing follows. */
    ends: () => world.log.all().filter(({ decision }) => decision.kind !== 'retry'),
    sends: (url: string) => world.receivers.received().filter((one) => one.url === url),
  };
};

export type TroubledWorld = Awaited<ReturnType<typeof troubledWorld>>;
