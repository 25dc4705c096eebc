import type { Application } from '../../../functions/catalog/applications/application.domain.ts';
import { HARD_ENDPOINT_LIMITS } from '../../../functions/platform/limits/endpoints.domain.ts';
import { orgId } from '../../../functions/platform/ids/brand.domain.ts';
import type { EndpointId, OrgId } from '../../../functions/platform/ids/brand.domain.ts';
import { application, endpoint, NOON, publishRequest, seededIds } from '../simulation/builders.ts';
import { makeRandom } from '../simulation/random.ts';
import type { Random } from '../simulation/random.ts';
import type { Script } from '../simulation/receivers.ts';
import { makeSimulation } from '../simulation/simulation.ts';
import type { SimulationOptions } from '../simulation/simulation.ts';
import { latenciesOf } from './latencies.ts';
import type { Latencies } from './latencies.ts';

/** What a tenant publishes and how its receivers behave. */
export interface Role {
  readonly endpoints?: number;
  /** Applications of this kind, each with the rate below; absent: one. */
  readonly applications?: number;
  /** Each message goes to one of its endpoints in turn; otherwise to all of them. */
  readonly inTurn?: boolean;
  /** Publishes for this time, then pauses for as long; absent: always. */
  readonly everyMs?: number;

  /** Messages at once at the start. */
  readonly burst?: number;
  /** Messages per second from then on. */
  readonly rate: number;
  readonly script: (random: Random) => Script;
}

const healthy =
  (random: Random): Script =>
  () => ({ delayMs: 50 + random.below(51) });
const hanging = (): Script => () => ({ delayMs: 3_600_000 });

const HEALTHY_TENANTS = 9;
const HEALTHY: Role = { rate: 5, script: healthy };

/** The tenants beside the healthy ones. */
export const NEIGHBORS = {
  dead: { rate: 5, script: () => () => ({ reset: true, delayMs: 1 }) },
  hanging: { rate: 5, script: hanging },
  /** An endpoint with much traffic that stops answering: half of the fast lane's concurrency in a second. */
  'hanging-busy': { rate: 50, script: hanging },
  /** Its receiver is as slow as the fast lane allows, so that it exceeds the capacity of that lane. */
  flooding: {
    burst: 3_000,
    rate: 400,
    script: (random) => () => ({ delayMs: 1_000 + random.below(2_001) }),
  },
  /** Owns half of all traffic, and its receiver is quick. */
  half: { rate: HEALTHY_TENANTS * HEALTHY.rate, script: healthy },
  /** Has as many endpoints as an application may have, each of them quick. */
  wide: { endpoints: HARD_ENDPOINT_LIMITS.endpoints, rate: 1 / 30, script: healthy },
  /** Endpoints that hang just below the rate of the bulk lane. */
  'hanging-five': { applications: 5, rate: 7, script: hanging },
  /** Each message is for another endpoint, so that none of them is known to hang. */
  'hanging-endpoints': { endpoints: 500, inTurn: true, rate: 7, script: hanging },
  /** Five endpoints that get every message. */
  'hanging-fan': { endpoints: 5, rate: 1.4, script: hanging },
  /** Many applications whose receivers hang at the same time. */
  'hanging-applications': { applications: 1_000, rate: 1 / 20, script: hanging },
  /** Receivers that answer just before they would count as slow. */
  'nearly-slow': { applications: 5, rate: 7, script: () => () => ({ delayMs: 4_900 }) },
  /** A flood that starts and stops. */
  stuttering: {
    rate: 400,
    everyMs: 3_000,
    script: (random) => () => ({ delayMs: 1_000 + random.below(2_001) }),
  },
  /** 1,000 applications below the rate of the bulk lane, 500 messages a second together. */
  'small-applications': { applications: 1_000, rate: 1 / 2, script: healthy },
} as const satisfies Readonly<Record<string, Role>>;

export type Neighbor = keyof typeof NEIGHBORS;

export interface Play {
  readonly beside: readonly Neighbor[];
  readonly fair: boolean;
  readonly seconds: number;
  /** Other rates than those above. */
  readonly roles?: Readonly<Partial<Record<Neighbor, Role>>>;
  readonly options?: SimulationOptions;
}

/** First attempts of a tenant's deliveries. */
export interface Measured extends Latencies {
  readonly lost: number;
}

export interface Played {
  readonly healthy: Measured;
  readonly neighbors: Readonly<Partial<Record<Neighbor, Measured>>>;
}

/** How long to wait for deliveries of healthy tenants after publishing ends. */
const PATIENCE_MS = 1_800_000;
/** Fan-out functions that read a new table's stream: four shards, four functions each. */
const FAN_OUT_READERS = 16;

