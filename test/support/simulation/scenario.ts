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

/** The first attempt at once, the next by queue delay, then by due bucket and sweeper, the last by queue delay again. */
const RETRY_SCHEDULE = [5, 1800, 5];

/** Endpoints for every terminal state of a delivery. */
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

export interface ScenarioResult {
  readonly simulation: Simulation;
  /** The messages that clients got a 202 for. */
  readonly accepted: readonly { readonly key: string; readonly messageId: MessageId }[];
  /** Records that were dead-lettered before the operator replayed any. */
  readonly dead: number;
  /** Violations of invariants, one line each. */
  readonly faults: readonly string[];
  /** The endpoint of each request that has no attempt of its own. */
  readonly surplus: readonly EndpointId[];
}

export interface ScenarioOptions extends SimulationOptions {
  /** How long after the simulation is at rest an operator replays dead-lettered records, if there are any. */
  readonly redriveAfterMs?: number;
  /** By how much (ms) an attempt may be earlier than planned. */
  readonly earlyMs?: number;
}

/** Publishes to endpoints of every kind, runs the simulation to rest and checks the invariants. */
export const playScenario = async (options: ScenarioOptions = {}): Promise<ScenarioResult> => {
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
  const dead = simulation.deadLetters().length;
  while (options.redriveAfterMs !== undefined && simulation.deadLetters().length > 0) {
    await simulation.clock.runUntil(simulation.clock.now() + options.redriveAfterMs);
    simulation.redrive();
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
    ...simulation.deadLetters().map((body) => `dead letter ${body}`),
    ...(accepted.length === REQUESTS.length
      ? []
      : [`${accepted.length} of ${REQUESTS.length} publishes accepted`]),
    ...(simulation.messages.all().length === REQUESTS.length
      ? []
      : [`${simulation.messages.all().length} messages stored`]),
    ...(simulation.tenants.endpoint(endpointId('ep_gone'))?.disabled === true
      ? []
      : ['ep_gone is still enabled']),
  ];
  return { simulation, accepted, faults, dead, surplus: sentTwice(simulation, SCENARIO_ENDPOINTS, urlOf) };
};
