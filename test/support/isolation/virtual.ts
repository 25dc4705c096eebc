import type { Application } from '../../../functions/catalog/applications/application.domain.ts';
import { orgId } from '../../../functions/platform/ids/brand.domain.ts';
import type { EndpointId, MessageId, OrgId } from '../../../functions/platform/ids/brand.domain.ts';
import { application, endpoint, NOON, publishRequest, seededIds } from '../simulation/builders.ts';
import { makeRandom } from '../simulation/random.ts';
import type { Random } from '../simulation/random.ts';
import type { Script } from '../simulation/receivers.ts';
import { makeSimulation } from '../simulation/simulation.ts';
import { latenciesOf } from './latencies.ts';
import type { Latencies } from './latencies.ts';

export type Overload = 'dead' | 'hanging' | 'flooding';

/** One tenant: what it publishes and what its receiver does. */
interface Role {
  /** Messages at the start, at once. */
  readonly burst: number;
  /** Messages a second from then on. */
  readonly rate: number;
  readonly script: (random: Random) => Script;
}

const HEALTHY_TENANTS = 9;
const HEALTHY: Role = {
  burst: 0,
  rate: 5,
  script: (random) => () => ({ delayMs: 50 + random.below(51) }),
};
/** The flood's receiver is as slow as the fast lane puts up with, so that so much of it is more than the lane carries. */
const TROUBLES: Readonly<Record<Overload, Role>> = {
  dead: { burst: 0, rate: 5, script: () => () => ({ reset: true, delayMs: 1 }) },
  hanging: { burst: 0, rate: 5, script: () => () => ({ delayMs: 3_600_000 }) },
  flooding: { burst: 3_000, rate: 400, script: (random) => () => ({ delayMs: 1_000 + random.below(2_001) }) },
};

export interface Play {
  readonly overload: readonly Overload[];
  readonly fair: boolean;
  readonly seconds: number;
}

export interface Played {
  readonly healthy: Latencies;
  readonly lost: number;
}

/** As a stage on AWS has them unless it says otherwise (lib/config.ts, lib/building-blocks/stream-worker.ts). */
const AS_DEPLOYED = { deliverBatch: 10, deliverConcurrency: 100, slowConcurrency: 20, streamBatch: 100 };
/** For healthy messages that are still on their way when publishing ends. */
const PATIENCE_MS = 1_800_000;

const urlOf = (id: EndpointId) => `https://${id}.example`;

/** Nine healthy tenants and those in trouble beside them: the real flows, in virtual time. */
export const play = async ({ overload, fair, seconds }: Play): Promise<Played> => {
  const random = makeRandom(42);
  const ids = seededIds(42);
  const simulation = makeSimulation({
    ...AS_DEPLOYED,
    fair,
    settings: { requestTimeout: 30 },
    // A call to a table or a queue.
    faults: { latencyMs: () => 3 + random.below(8) },
  });

  const settle = async (org: OrgId, { script }: Role) => {
    const app = application({ orgId: org, id: ids.app(NOON) });
    const own = endpoint({ orgId: org, appId: app.id, id: ids.endpoint(NOON) });
    const url = urlOf(own.id);
    await simulation.tenants.create(app);
    simulation.tenants.putEndpoint({ ...own, url });
    simulation.receivers.answer(url, script(random));
    return app;
  };

  const accepted: { readonly id: MessageId; readonly at: number }[] = [];
  const publishing = (app: Application, { burst, rate }: Role, counted: boolean) => {
    const publish = async () => {
      const outcome = await simulation.publish(publishRequest({ orgId: app.orgId, application: app.id }));
      if (counted && outcome.kind === 'accepted')
        accepted.push({ id: outcome.message.id, at: simulation.clock.now() });
    };
    const offset = random.below(1_000 / rate);
    for (let index = 0; index < burst; index += 1) simulation.clock.at(NOON, publish);
    for (let index = 0; index < seconds * rate; index += 1)
      simulation.clock.at(NOON + offset + Math.floor((index * 1_000) / rate), publish);
  };

  for (let index = 0; index < HEALTHY_TENANTS; index += 1)
    publishing(await settle(orgId(`org_healthy${index}`), HEALTHY), HEALTHY, true);
  for (const name of overload)
    publishing(await settle(orgId(`org_${name}`), TROUBLES[name]), TROUBLES[name], false);

  const arrivals = new Map<string, number>();
  let looked = 0;
  const look = () => {
    const all = simulation.receivers.received();
    for (; looked < all.length; looked += 1) {
      const { messageId, at, time } = all[looked]!;
      if (time === 1) arrivals.set(messageId, at);
    }
  };
  const end = NOON + seconds * 1_000;
  await simulation.clock.runUntil(end);
  look();
  while (accepted.some(({ id }) => !arrivals.has(id)) && simulation.clock.now() < end + PATIENCE_MS) {
    await simulation.clock.runUntil(simulation.clock.now() + 1_000);
    look();
  }
  const took = accepted.flatMap(({ id, at }) => {
    const arrived = arrivals.get(id);
    return arrived === undefined ? [] : [arrived - at];
  });
  return { healthy: latenciesOf(took), lost: HEALTHY_TENANTS * HEALTHY.rate * seconds - took.length };
};
