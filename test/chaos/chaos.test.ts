import { expect, it } from 'vitest';
import type { Attempt } from '../../functions/deliver/attempts/attempt.domain.ts';
import { appId, endpointId, orgId } from '../../functions/platform/ids/brand.domain.ts';
import type { EndpointId, MessageId } from '../../functions/platform/ids/brand.domain.ts';
import { application, endpoint, NOON, publishRequest } from '../support/simulation/builders.ts';
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
import { makeRandom } from '../support/simulation/random.ts';
import type { Script } from '../support/simulation/receivers.ts';
import { makeSimulation } from '../support/simulation/simulation.ts';
import type { Simulation, SimulationOptions } from '../support/simulation/simulation.ts';

/** `CHAOS_MESSAGES` and `CHAOS_SEED` make another run than the published one (docs/reliability.md). */
const MESSAGES = Number(process.env['CHAOS_MESSAGES'] ?? 10_000);
const SEED = Number(process.env['CHAOS_SEED'] ?? 1);
/** A kill takes one request with it there, so that kills and doubles can be compared one to one. */
const SINGLE = Math.ceil(MESSAGES / 5);
/** Entries of one call to SQS: what a sender that heard no answer sends again. */
const ENTRIES = 10;
const HOUR_MS = 3_600_000;
/** Publishing takes an hour of virtual time; the schedule of the last message is over about 31 hours later. */
const PUBLISHING_MS = HOUR_MS;
const PATIENCE_MS = 96 * HOUR_MS;

/** A receiver of every kind. Reset and redirect are failures that last a few tries; gone turns its endpoint off. */
const FLEET: Readonly<Record<string, Script>> = {
  fast: () => ({}),
  slow: () => ({ delayMs: 4_000 }),
  flapping: ({ time }) => ({ status: time % 3 === 0 ? 200 : 503 }),
  hanging: ({ time }) => (time < 3 ? { delayMs: 60_000 } : {}),
  resetting: ({ time }) => (time < 3 ? { reset: true } : {}),
  redirecting: ({ time }) => ({ status: time < 4 ? 302 : 200 }),
  gone: ({ at }) => ({ status: at > NOON + PUBLISHING_MS / 2 ? 410 : 200 }),
  busy: ({ time }) => (time < 3 ? { status: 429, retryAfter: '30' } : {}),
  dead: () => ({ status: 500 }),
  /** Healthy itself, with a throttle; its rows fail. */
  rows: () => ({}),
};
/** How their messages end; everybody else's are delivered. */
const ENDS: Readonly<Record<string, readonly (Attempt['decision']['kind'] | 'off')[]>> = {
  ep_dead: ['exhausted'],
  ep_gone: ['succeeded', 'gone', 'canceled', 'off'],
};
const ENDPOINTS: readonly EndpointId[] = Object.keys(FLEET).map((name) => endpointId(`ep_${name}`));
const TENANT_ENDPOINT = endpointId('ep_tenant');
/** The troubled tenant publishes one message for so many of the other's. */
const TROUBLED_EACH = 5;
const urlOf = (id: EndpointId) => `https://${id}.example`;

const isBetween = (place: string, mishap: Mishap | undefined) =>
  (place.endsWith(':outbound.send') && mishap === 'crash-after') ||
  place === 'deliver.posted' ||
  // A request that lingers has its endpoint marked as slow while it still waits.
  (place.endsWith(':health.markSlow') && mishap?.startsWith('crash') === true) ||
  (place.endsWith(':log.record') && (mishap === 'crash-before' || mishap === 'busy'));

/** A tenant and an endpoint whose rows fail, and messages whose rows fail at every endpoint, for half of the time. */
const TROUBLED_TENANT = application({ orgId: orgId('org_troubled'), id: appId('app_troubled') });
const TROUBLED_ENDPOINT = endpointId('ep_rows');
const TROUBLED_UNTIL = NOON + PUBLISHING_MS / 2;

