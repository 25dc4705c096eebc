import { describe, expect, it } from 'vitest';
import type { AttemptId } from '../../../functions/platform/ids/brand.domain.ts';
import type { Delivery } from '../../../functions/deliver/delivery.port.ts';
import { formatDelivery } from '../../../functions/deliver/queue/queue-message.ts';
import { latestOutcomeOf } from '../../../functions/read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import { manualDelivery } from '../../../functions/replay/resend.flow.ts';
import { application, endpoint, NOON, publishRequest } from '../../support/simulation/builders.ts';
import {
  misprojected,
  misrecorded,
  silentlyDropped,
  unsettled,
} from '../../support/simulation/invariants.ts';
import type { Mishap } from '../../support/simulation/process.ts';
import { makeSimulation } from '../../support/simulation/simulation.ts';
import type { Simulation } from '../../support/simulation/simulation.ts';

/** A cancellation and another delivery of the same message, in both orders and at the same instant. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const RETRY_MS = MINUTE;
/** Jitter brings the retry within a fifth of its delay. */
const BEFORE_RETRY = NOON + RETRY_MS / 2;
const AFTER_RETRY = NOON + RETRY_MS * 2;

const target = endpoint({ updatedAt: NOON - HOUR });
const other = { kind: 'other filters' } as const;
const off = { kind: 'disabled' } as const;
type Change = typeof other | typeof off;

interface Race {
  /** Why the retry is canceled; it happens ten seconds after the message. */
  readonly change: Change;
  /** The deliveries that are queued beside the schedule; `messageId` is the message's. */
  readonly beside: (delivery: Delivery, canceledId: AttemptId | undefined) => readonly Delivery[];
  /** When; `retry`: at the very instant of the retry that is canceled. */
  readonly when: number | 'retry';
  /** Whether the endpoint has been restored by then. */
  readonly restored?: boolean;
  readonly status?: number;
  /** How many requests fail; 1 unless the test says more. */
  readonly failing?: number;
}

const play = async (race: Race, mishap: (place: string) => Mishap | undefined = () => undefined) => {
  /** Faults start after the first attempt. */
  let armed = false;
  const simulation = makeSimulation({
    deliverBatch: 1,
    settings: { retrySchedule: [RETRY_MS / 1000, 7_200] },
    faults: { mishap: (place) => (armed ? mishap(place) : undefined) },
  });
  const at = (atMs: number, task: () => void) => simulation.clock.at(atMs, task);
  const put = (some: object) =>
    simulation.tenants.putEndpoint({ ...target, ...some, updatedAt: simulation.clock.now() });
  await simulation.tenants.create(application());
  simulation.tenants.putEndpoint(target);
  simulation.receivers.answer(target.url, ({ time }) => ({
    status: time <= (race.failing ?? 1) ? 500 : (race.status ?? 200),
  }));
  void simulation.publish(publishRequest({ idempotency: 'raced' }));
  at(NOON + 10_000, () => put(race.change === off ? { disabled: true } : { eventTypes: ['other'] }));
  at(NOON + 11_000, () => {
    armed = true;
    const [first] = simulation.log.all();
    if (first?.decision.kind !== 'retry') throw new Error('the first attempt has failed by now');
    const one: Delivery = { ...first, schedule: [60, 7_200] };
    // Queue delays are whole seconds.
    const retryAt = NOON + Math.round((first.decision.at - NOON) / 1000) * 1000;
    at(race.when === 'retry' ? retryAt : race.when, () => {
      if (race.restored === true) put({});
      const canceled = simulation.log.all().find(({ decision }) => decision.kind === 'canceled');
      for (const each of race.beside(one, canceled?.id)) simulation.deliveries.send(formatDelivery(each));
    });
  });
  await simulation.clock.runUntil(AFTER_RETRY + MINUTE); // all may rest before
  await simulation.runToRest(24 * HOUR);
  return simulation;
};

/** The deliveries of a resend (named after its request) and of a recover (named after its task). */
const resend = ({ orgId, appId, messageId: id, endpointId }: Delivery) =>
  manualDelivery({ orgId, appId, id }, endpointId, 'resend');
const recover = ({ orgId, appId, messageId: id, endpointId }: Delivery) =>
  manualDelivery({ orgId, appId, id }, endpointId, 'qtask_recover');

