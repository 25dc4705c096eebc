import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../../../scripts/local/free-port.ts';
import { freshSender } from '../delivering.ts';
import type { Sender } from '../delivering.ts';
import { eventually } from '../poll.ts';
import { hookUrl, receiver } from '../receiver.ts';

/** The real thing on an emulator, at loads that two cores bear beside it. */
const HEALTHY_TENANTS = 9;
const HEALTHY = { burst: 0, rate: 0.5 };
const TROUBLES = {
  dead: { burst: 0, rate: 0.5 },
  hanging: { burst: 0, rate: 0.5 },
  flooding: { burst: 30, rate: 5 },
};
const FLOOD_PATH = '/isolation/flooding';
const HEALTHY_PATH = '/isolation/healthy';
const HANGING_PATH = '/isolation/hanging';
const DELIVERED_MS = 120_000;

interface Accepted {
  readonly id: string;
  readonly at: number;
}

interface Tenant extends Sender {
  readonly load: { readonly burst: number; readonly rate: number };
}

const tenant = async (url: string, load: Tenant['load']): Promise<Tenant> => {
  const sender = await freshSender({ retrySchedule: [5, 300] });
  await sender.ask('POST', '/app/acme/endpoint', { url, uid: 'only' });
  return { ...sender, load };
};

export const healthyTenants = (): Promise<Tenant[]> =>
  Promise.all(
    Array.from({ length: HEALTHY_TENANTS }, (_, index) =>
      tenant(hookUrl(`${HEALTHY_PATH}-${index}?delay=60`), HEALTHY),
    ),
  );

/** New ones each time, so that nobody knows them yet to be slow or broken. */
const troubledTenants = async () => ({
  dead: await tenant(`http://127.0.0.1:${await freePort()}/`, TROUBLES.dead),
  hanging: await tenant(hookUrl(`${HANGING_PATH}?script=timeout`), TROUBLES.hanging),
  flooding: await tenant(hookUrl(`${FLOOD_PATH}?delay=200`), TROUBLES.flooding),
});

const publish = async (one: Tenant): Promise<Accepted> => {
  const { id } = await one.publish();
  return { id: String(id), at: Date.now() };
};

/** Publishes at the tenant's own pace, however long answers take. */
const publishing = async (one: Tenant, seconds: number): Promise<readonly Accepted[]> => {
  const { burst, rate } = one.load;
  const some = Array.from({ length: burst }, () => publish(one));
  const start = Date.now() + Math.random() * (1_000 / rate);
  for (let index = 0; index < seconds * rate; index += 1) {
    await wait(Math.max(0, start + (index * 1_000) / rate - Date.now()));
    some.push(publish(one));
  }
  return Promise.all(some);
};

/** When messages first arrived at paths that begin so; waits for all of them, up to a limit. */
const arrivals = async (
  path: string,
  accepted: readonly Accepted[],
): Promise<ReadonlyMap<string, number>> => {
  const look = async () => {
    const found = new Map<string, number>();
    for (const { id, at } of await receiver().received({ path }))
      if (id !== null && !found.has(id)) found.set(id, at);
    return found;
  };
  const all = (found: ReadonlyMap<string, number>) => accepted.every(({ id }) => found.has(id));
  return eventually(look, all, { deadlineMs: DELIVERED_MS }).catch(look);
};

/** Turns an endpoint off and waits until none of its requests is open. */
const quieten = async (one: Tenant, path: string) => {
  await one.ask('PATCH', '/app/acme/endpoint/only', { disabled: true });
  await eventually(
    async () => {
      const { data } = await one.ask('GET', '/app/acme/attempt/endpoint/only?limit=250');
      return (await receiver().received({ path })).length - (data as unknown[]).length;
    },
    (open) => open <= 0,
    { deadlineMs: DELIVERED_MS, what: 'the end of requests that hang' },
  );
  await receiver().clear({ path });
};

export interface Phase {
  readonly trouble: boolean;
  readonly published: number;
  /** Milliseconds from the publish's answer to the receiver, for each healthy message that arrived. */
  readonly took: readonly number[];
  /** Flooding messages that arrived, of those published. */
  readonly flood: readonly [number, number];
}

/** One stretch of time, with or without trouble; it ends when nothing of it is under way. */
export const phase = async (
  healthy: readonly Tenant[],
  trouble: boolean,
  seconds: number,
): Promise<Phase> => {
  const troubled = trouble ? await troubledTenants() : undefined;
  const others = troubled === undefined ? [] : [troubled.dead, troubled.hanging];
  const [accepted, flood] = await Promise.all([
    Promise.all(healthy.map((one) => publishing(one, seconds))).then((all) => all.flat()),
    troubled === undefined ? [] : publishing(troubled.flooding, seconds),
    ...others.map((one) => publishing(one, seconds)),
  ]);
  const arrived = await arrivals(HEALTHY_PATH, accepted);
  const flooded = await arrivals(FLOOD_PATH, flood);
  if (troubled !== undefined) {
    await troubled.dead.ask('PATCH', '/app/acme/endpoint/only', { disabled: true });
    await quieten(troubled.hanging, HANGING_PATH);
  }
  return {
    trouble,
    published: accepted.length,
    took: accepted.flatMap(({ id, at }) => {
      const arrival = arrived.get(id);
      return arrival === undefined ? [] : [arrival - at];
    }),
    flood: [flood.filter(({ id }) => flooded.has(id)).length, flood.length],
  };
};