/** One row in five of the troubled, and one message in two hundred, until half of the messages are published. */
const makeRowFaults = (seed: number, now: () => number) => {
  const random = makeRandom(seed);
  const messages = new Map<string, boolean>();
  const isTroubled = (messageId: string) => {
    const known = messages.get(messageId) ?? random.chance(0.005);
    messages.set(messageId, known);
    return known;
  };
  let failed = 0;
  /** Between a POST and its record. */
  let unrecorded = 0;
  const fault: RowFault = (what, { appId: app, endpointId: id, messageId }) => {
    if (now() > TROUBLED_UNTIL) return false;
    const fails =
      (app === TROUBLED_TENANT.id && random.chance(0.2)) ||
      (id === TROUBLED_ENDPOINT && random.chance(0.2)) ||
      (messageId !== undefined && isTroubled(messageId));
    if (fails) failed += 1;
    if (fails && what === 'log') unrecorded += 1;
    return fails;
  };
  return { fault, failed: () => failed, unrecorded: () => unrecorded };
};

/** What a place may suffer, by a seed. */
const makeMishaps = (seed: number) => {
  const random = makeRandom(seed);
  const crashes = new Map<string, number>();
  let unheard = 0;
  let between = 0;
  const kinds: readonly Mishap[] = ['crash-before', 'crash-after', 'busy', 'twice'];
  return {
    crashes,
    /** Faults after which a sender does not know that a queue has its records, and sends them again. */
    unheard: () => unheard,
    /** Faults between a POST and its record. */
    between: () => between,
    mishap: (place: string): Mishap | undefined => {
      if (!random.chance(0.002)) return undefined;
      const mishap = kinds[random.below(kinds.length)];
      if (mishap?.startsWith('crash') === true) crashes.set(place, (crashes.get(place) ?? 0) + 1);
      if (mishap !== 'busy' && /queue\.send(Each)?$|^fan-out|\.sent$/.test(place)) unheard += 1;
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
  readonly poisoned: number;
  readonly crashes: ReadonlyMap<string, number>;
  readonly unheard: number;
  readonly between: number;
}

/** Publishes for an hour of virtual time, lets everything come to rest, and replays dead letters as an operator would. */
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
    const throttleRate = id === TROUBLED_ENDPOINT ? 50 : null;
    simulation.tenants.putEndpoint(endpoint({ id, url: urlOf(id), throttleRate }));
    simulation.receivers.answer(urlOf(id), script);
  }
  await simulation.tenants.create(TROUBLED_TENANT);
  const { orgId: org, id: app } = TROUBLED_TENANT;
  simulation.tenants.putEndpoint(
    endpoint({ orgId: org, appId: app, id: TENANT_ENDPOINT, url: urlOf(TENANT_ENDPOINT), throttleRate: 50 }),
  );
  const accepted: MessageId[] = [];
  const tenant: MessageId[] = [];
  const publish = async (key: string) => {
    const outcome = await simulation.publish(publishRequest({ idempotency: key }));
    if (outcome.kind === 'accepted') accepted.push(outcome.message.id);
  };
  const publishTroubled = async (key: string) => {
    const request = publishRequest({ orgId: org, application: app, idempotency: key });
    const outcome = await simulation.publish(request);
    if (outcome.kind === 'accepted') tenant.push(outcome.message.id);
  };
  for (let index = 0; index < messages; index += 1) {
    const at = NOON + Math.floor((index * PUBLISHING_MS) / messages);
    simulation.clock.at(at, () => void publish(`key-${index}`));
    if (index % TROUBLED_EACH === 0) simulation.clock.at(at, () => void publishTroubled(`troubled-${index}`));
  }
  await simulation.clock.runUntil(NOON + PUBLISHING_MS);
  await simulation.runToRest(PATIENCE_MS);
  const queues = [simulation.deliveries, simulation.slowDeliveries, simulation.fanOutPages];
  const letters = () => queues.reduce((sum, queue) => sum + queue.deadLetters.length, 0);
  const poisoned = letters();
  while (letters() > 0) {
    await simulation.clock.runUntil(simulation.clock.now() + 60_000);
    for (const queue of queues) queue.redrive();
    await simulation.runToRest(PATIENCE_MS);
  }
  const counts = { unheard: unheard(), between: between() + rows.unrecorded(), rowsFailed: rows.failed() };
  return { simulation, accepted, tenant, poisoned, crashes, ...counts };
};