/** The delivery that replay-missing makes: the schedule again, as a series named after the cancellation. */
const anew = (one: Delivery, series: AttemptId | undefined): readonly Delivery[] =>
  series === undefined ? [] : [{ ...one, trigger: { kind: 'scheduled', number: 1, series } }];

const faultsOf = async (simulation: Simulation) => [
  ...silentlyDropped(simulation),
  ...unsettled(simulation),
  ...misrecorded(simulation),
  ...simulation.leftRunning,
  ...(await misprojected(simulation)),
  ...simulation.deadLetters(),
];

const kindsOf = (simulation: Simulation) =>
  simulation.log
    .all()
    .map(({ decision }) => decision.kind)
    .toSorted();

const outcomesOf = (simulation: Simulation) => simulation.views.endpointMessages().map(latestOutcomeOf);

const RACES: readonly (readonly [string, Race, readonly string[], string])[] = [
  [
    'a resend that succeeds before the retry leaves no delivery to cancel',
    { change: other, beside: (one) => [resend(one)], when: BEFORE_RETRY },
    ['retry', 'succeeded'],
    'succeeded',
  ],
  [
    'a resend that succeeds after the cancellation outweighs it',
    { change: other, beside: (one) => [resend(one)], when: AFTER_RETRY },
    ['canceled', 'retry', 'succeeded'],
    'succeeded',
  ],
  [
    'a resend at the instant of the cancellation succeeds, and outweighs it',
    { change: other, beside: (one) => [resend(one)], when: 'retry' },
    ['canceled', 'retry', 'succeeded'],
    'succeeded',
  ],
  [
    'a resend that fails before the retry leaves the schedule canceled',
    { change: other, beside: (one) => [resend(one)], when: BEFORE_RETRY, status: 500 },
    ['canceled', 'manual-failed', 'retry'],
    'canceled',
  ],
  [
    'a recover whose page is repeated sends a canceled delivery once',
    { change: off, restored: true, beside: (one) => [recover(one), recover(one)], when: AFTER_RETRY },
    ['canceled', 'retry', 'succeeded'],
    'succeeded',
  ],
  [
    'a recover at a disabled endpoint is canceled by itself, beside the schedule',
    { change: off, beside: (one) => [recover(one), recover(one)], when: 'retry' },
    ['canceled', 'canceled', 'retry'],
    'canceled',
  ],
  [
    'a schedule that replay-missing starts again after the cancellation is retried by its own retries, once',
    {
      ...{ change: off, restored: true, when: AFTER_RETRY, failing: 2 },
      beside: anew,
    },
    ['canceled', 'retry', 'retry', 'succeeded'],
    'succeeded',
  ],
];

const places = async (race: Race) => {
  const seen = new Set<string>();
  await play(race, (place) => {
    if (place.startsWith('deliver') || place.startsWith('project')) seen.add(place);
    return undefined;
  });
  return [...seen];
};

const once = (where: string, what: Mishap, nth: number) => {
  let times = 0;
  return (place: string) => (place === where && ++times === nth ? what : undefined);
};

describe('a cancellation and another delivery of its message', () => {
  it.each(RACES)('%s', async (_, race, kinds, outcome) => {
    const simulation = await play(race);
    expect(await faultsOf(simulation)).toEqual([]);
    expect(kindsOf(simulation)).toEqual(kinds);
    expect(outcomesOf(simulation)).toEqual([outcome]);
  });

  it.each(RACES)('%s, whatever step a process crashes at', async (_, race, __, outcome) => {
    for (const place of await places(race)) {
      for (const what of ['crash-before', 'crash-after'] as const) {
        for (const nth of [1, 2, 3]) {
          const simulation = await play(race, once(place, what, nth));
          const fault = [place, what, nth];
          expect([...fault, ...(await faultsOf(simulation))]).toEqual(fault);
          // A request whose process ended before it was recorded is made again.
          const successes = kindsOf(simulation).filter((kind) => kind === 'succeeded');
          expect([...fault, successes.length]).toEqual([...fault, outcome === 'succeeded' ? 1 : 0]);
          // A resend that fails after the cancellation decides the outcome, and a crash may delay it until then.
          const ends = race.status === 500 ? [outcome, 'failed'] : [outcome];
          expect(ends, fault.join(' ')).toContain(outcomesOf(simulation).join());
        }
      }
    }
  });
});
