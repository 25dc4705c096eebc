import { expect, it } from 'vitest';
import type { Attempt } from '../../functions/deliver/attempts/attempt.domain.ts';
import { appId, endpointId, orgId } from '../../functions/platform/ids/brand.domain.ts';
import type { EndpointId, MessageId } from '../../functions/platform/ids/brand.domain.ts';
import { application, endpoint, NOON, publishRequest, SETTINGS } from '../support/simulation/builders.ts';
import type { Mishap } from '../support/simulation/process.ts';
import {
  misprojected,
  misrecorded,
  sentTwice,
  unexplained,
  unfinished,
  wrongEnds,
} from '../support/simulation/invariants.ts';
import type { RowFault } from '../support/simulation/row-faults.ts';
import { QUEUE_BATCH } from '../../functions/platform/limits/queues.domain.ts';
import { HOUR_MS, SECOND_MS } from '../../functions/platform/limits/time.domain.ts';
import { makeRandom } from '../support/simulation/random.ts';
import type { Script } from '../support/simulation/receivers.ts';
import { makeSimulation } from '../support/simulation/simulation.ts';
import type { Simulation, SimulationOptions } from '../support/simulation/simulation.ts';

/** `CHAOS_MESSAGES` and `CHAOS_SEED` change the run from the published one (docs/reliability.md). */
const MESSAGES = Number(process.env['CHAOS_MESSAGES'] ?? 10_000);
const SEED = Number(process.env['CHAOS_SEED'] ?? 1);
/** Messages of the run with one record per batch, where each crash cuts at most one request. */
const SINGLE = Math.ceil(MESSAGES / 5);
/** Entries of one SQS batch call, which a sender repeats if it gets no response. */
const ENTRIES = QUEUE_BATCH;
/** Publishing takes an hour of virtual time; the retry schedule of the last message ends about 31 hours later. */
const PUBLISHING_MS = HOUR_MS;
const PATIENCE_MS = 96 * HOUR_MS;

/** Receivers by kind. `resetting` and `redirecting` fail for the first attempts; `gone` answers 410 from half-time on. */
const FLEET: Readonly<Record<string, Script>> = {
  fast: () => ({}),
  slow: () => ({ delayMs: 4_000 }),
  flapping: ({ time }) => ({ status: time % 3 === 0 ? 200 : 503 }),
  hanging: ({ time }) => (time < 3 ? { delayMs: 2 * SETTINGS.requestTimeout * SECOND_MS } : {}),
  resetting: ({ time }) => (time < 3 ? { reset: true } : {}),
  redirecting: ({ time }) => ({ status: time < 4 ? 302 : 200 }),
  gone: ({ at }) => ({ status: at > NOON + PUBLISHING_MS / 2 ? 410 : 200 }),
  busy: ({ time }) => (time < 3 ? { status: 429, retryAfter: '30' } : {}),
  dead: () => ({ status: 500 }),
  /** A healthy receiver of a throttled endpoint whose rows fail. */
  rows: () => ({}),
};
/** How deliveries to these endpoints end; all others succeed. */
const ENDS: Readonly<Record<string, readonly (Attempt['decision']['kind'] | 'off')[]>> = {
  ep_dead: ['exhausted'],
  ep_gone: ['succeeded', 'gone', 'canceled', 'off'],
};
const ENDPOINTS: readonly EndpointId[] = Object.keys(FLEET).map((name) => endpointId(`ep_${name}`));
const TENANT_ENDPOINT = endpointId('ep_tenant');
/** The tenant with row faults publishes one message for this many of the other tenant. */
const FAULTY_TENANT_INTERVAL = 5;
const urlOf = (id: EndpointId) => `https://${id}.example`;

const isBetween = (place: string, mishap: Mishap | undefined) =>
  (place.endsWith(':outbound.send') && mishap === 'crash-after') ||
  place === 'deliver.posted' ||
  // While a slow request is still pending, its endpoint is marked as slow and its lane counts it.
  (/:(health\.markSlow|crowding\.\w+)$/.test(place) && mishap?.startsWith('crash') === true) ||
  (place.endsWith(':log.record') && (mishap === 'crash-before' || mishap === 'busy'));

/** Row faults for the first half of publishing: of one tenant, of one endpoint, and of some messages at every endpoint. */
const FAULTY_TENANT = application({ orgId: orgId('org_faulty'), id: appId('app_faulty') });
const FAULTY_ENDPOINT = endpointId('ep_rows');
const FAULTY_UNTIL = NOON + PUBLISHING_MS / 2;

