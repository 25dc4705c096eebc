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

/** What a tenant publishes and how its receiver behaves. */
interface Role {
  /** Messages at once at the start. */
  readonly burst: number;
  /** Messages per second from then on. */
  readonly rate: number;
  readonly script: (random: Random) => Script;
}

const HEALTHY_TENANTS = 9;
const HEALTHY: Role = {
  burst: 0,
  rate: 5,
  script: (random) => () => ({ delayMs: 50 + random.below(51) }),
};
/** The receiver of the flood is as slow as the fast lane allows, so that the flood exceeds the capacity of that lane. */
const FAULTS: Readonly<Record<Overload, Role>> = {
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

/** How long to wait for messages of healthy tenants after publishing ends. */
const PATIENCE_MS = 1_800_000;

const urlOf = (id: EndpointId) => `https://${id}.example`;

/** Runs the real flows in virtual time for nine healthy tenants beside faulty ones. */
export const play = async ({ overload, fair, seconds }: Play): Promise<Played> => {
  const random = makeRandom(42);
  const ids = seededIds(42);
  const simulation = makeSimulation({
    fair,
    // The latency of a call to a table or queue.
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
    publishing(await settle(orgId(`org_${name}`), FAULTS[name]), FAULTS[name], false);

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
