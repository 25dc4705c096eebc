import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../../../scripts/local/free-port.ts';
import { freshSender } from '../delivering.ts';
import type { Sender } from '../delivering.ts';
import { eventually } from '../poll.ts';
import { hookUrl, receiver } from '../receiver.ts';
import type { Overload } from './virtual.ts';

/**
 * The real thing on an emulator, at loads that two cores bear beside it: no burst, since MiniStack starts a process for
 * each function that runs at a time, and answers 500 when there are too many.
 */
const HEALTHY_TENANTS = 9;
/** Messages a second. */
const HEALTHY_RATE = 0.5;
const RATES: Readonly<Record<Overload, number>> = { dead: 0.5, hanging: 0.5, flooding: 5 };
const PATHS = {
  healthy: '/isolation/healthy',
  hanging: '/isolation/hanging',
  flooding: '/isolation/flooding',
};
const DELIVERED_MS = 120_000;
/** How often a publish is repeated that the emulator answered with a 5xx, and how long after. */
const REPEATS = 20;
const REPEAT_MS = 500;

interface Accepted {
  readonly id: string;
  readonly at: number;
  /** Answers of 5xx before this one. */
  readonly repeats: number;
}

interface Tenant extends Sender {
  readonly rate: number;
}

const tenant = async (url: string, rate: number): Promise<Tenant> => {
  const sender = await freshSender({ retrySchedule: [5, 300] });
  await sender.ask('POST', '/app/acme/endpoint', { url, uid: 'only' });
  return { ...sender, rate };
};

export const healthyTenants = (): Promise<Tenant[]> =>
  Promise.all(
    Array.from({ length: HEALTHY_TENANTS }, (_, index) =>
      tenant(hookUrl(`${PATHS.healthy}-${index}?delay=60`), HEALTHY_RATE),
    ),
  );

const TROUBLED_URLS: Readonly<Record<Overload, () => Promise<string> | string>> = {
  dead: async () => `http://127.0.0.1:${await freePort()}/`,
  hanging: () => hookUrl(`${PATHS.hanging}?script=timeout`),
  flooding: () => hookUrl(`${PATHS.flooding}?delay=200`),
};

/** A new one each time, so that nobody knows it yet to be slow or broken. */
const troubledTenant = async (overload: Overload): Promise<Tenant> =>
  tenant(await TROUBLED_URLS[overload](), RATES[overload]);

/** Repeats under one key until it is accepted. */
const publish = async (one: Tenant): Promise<Accepted> => {
  const key = { 'idempotency-key': randomUUID() };
  for (let repeats = 0; ; repeats += 1) {
    const body = { eventType: 'order.paid', payload: { n: 1 } };
    const { status, text, json } = await one.send('POST', '/app/acme/msg', body, key);
    if (status === 202) return { id: String(json.id), at: Date.now(), repeats };
    if (status < 500 || repeats === REPEATS) throw new Error(`publish: ${status} ${text}`);
    await wait(REPEAT_MS);
  }
};

/** Publishes at the tenant's own pace, however long answers take. */
const publishing = async (one: Tenant, seconds: number): Promise<readonly Accepted[]> => {
  const some: Promise<Accepted>[] = [];
  const start = Date.now() + Math.random() * (1_000 / one.rate);
  for (let index = 0; index < seconds * one.rate; index += 1) {
    await wait(Math.max(0, start + (index * 1_000) / one.rate - Date.now()));
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

/** Ends what a tenant in trouble still has under way. */
const endOf: Readonly<Record<Overload, (one: Tenant) => Promise<unknown>>> = {
  dead: (one) => one.ask('PATCH', '/app/acme/endpoint/only', { disabled: true }),
  hanging: (one) => quieten(one, PATHS.hanging),
  flooding: () => Promise.resolve(),
};

export interface Phase {
  readonly published: number;
  /** Milliseconds from the publish's answer to the receiver, for each healthy message that arrived. */
  readonly took: readonly number[];
  /** Flooding messages that arrived, of those published. */
  readonly flood: readonly [number, number];
  /** Publishes of anybody that were answered 5xx, and repeated. */
  readonly repeats: number;
}

/** One stretch of time beside tenants in these troubles; it ends when nothing of it is under way. */
export const phase = async (
  healthy: readonly Tenant[],
  overloads: readonly Overload[],
  seconds: number,
): Promise<Phase> => {
  const troubled = await Promise.all(
    overloads.map(async (kind) => ({ kind, one: await troubledTenant(kind) })),
  );
  const [accepted, others] = await Promise.all([
    Promise.all(healthy.map((one) => publishing(one, seconds))).then((all) => all.flat()),
    Promise.all(troubled.map(async ({ kind, one }) => ({ kind, some: await publishing(one, seconds) }))),
  ]);
  const flood = others.flatMap(({ kind, some }) => (kind === 'flooding' ? some : []));
  const arrived = await arrivals(PATHS.healthy, accepted);
  const flooded = await arrivals(PATHS.flooding, flood);
  for (const { kind, one } of troubled) await endOf[kind](one);
  const everybody = [...accepted, ...others.flatMap(({ some }) => some)];
  return {
    published: accepted.length,
    took: accepted.flatMap(({ id, at }) => {
      const arrival = arrived.get(id);
      return arrival === undefined ? [] : [arrival - at];
    }),
    flood: [flood.filter(({ id }) => flooded.has(id)).length, flood.length],
    repeats: everybody.reduce((sum, one) => sum + one.repeats, 0),
  };
};