const urlOf = (id: EndpointId) => `https://${id}.example`;

interface Tenant {
  readonly application: Application;
  readonly endpoints: number;
  /** Milliseconds from the 202 to the first request for each delivery. */
  readonly took: number[];
  accepted: number;
}

const measured = ({
  accepted,
  endpoints,
  took,
}: Pick<Tenant, 'accepted' | 'endpoints' | 'took'>): Measured => ({
  ...latenciesOf(took),
  lost: accepted * endpoints - took.length,
});

/** Runs the real flows in virtual time for nine healthy tenants beside others. */
export const play = async ({ beside, fair, seconds, roles = {}, options = {} }: Play): Promise<Played> => {
  const random = makeRandom(42);
  const ids = seededIds(42);
  const simulation = makeSimulation({
    fair,
    fanOutReaders: FAN_OUT_READERS,
    // The latency of a call to a table or queue.
    faults: { latencyMs: () => 3 + random.below(8) },
    ...options,
  });
  const tenantAt = new Map<string, Tenant>();
  const acceptedAt = new Map<string, number>();

  const settle = async (org: OrgId, { script, endpoints = 1, inTurn = false }: Role): Promise<Tenant> => {
    const app = application({ orgId: org, id: ids.app(NOON) });
    await simulation.tenants.create(app);
    const tenant: Tenant = { application: app, endpoints: inTurn ? 1 : endpoints, took: [], accepted: 0 };
    for (let index = 0; index < endpoints; index += 1) {
      const own = endpoint({ orgId: org, appId: app.id, id: ids.endpoint(NOON) });
      const url = urlOf(own.id);
      simulation.tenants.putEndpoint({ ...own, url, channels: inTurn ? [`${index}`] : null });
      simulation.receivers.answer(url, script(random));
      tenantAt.set(url, tenant);
    }
    return tenant;
  };

  const publishing = (tenant: Tenant, { burst = 0, rate, endpoints = 1, inTurn = false, everyMs }: Role) => {
    const { orgId: org, id } = tenant.application;
    let turn = 0;
    const publish = async () => {
      const channels = inTurn ? [`${(turn += 1) % endpoints}`] : null;
      const outcome = await simulation.publish(publishRequest({ orgId: org, application: id, channels }));
      if (outcome.kind !== 'accepted') return;
      tenant.accepted += 1;
      acceptedAt.set(outcome.message.id, simulation.clock.now());
    };
    const offset = random.below(Math.ceil(1_000 / rate));
    for (let index = 0; index < burst; index += 1) simulation.clock.at(NOON, publish);
    for (let index = 0; index < Math.floor(seconds * rate); index += 1) {
      const after = offset + Math.floor((index * 1_000) / rate);
      if (everyMs === undefined || Math.floor(after / everyMs) % 2 === 0)
        simulation.clock.at(NOON + after, publish);
    }
  };

  const quick: Tenant[] = [];
  for (let index = 0; index < HEALTHY_TENANTS; index += 1) {
    const tenant = await settle(orgId(`org_healthy${index}`), HEALTHY);
    publishing(tenant, HEALTHY);
    quick.push(tenant);
  }
  const neighbors: (readonly [Neighbor, Tenant])[] = [];
  for (const name of beside) {
    const role: Role = roles[name] ?? NEIGHBORS[name];
    for (let index = 0; index < (role.applications ?? 1); index += 1) {
      const tenant = await settle(orgId(`org_${name}`), role);
      publishing(tenant, role);
      neighbors.push([name, tenant]);
    }
  }

  let looked = 0;
  const look = () => {
    const all = simulation.receivers.received();
    for (; looked < all.length; looked += 1) {
      const { messageId, url, at, time } = all[looked]!;
      const accepted = acceptedAt.get(messageId);
      if (time === 1 && accepted !== undefined) tenantAt.get(url)?.took.push(at - accepted);
    }
  };
  const end = NOON + seconds * 1_000;
  await simulation.clock.runUntil(end);
  look();
  const awaited = () => quick.some(({ accepted, took }) => took.length < accepted);
  while (awaited() && simulation.clock.now() < end + PATIENCE_MS) {
    await simulation.clock.runUntil(simulation.clock.now() + 1_000);
    look();
  }
  return {
    healthy: measured({
      endpoints: 1,
      accepted: HEALTHY_TENANTS * HEALTHY.rate * seconds,
      took: quick.flatMap(({ took }) => took),
    }),
    neighbors: Object.fromEntries(neighbors.map(([name, tenant]) => [name, measured(tenant)])),
  };
};
