import { describe, expect, it } from 'vitest';
import { NOON } from '../../../support/simulation/builders.ts';
import type { Mishap } from '../../../support/simulation/process.ts';
import { misrecorded } from '../../../support/simulation/invariants.ts';
import { MINUTE, failingEndpointsScenario } from './scenario.ts';

const COUNT = 160;
/** Long enough that the breaker opens twice. */
const DOWN_MS = 4 * MINUTE;

/** An endpoint that is down and then back, and a throttled one that has to park: everything that trouble can set off. */
const play = async (mishap: (place: string) => Mishap | undefined) => {
  const options = { settings: { retrySchedule: [60, 600] }, deliverBatch: 1, faults: { mishap } };
  const simulation = await failingEndpointsScenario(options, [{}, { throttleRate: 1 }]);
  const [down, throttled] = simulation.endpoints;
  simulation.receivers.answer(down!.url, ({ at }) => ({ status: at < NOON + DOWN_MS ? 500 : 200 }));
  // Its line is full for a while, so that some are parked.
  await simulation.throttle.reserve(
    { orgId: throttled!.orgId, appId: throttled!.appId, endpointId: throttled!.id },
    { rate: 1, count: 850, notBefore: NOON, nowMs: NOON },
  );
  simulation.publish(COUNT, 400);
  await simulation.rest();
  return simulation;
};

const places: string[] = [];
const calm = await play((place) => {
  if (!places.includes(place)) places.push(place);
  return undefined;
});
const TROUBLE = /^(breaker|parking|drain)\.|:(health|parking|throttle)\.|^deliver\.(throttled|forwarded)$/;
const troubled = places.filter((place) => TROUBLE.test(place));

const once = (where: string, what: Mishap, nth: number) => {
  let times = 0;
  return (place: string) => (place === where && ++times === nth ? what : undefined);
};

const faultsOf = (simulation: Awaited<ReturnType<typeof play>>) => [
  ...(simulation.ends().length === 2 * COUNT
    ? []
    : [`${simulation.ends().length} of ${2 * COUNT} came to their end`]),
  ...simulation
    .ends()
    .flatMap((end) => (end.succeeded ? [] : [`${end.messageId} ended as ${end.decision.kind}`])),
  ...misrecorded(simulation.simulation),
  ...simulation.deliveries.deadLetters,
];
const surplusOf = (simulation: Awaited<ReturnType<typeof play>>) =>
  simulation.receivers.received().length - simulation.log.all().length;

describe('trouble', () => {
  it('takes every step there is when nothing crashes, and loses nothing', () => {
    expect(new Set(troubled.map((place) => place.split(/[.:]/)[0]))).toEqual(
      new Set(['breaker', 'parking', 'drain', 'deliver']),
    );
    expect(faultsOf(calm)).toEqual([]);
    expect(surplusOf(calm)).toBe(0);
  });

  it.each(troubled)('loses nothing where a process ends at %s', async (place) => {
    for (const nth of place.includes(':') ? [1] : [1, 3]) {
      const simulation = await play(once(place, 'crash-after', nth));
      expect(faultsOf(simulation)).toEqual([]);
      expect(surplusOf(simulation)).toBe(0);
    }
  });

  it.each(troubled.filter((place) => place.includes(':')))(
    'loses nothing where %s is refused',
    async (place) => {
      const simulation = await play(once(place, 'busy', 1));
      expect(faultsOf(simulation)).toEqual([]);
      expect(surplusOf(simulation)).toBe(0);
    },
  );
});
