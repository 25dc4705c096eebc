import { endpointId } from '../../../functions/platform/ids/brand.domain.ts';
import type { EndpointId, MessageId } from '../../../functions/platform/ids/brand.domain.ts';
import { NOON, SETTINGS, application, endpoint, publishRequest } from './builders.ts';
import {
  misprojected,
  misrecorded,
  sentTwice,
  silentlyDropped,
  unfinished,
  unsettled,
} from './invariants.ts';
import { HOUR_MS, SECOND_MS } from '../../../functions/platform/limits/time.domain.ts';
import type { Script } from './receivers.ts';
import { makeSimulation } from './simulation.ts';
import type { Simulation, SimulationOptions } from './simulation.ts';

/** One try at once, one by queue delay, one by due bucket and sweep, and the last by queue delay again. */
const RETRY_SCHEDULE = [5, 1800, 5];

/** Endpoints that end in every way there is. */
const SCRIPTS: Readonly<Record<string, Script>> = {
  steady: () => ({}),
  flaky: ({ time }) => ({ status: time < 3 ? 503 : 200 }),
  dead: () => ({ status: 500 }),
  slow: ({ time }) => ({ delayMs: time === 1 ? SETTINGS.requestTimeout * SECOND_MS + 5_000 : 300 }),
  gone: () => ({ status: 410 }),
};

export const SCENARIO_ENDPOINTS: readonly EndpointId[] = Object.keys(SCRIPTS).map((name) =>
  endpointId(`ep_${name}`),
);

/** What is published: at once, with an eventId, a little later and much later. */
const REQUESTS = [
  publishRequest({ idempotency: 'plain' }),
  publishRequest({ idempotency: 'event', eventId: 'evt-1' }),
  publishRequest({ idempotency: 'later', deliverAt: NOON + 600_000 }),
  publishRequest({ idempotency: 'much-later', deliverAt: NOON + 2 * HOUR_MS }),
];

const urlOf = (id: EndpointId) => `https://${id}.example`;

export interface Told {
  readonly simulation: Simulation;
  /** What clients were told was accepted. */
  readonly accepted: readonly { readonly key: string; readonly messageId: MessageId }[];
  /** Records that were given up before the operator came. */
  readonly dead: number;
  /** Everything that is not as promised, one line each. */
  readonly faults: readonly string[];
  /** The endpoint of each request that has no attempt of its own. */
  readonly surplus: readonly EndpointId[];
}

export interface ScenarioOptions extends SimulationOptions {
  /** When the operator replays dead letters, if there are any, after the world came to rest. */
  readonly redriveAfterMs?: number;
  /** By how much a try may come before its time. */
  readonly earlyMs?: number;
}

/** Publishes to endpoints of every kind, lets the world come to rest and compares it with what was promised. */
export const playScenario = async (options: ScenarioOptions = {}): Promise<Told> => {
  const simulation = makeSimulation({
    ...options,
    settings: { retrySchedule: RETRY_SCHEDULE, ...options.settings },
  });
  await simulation.tenants.create(application());
  for (const [name, script] of Object.entries(SCRIPTS)) {
    const id = endpointId(`ep_${name}`);
    simulation.tenants.putEndpoint(endpoint({ id, url: urlOf(id) }));
    simulation.receivers.answer(urlOf(id), script);
  }
  const accepted: { key: string; messageId: MessageId }[] = [];
  const publish = async (request: (typeof REQUESTS)[number]) => {
    const outcome = await simulation.publish(request);
    if (outcome.kind === 'accepted')
      accepted.push({ key: String(request.idempotency), messageId: outcome.message.id });
  };
  for (const request of REQUESTS) void publish(request);
  await simulation.runToRest(12 * HOUR_MS);
  const dead = simulation.deliveries.deadLetters.length;
  while (options.redriveAfterMs !== undefined && simulation.deliveries.deadLetters.length > 0) {
    await simulation.clock.runUntil(simulation.clock.now() + options.redriveAfterMs);
    simulation.deliveries.redrive();
    await simulation.runToRest(12 * HOUR_MS);
  }

  const pairs = accepted.flatMap(({ messageId }) =>
    SCENARIO_ENDPOINTS.map((id) => ({ messageId, endpointId: id })),
  );
  const faults = [
    ...simulation.leftRunning,
    ...unfinished(simulation, pairs),
    ...misrecorded(simulation, options.earlyMs),
    ...silentlyDropped(simulation),
    ...unsettled(simulation),
    ...(await misprojected(simulation)).map((name) => `the read model of ${name} is not what the log says`),
    ...simulation.deliveries.deadLetters.map((body) => `dead letter ${body}`),
    ...(accepted.length === REQUESTS.length
      ? []
      : [`${accepted.length} of ${REQUESTS.length} publishes accepted`]),
    ...(simulation.messages.all().length === REQUESTS.length
      ? []
      : [`${simulation.messages.all().length} messages stored`]),
    ...(simulation.tenants.endpoint(endpointId('ep_gone'))?.disabled === true ? [] : ['ep_gone is still on']),
  ];
  return { simulation, accepted, faults, dead, surplus: sentTwice(simulation, SCENARIO_ENDPOINTS, urlOf) };
};
