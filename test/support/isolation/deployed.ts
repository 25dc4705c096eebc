import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../../../scripts/local/free-port.ts';
import { freshSender } from '../delivering.ts';
import type { Sender } from '../delivering.ts';
import { eventually } from '../poll.ts';
import { hookUrl, receiver } from '../receiver.ts';

/**
 * Isolation of tenants on the deployed functions, at loads that an emulator on two cores can handle: no burst, because
 * MiniStack starts a process for each concurrent function and answers 500 when there are too many.
 */
const HEALTHY_TENANTS = 9;
export type Overload = 'dead' | 'hanging' | 'flooding';

/** Messages per second. */
const HEALTHY_RATE = 0.5;
const RATES: Readonly<Record<Overload, number>> = { dead: 0.5, hanging: 0.5, flooding: 5 };
const PATHS = {
  healthy: '/isolation/healthy',
  hanging: '/isolation/hanging',
  flooding: '/isolation/flooding',
};
const DELIVERED_MS = 120_000;
/** How often, and after how long, a publish is repeated that the emulator answered with 5xx. */
const REPEATS = 20;
const REPEAT_MS = 500;

interface Accepted {
  readonly id: string;
  readonly at: number;
  /** The number of 5xx responses before this one. */
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

const FAULTY_URLS: Readonly<Record<Overload, () => Promise<string> | string>> = {
  dead: async () => `http://127.0.0.1:${await freePort()}/`,
  hanging: () => hookUrl(`${PATHS.hanging}?script=timeout`),
  flooding: () => hookUrl(`${PATHS.flooding}?delay=200`),
};

/** A new tenant each time, so that its endpoint has no health record yet. */
const faultyTenant = async (overload: Overload): Promise<Tenant> =>
  tenant(await FAULTY_URLS[overload](), RATES[overload]);

/** Publishes with one idempotency key until the message is accepted. */
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

/** Publishes at the rate of the tenant, however long responses take. */
const publishing = async (one: Tenant, seconds: number): Promise<readonly Accepted[]> => {
  const some: Promise<Accepted>[] = [];
  const start = Date.now() + Math.random() * (1_000 / one.rate);
  for (let index = 0; index < seconds * one.rate; index += 1) {
    await wait(Math.max(0, start + (index * 1_000) / one.rate - Date.now()));
    some.push(publish(one));
  }
  return Promise.all(some);
};

/** When messages first arrived at paths with this prefix; waits for all of them up to a limit. */
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

/** Disables an endpoint and waits until it has no request in flight. */
const disableAndDrain = async (one: Tenant, path: string) => {
  await one.ask('PATCH', '/app/acme/endpoint/only', { disabled: true });
  await eventually(
    async () => {
      const { data } = await one.ask('GET', '/app/acme/attempt/endpoint/only?limit=250');
      return (await receiver().received({ path })).length - (data as unknown[]).length;
    },
    (open) => open <= 0,
    { deadlineMs: DELIVERED_MS, what: 'the end of hanging requests' },
  );
  await receiver().clear({ path });
};

/** Ends the remaining deliveries of a faulty tenant. */
const endOf: Readonly<Record<Overload, (one: Tenant) => Promise<unknown>>> = {
  dead: (one) => one.ask('PATCH', '/app/acme/endpoint/only', { disabled: true }),
  hanging: (one) => disableAndDrain(one, PATHS.hanging),
  flooding: () => Promise.resolve(),
};

export interface Phase {
  readonly published: number;
  /** Milliseconds from the 202 to the receiver for each message of a healthy tenant that arrived. */
  readonly took: readonly number[];
  /** The number of flooding messages that arrived and that were published. */
  readonly flood: readonly [number, number];
  /** The number of publishes that were repeated after a 5xx. */
  readonly repeats: number;
}

/** Publishes for `seconds` beside tenants with these faults, and waits until their deliveries have ended. */
export const phase = async (
  healthy: readonly Tenant[],
  overloads: readonly Overload[],
  seconds: number,
): Promise<Phase> => {
  const faulty = await Promise.all(overloads.map(async (kind) => ({ kind, one: await faultyTenant(kind) })));
  const [accepted, others] = await Promise.all([
    Promise.all(healthy.map((one) => publishing(one, seconds))).then((all) => all.flat()),
    Promise.all(faulty.map(async ({ kind, one }) => ({ kind, some: await publishing(one, seconds) }))),
  ]);
  const flood = others.flatMap(({ kind, some }) => (kind === 'flooding' ? some : []));
  const arrived = await arrivals(PATHS.healthy, accepted);
  const flooded = await arrivals(PATHS.flooding, flood);
  for (const { kind, one } of faulty) await endOf[kind](one);
  const all = [...accepted, ...others.flatMap(({ some }) => some)];
  return {
    published: accepted.length,
    took: accepted.flatMap(({ id, at }) => {
      const arrival = arrived.get(id);
      return arrival === undefined ? [] : [arrival - at];
    }),
    flood: [flood.filter(({ id }) => flooded.has(id)).length, flood.length],
    repeats: all.reduce((sum, one) => sum + one.repeats, 0),
  };
};