const total = (counts: ReadonlyMap<string, number>) =>
  [...counts.values()].reduce((sum, count) => sum + count, 0);

/** Neither tried nor with an endpoint that is off: it was dropped in silence. */
const isNeverTried = (simulation: Simulation) => {
  const tried = new Set(simulation.log.all().map(({ messageId, endpointId: id }) => `${messageId} ${id}`));
  return ({ messageId, endpointId: id }: { messageId: MessageId; endpointId: EndpointId }) =>
    !tried.has(`${messageId} ${id}`) && simulation.tenants.endpoint(id)?.disabled !== true;
};

/** Everything that is promised, counted and printed; what must be nothing is compared as lists, so that it shows. */
const check = async (messages: number, report: Report) => {
  const { simulation, accepted, tenant, poisoned, crashes, unheard, between, rowsFailed } = report;
  const pairs = [
    ...accepted.flatMap((messageId) => ENDPOINTS.map((id) => ({ messageId, endpointId: id }))),
    ...tenant.map((messageId) => ({ messageId, endpointId: TENANT_ENDPOINT })),
  ];
  const silent = pairs.filter(isNeverTried(simulation));
  const lost = unfinished(simulation, pairs);
  const wrong = [
    ...wrongEnds(simulation, pairs, (id) => ENDS[id] ?? ['succeeded']),
    ...misrecorded(simulation, 2_500),
    ...(await misprojected(simulation)),
  ];
  const { ledger } = simulation;
  const surplus = sentTwice(simulation, [...ENDPOINTS, TENANT_ENDPOINT], urlOf).length;
  const doubled = surplus - ledger.retried.all() - ledger.duplicated.all();
  console.log(
    [
      `messages accepted        ${accepted.length} of ${messages}, and ${tenant.length} of the troubled tenant`,
      `attempts recorded        ${simulation.log.all().length}`,
      `processes killed         ${total(crashes)}, at ${crashes.size} different places`,
      `dead letters replayed    ${poisoned}`,
      `row faults               ${rowsFailed}, of one tenant, one endpoint and one message in 200`,
      `lost                     ${lost.length}`,
      `never tried, no trace    ${silent.length}`,
      `left running             ${simulation.leftRunning.length}`,
      `wrong states             ${wrong.length}`,
      `cut between POST, record ${ledger.cut.all()} requests, of ${ledger.processesCut()} processes; ${between} faults just there`,
      `sent twice               ${doubled}`,
      `transport re-tries       ${ledger.retried.all()}`,
      `sent beside a twin       ${ledger.duplicated.all()}, of records put twice on a queue by ${unheard} faults`,
    ].join('\n'),
  );
  expect(accepted).toHaveLength(messages);
  expect(new Set(accepted).size).toBe(messages);
  expect(tenant).toHaveLength(Math.ceil(messages / TROUBLED_EACH));
  expect(lost).toEqual([]);
  expect(silent).toEqual([]);
  expect(simulation.leftRunning).toEqual([]);
  expect(wrong).toEqual([]);
  expect(unexplained(simulation, pairs, urlOf)).toEqual([]);
  expect(doubled).toBeLessThanOrEqual(ledger.cut.all());
  expect(ledger.duplicated.all()).toBeLessThanOrEqual(ENTRIES * unheard);
};

it(`chaos: of ${MESSAGES} messages none is lost, none ends in a wrong state, and a request is made twice only where it was cut off before its record`, async () => {
  await check(MESSAGES, await run(MESSAGES, { deliverBatch: 10 }));
});

it(`chaos: with one record to a batch, of ${SINGLE} messages no more are sent twice than crashes fell between a POST and its record`, async () => {
  const report = await run(SINGLE, { deliverBatch: 1, slowBatch: 1 });
  await check(SINGLE, report);
  expect(report.simulation.ledger.cut.all()).toBeLessThanOrEqual(report.between);
});