/** Fails one row in five of the faulty tenant and endpoint and all rows of one message in 200, until FAULTY_UNTIL. */
const makeRowFaults = (seed: number, now: () => number) => {
  const random = makeRandom(seed);
  const messages = new Map<string, boolean>();
  const isFaulty = (messageId: string) => {
    const known = messages.get(messageId) ?? random.chance(0.005);
    messages.set(messageId, known);
    return known;
  };
  let failed = 0;
  /** Faults between a POST and the recording of its attempt. */
  let unrecorded = 0;
  const fault: RowFault = (what, { appId: app, endpointId: id, messageId }) => {
    if (now() > FAULTY_UNTIL) return false;
    const fails =
      (app === FAULTY_TENANT.id && random.chance(0.2)) ||
      (id === FAULTY_ENDPOINT && random.chance(0.2)) ||
      (messageId !== undefined && isFaulty(messageId));
    if (fails) failed += 1;
    if (fails && what === 'log') unrecorded += 1;
    return fails;
  };
  return { fault, failed: () => failed, unrecorded: () => unrecorded };
};

/** Draws crashes, failed calls and repeated calls at places of the flows, determined by the seed. */
const makeMishaps = (seed: number) => {
  const random = makeRandom(seed);
  const crashes = new Map<string, number>();
  let unheard = 0;
  let between = 0;
  const kinds: readonly Mishap[] = ['crash-before', 'crash-after', 'busy', 'twice'];
  return {
    crashes,
    /** Faults after which a sender repeats records that the queue has already accepted. */
    unheard: () => unheard,
    /** Faults between a POST and the recording of its attempt. */
    between: () => between,
    mishap: (place: string): Mishap | undefined => {
      if (!random.chance(0.002)) return undefined;
      const mishap = kinds[random.below(kinds.length)];
      // At a step, which is no call, every mishap ends the process.
      const ends = mishap?.startsWith('crash') === true || !place.includes(':');
      if (ends) crashes.set(place, (crashes.get(place) ?? 0) + 1);
      if ((ends || mishap !== 'busy') && /queue\.send(Each)?$|^fan-out|\.sent$/.test(place)) unheard += 1;
      if (isBetween(place, mishap)) between += 1;
      return mishap;
    },
    latencyMs: () => random.below(20),
    skewMs: () => random.below(2_000) - 1_000,
  };
};

interface Report {
  readonly rowsFailed: number;
  readonly tenant: readonly MessageId[];
  readonly simulation: Simulation;
  readonly accepted: readonly MessageId[];
  readonly deadLettered: number;
  readonly crashes: ReadonlyMap<string, number>;
  readonly unheard: number;
  readonly between: number;
}

/** Publishes for an hour of virtual time, runs until nothing is left to do, and replays dead-lettered messages. */
const run = async (messages: number, options: SimulationOptions): Promise<Report> => {
  const { crashes, unheard, between, ...faults } = makeMishaps(SEED * 7919);
  const rows = makeRowFaults(SEED * 104_729, () => simulation.clock.now());
  const simulation: Simulation = makeSimulation({
    ...{ seed: SEED, faults, shuffled: true, repeated: 0.02, rowFault: rows.fault },
    ...options,
  });
  await simulation.tenants.create(application());
  for (const [name, script] of Object.entries(FLEET)) {
    const id = endpointId(`ep_${name}`);
    const throttleRate = id === FAULTY_ENDPOINT ? 50 : null;
    simulation.tenants.putEndpoint(endpoint({ id, url: urlOf(id), throttleRate }));
    simulation.receivers.answer(urlOf(id), script);
  }
  await simulation.tenants.create(FAULTY_TENANT);
  const { orgId: org, id: app } = FAULTY_TENANT;
  simulation.tenants.putEndpoint(
    endpoint({ orgId: org, appId: app, id: TENANT_ENDPOINT, url: urlOf(TENANT_ENDPOINT), throttleRate: 50 }),
  );
  const accepted: MessageId[] = [];
  const tenant: MessageId[] = [];
  const publish = async (key: string) => {
    const outcome = await simulation.publish(publishRequest({ idempotency: key }));
    if (outcome.kind === 'accepted') accepted.push(outcome.message.id);
  };
  const publishFaulty = async (key: string) => {
    const request = publishRequest({ orgId: org, application: app, idempotency: key });
    const outcome = await simulation.publish(request);
    if (outcome.kind === 'accepted') tenant.push(outcome.message.id);
  };
  for (let index = 0; index < messages; index += 1) {
    const at = NOON + Math.floor((index * PUBLISHING_MS) / messages);
    simulation.clock.at(at, () => void publish(`key-${index}`));
    if (index % FAULTY_TENANT_INTERVAL === 0)
      simulation.clock.at(at, () => void publishFaulty(`faulty-${index}`));
  }
  await simulation.clock.runUntil(NOON + PUBLISHING_MS);
  await simulation.runToRest(PATIENCE_MS);
  const deadLettered = simulation.deadLetters().length;
  while (simulation.deadLetters().length > 0) {
    await simulation.clock.runUntil(simulation.clock.now() + 60_000);
    simulation.redrive();
    await simulation.runToRest(PATIENCE_MS);
  }
  const counts = { unheard: unheard(), between: between() + rows.unrecorded(), rowsFailed: rows.failed() };
  return { simulation, accepted, tenant, deadLettered, crashes, ...counts };
};

