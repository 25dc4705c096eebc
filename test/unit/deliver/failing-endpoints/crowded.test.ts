import { describe, expect, it } from 'vitest';
import { NOON } from '../../../support/simulation/builders.ts';
import { misrecorded } from '../../../support/simulation/invariants.ts';
import type { Mishap } from '../../../support/simulation/process.ts';
import { failingEndpointsScenario } from './scenario.ts';

const HANGING = 6;
const MESSAGES = 30;
const HANGS_UNTIL = NOON + 20_000;

/** One quick endpoint beside six that hang for a while, in lanes of sixteen batches: two with an old request crowd a lane. */
const play = async (mishap: (place: string) => Mishap | undefined = () => undefined) => {
  const one = await failingEndpointsScenario(
    {
      ...{
        deliverConcurrency: 16,
        bulkConcurrency: 16,
        deliverBatch: 1,
        settings: { retrySchedule: [60, 600] },
      },
      faults: { mishap },
    },
    Array.from({ length: 1 + HANGING }, () => ({})),
  );
  for (const { url } of one.endpoints.slice(1))
    one.receivers.answer(url, ({ at }) => ({ delayMs: at < HANGS_UNTIL ? 3_600_000 : 5 }));
  one.publish(MESSAGES, 1_000);
  await one.rest();
  return one;
};

const places: string[] = [];
const undisturbed = await play((place) => {
  if (!places.includes(place)) places.push(place);
  return undefined;
});
const crowdingSteps = places.filter((place) => /:crowding\.|:health\.markQuick$/.test(place));

const faultsOf = (one: Awaited<ReturnType<typeof play>>) => [
  ...(one.ends().length === MESSAGES * (1 + HANGING) ? [] : [`${one.ends().length} ended`]),
  ...one.ends().flatMap((end) => (end.succeeded ? [] : [`${end.messageId} ended as ${end.decision.kind}`])),
  ...misrecorded(one.simulation),
  ...one.deadLetters(),
];

describe('a crowded lane', () => {
  it('sends what may hang to the slow lane, keeps the endpoint that proved quick, and cuts no request', () => {
    expect(faultsOf(undisturbed)).toEqual([]);
    expect(undisturbed.receivers.received()).toHaveLength(undisturbed.log.all().length);
    const [quick] = undisturbed.endpoints;
    const late = undisturbed.sends(quick!.url).filter(({ at }, index) => at > NOON + index * 1_000 + 2_500);
    expect(late).toEqual([]);
    expect(undisturbed.slowDeliveries.sent()).toBeGreaterThan(MESSAGES);
  });

  it('costs nothing where no request is old', async () => {
    const one = await failingEndpointsScenario({ deliverConcurrency: 16 });
    one.publish(100, 100);
    await one.rest();
    expect([one.crowding.writes(), one.health.writes()]).toEqual([0, 0]);
  });

  it('is noticed in these steps', () => {
    expect(new Set(crowdingSteps.map((place) => place.split(':')[1]))).toEqual(
      new Set(['crowding.count', 'crowding.markCrowded', 'health.markQuick']),
    );
  });

  it.each(
    crowdingSteps.flatMap((place) =>
      (['crash-after', 'busy', 'twice'] as const).map((what) => ({ place, what })),
    ),
  )('loses nothing when $place has the fault $what', async ({ place, what }) => {
    let times = 0;
    const one = await play((where) => (where === place && (times += 1) === 1 ? what : undefined));
    expect(times).toBeGreaterThan(0);
    expect(faultsOf(one)).toEqual([]);
  });
});
