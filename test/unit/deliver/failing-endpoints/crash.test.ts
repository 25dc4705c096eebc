import { describe, expect, it } from 'vitest';
import { NOON } from '../../../support/simulation/builders.ts';
import type { Mishap } from '../../../support/simulation/process.ts';
import { misrecorded } from '../../../support/simulation/invariants.ts';
import { MINUTE, failingEndpointsScenario } from './scenario.ts';

const COUNT = 160;
/** Long enough that the breaker opens twice. */
const DOWN_MS = 4 * MINUTE;

/** An endpoint that is down and recovers, and a throttled one whose deliveries are parked: every step for failing endpoints. */
const play = async (mishap: (place: string) => Mishap | undefined) => {
  const options = { settings: { retrySchedule: [60, 600] }, deliverBatch: 1, faults: { mishap } };
  const simulation = await failingEndpointsScenario(options, [{}, { throttleRate: 1 }]);
  const [down, throttled] = simulation.endpoints;
  simulation.receivers.answer(down!.url, ({ at }) => ({ status: at < NOON + DOWN_MS ? 500 : 200 }));
  // Its slots are taken for a while, so that some deliveries are parked.
  await simulation.throttle.reserve(
    { orgId: throttled!.orgId, appId: throttled!.appId, endpointId: throttled!.id },
    { rate: 1, count: 850, notBefore: NOON, nowMs: NOON },
  );
  simulation.publish(COUNT, 400);
  await simulation.rest();
  return simulation;
};

const places: string[] = [];
const undisturbed = await play((place) => {
  if (!places.includes(place)) places.push(place);
  return undefined;
});
const FAILING_STEPS =
  /^(breaker|parking|drain)\.|:(health|parking|throttle)\.|^deliver\.(throttled|forwarded)$/;
const failingSteps = places.filter((place) => FAILING_STEPS.test(place));

const once = (where: string, what: Mishap, nth: number) => {
  let times = 0;
  return (place: string) => (place === where && ++times === nth ? what : undefined);
};

const faultsOf = (simulation: Awaited<ReturnType<typeof play>>) => [
  ...(simulation.ends().length === 2 * COUNT ? [] : [`${simulation.ends().length} of ${2 * COUNT} ended`]),
  ...simulation
    .ends()
    .flatMap((end) => (end.succeeded ? [] : [`${end.messageId} ended as ${end.decision.kind}`])),
  ...misrecorded(simulation.simulation),
  ...simulation.deadLetters(),
];
const surplusOf = (simulation: Awaited<ReturnType<typeof play>>) =>
  simulation.receivers.received().length - simulation.log.all().length;

describe('delivery to failing and throttled endpoints', () => {
  it('goes through every step and loses nothing when nothing crashes', () => {
    const steps = failingSteps.map((place) => place.split(/[.:]/)[0]);
    expect(steps).toEqual(expect.arrayContaining(['breaker', 'parking', 'drain', 'deliver']));
    expect(faultsOf(undisturbed)).toEqual([]);
    expect(surplusOf(undisturbed)).toBe(0);
  });

  it.each(failingSteps)('loses nothing when a process crashes at %s', async (place) => {
    for (const nth of place.includes(':') ? [1] : [1, 3]) {
      const simulation = await play(once(place, 'crash-after', nth));
      expect(faultsOf(simulation)).toEqual([]);
      expect(surplusOf(simulation)).toBe(0);
    }
  });

  it.each(failingSteps.filter((place) => place.includes(':')))(
    'loses nothing when %s is throttled',
    async (place) => {
      const simulation = await play(once(place, 'busy', 1));
      expect(faultsOf(simulation)).toEqual([]);
      expect(surplusOf(simulation)).toBe(0);
    },
  );
});