const total = (counts: ReadonlyMap<string, number>) =>
  [...counts.values()].reduce((sum, count) => sum + count, 0);

/** Whether a delivery has no attempt although its endpoint is enabled: it was dropped without a trace. */
const isNeverAttempted = (simulation: Simulation) => {
  const attempted = new Set(
    simulation.log.all().map(({ messageId, endpointId: id }) => `${messageId} ${id}`),
  );
  return ({ messageId, endpointId: id }: { messageId: MessageId; endpointId: EndpointId }) =>
    !attempted.has(`${messageId} ${id}`) && simulation.tenants.endpoint(id)?.disabled !== true;
};

/** Checks all invariants and prints the counts. Violations are compared as lists, so that a failure shows them. */
const check = async (messages: number, report: Report) => {
  const { simulation, accepted, tenant, deadLettered, crashes, unheard, between, rowsFailed } = report;
  const pairs = [
    ...accepted.flatMap((messageId) => ENDPOINTS.map((id) => ({ messageId, endpointId: id }))),
    ...tenant.map((messageId) => ({ messageId, endpointId: TENANT_ENDPOINT })),
  ];
  const dropped = pairs.filter(isNeverAttempted(simulation));
  const lost = unfinished(simulation, pairs);
  const wrong = [
    ...wrongEnds(simulation, pairs, (id) => ENDS[id] ?? ['succeeded']),
    ...misrecorded(simulation, 2_500),
    ...(await misprojected(simulation)),
  ];
  const { ledger } = simulation;
  const surplus = sentTwice(simulation, [...ENDPOINTS, TENANT_ENDPOINT], urlOf).length;
  const repeated = surplus - ledger.retried.all() - ledger.duplicated.all();
  console.log(
    [
      `messages accepted        ${accepted.length} of ${messages}, and ${tenant.length} of the tenant with row faults`,
      `attempts recorded        ${simulation.log.all().length}`,
      `processes killed         ${total(crashes)}, at ${crashes.size} different places`,
      `dead-lettered, replayed  ${deadLettered}`,
      `row faults               ${rowsFailed}, of one tenant, one endpoint and one message in 200`,
      `lost                     ${lost.length}`,
      `no attempt, no trace     ${dropped.length}`,
      `left running             ${simulation.leftRunning.length}`,
      `wrong states             ${wrong.length}`,
      `cut before their record  ${ledger.cut.all()} requests, of ${ledger.processesCut()} processes; ${between} faults at that place`,
      `requests repeated        ${repeated}`,
      `transport retries        ${ledger.retried.all()}`,
      `sent by duplicates       ${ledger.duplicated.all()}, of records sent twice to a queue after ${unheard} faults`,
    ].join('\n'),
  );
  expect(accepted).toHaveLength(messages);
  expect(new Set(accepted).size).toBe(messages);
  expect(tenant).toHaveLength(Math.ceil(messages / FAULTY_TENANT_INTERVAL));
  expect(lost).toEqual([]);
  expect(dropped).toEqual([]);
  expect(simulation.leftRunning).toEqual([]);
  expect(wrong).toEqual([]);
  expect(unexplained(simulation, pairs, urlOf)).toEqual([]);
  expect(repeated).toBeLessThanOrEqual(ledger.cut.all());
  expect(ledger.duplicated.all()).toBeLessThanOrEqual(ENTRIES * unheard);
};

it(`chaos in virtual time: of ${MESSAGES} messages none is lost or ends in a wrong state, and a request is repeated only if it was cut before its attempt was recorded`, async () => {
  await check(MESSAGES, await run(MESSAGES, {}));
});

it(`chaos in virtual time: of ${SINGLE} messages in batches of one, requests are repeated at most once for each fault between a POST and its record`, async () => {
  const report = await run(SINGLE, { deliverBatch: 1, slowBatch: 1 });
  await check(SINGLE, report);
  expect(report.simulation.ledger.cut.all()).toBeLessThanOrEqual(report.between);
});
