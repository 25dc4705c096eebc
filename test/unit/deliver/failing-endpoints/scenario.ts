import {
  application,
  endpoint,
  NOON,
  publishRequest,
  seededIds,
} from '../../../support/simulation/builders.ts';
import { makeSimulation } from '../../../support/simulation/simulation.ts';
import type { SimulationOptions } from '../../../support/simulation/simulation.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export type Some = Partial<ReturnType<typeof endpoint>>;

/** A simulation with an application and its endpoints, to which messages are published at a steady rate. */
export const failingEndpointsScenario = async (
  options: SimulationOptions = {},
  some: readonly Some[] = [{}],
  rate: number | null = null,
) => {
  const simulation = makeSimulation(options);
  await simulation.tenants.create(application({ throttleRate: rate }));
  const ids = seededIds(9);
  const endpoints = some.map((one, index) =>
    endpoint({ id: ids.endpoint(NOON), url: `https://receiver.example/${index}`, ...one }),
  );
  for (const one of endpoints) simulation.tenants.putEndpoint(one);
  let published = 0;
  return {
    ...simulation,
    simulation,
    /** Runs until everything is published and nothing is left to do. */
    rest: async (limitMs = 80 * HOUR) => {
      await simulation.clock.runUntil(published);
      await simulation.runToRest(limitMs);
    },
    endpoint: endpoints[0]!,
    endpoints,
    publish: (count: number, everyMs: number) => {
      const start = simulation.clock.now();
      for (let index = 0; index < count; index += 1)
        simulation.clock.at(start + index * everyMs, () => simulation.publish(publishRequest()));
      published = Math.max(published, start + count * everyMs);
    },
    /** The attempts that no retry follows. */
    ends: () => simulation.log.all().filter(({ decision }) => decision.kind !== 'retry'),
    sends: (url: string) => simulation.receivers.received().filter((one) => one.url === url),
  };
};

export type FailingEndpointsScenario = Awaited<ReturnType<typeof failingEndpointsScenario>>;
