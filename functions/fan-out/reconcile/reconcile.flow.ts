import type { Attempt } from '../../deliver/attempts/attempt.domain.ts';
import type { EndpointId } from '../../platform/ids/brand.domain.ts';
import type { Endpoint } from '../../catalog/endpoints/endpoint.domain.ts';
import { passesFilters } from '../../catalog/endpoints/matching.domain.ts';
import { payloadIsLive } from '../../messages/message.domain.ts';
import type { Message } from '../../messages/message.domain.ts';
import type { Tenant, TenantKey } from '../../catalog/catalog.port.ts';
import { deliveryIdentity } from '../../deliver/delivery.port.ts';
import type { Delivery } from '../../deliver/delivery.port.ts';
import { settleAll } from '../../platform/settle.domain.ts';

/** What is recorded of a message, all endpoints together. */
export interface MessageLog {
  readonly attempts: readonly Attempt[];
  /** Endpoints whose schedule a resend has ended. */
  readonly ended: ReadonlySet<EndpointId>;
}

/** Where deliveries wait, by identity: for their time, or for their endpoint. */
export type Waiting = ReadonlyMap<string, 'due' | 'parked'>;

/**
 * `settled`: nothing is owed. `waiting`: on its way, or not overdue. `uncertain`: never tried, and its endpoint was
 * changed after the message was accepted, so it may not have been meant. `since`: when it should have been tried.
 */
export type Diagnosis =
  | { readonly kind: 'settled' | 'waiting' | 'parked' }
  | {
      readonly kind: 'never-tried' | 'retry-not-made' | 'uncertain';
      readonly delivery: Delivery;
      readonly since: number;
    };

export interface Case {
  readonly message: Message;
  readonly tenant: Tenant;
  readonly endpoint: Endpoint;
  readonly log: MessageLog;
  readonly waiting: Waiting;
  readonly nowMs: number;
  /** What is overdue by no more than this may still be in a queue or in a function's hands. */
  readonly graceMs: number;
}

const SETTLED = { kind: 'settled' } as const;

/** The last try of the schedule; resends do not count. */
const lastOf = ({ endpoint, log }: Case) => {
  let last: { readonly number: number; readonly attempt: Attempt } | undefined;
  for (const attempt of log.attempts) {
    if (attempt.endpointId !== endpoint.id || attempt.trigger.kind !== 'scheduled') continue;
    const { number } = attempt.trigger;
    if (last === undefined || number > last.number) last = { number, attempt };
  }
  return last;
};

const owed = (
  kind: 'never-tried' | 'retry-not-made' | 'uncertain',
  one: Case,
  number: number,
  since: number,
): Diagnosis => {
  const { message, endpoint, tenant, waiting, nowMs, graceMs } = one;
  if (since + graceMs > nowMs) return { kind: 'waiting' };
  const { orgId, appId, id: messageId } = message;
  const delivery: Delivery = {
    ...{ orgId, appId, messageId, endpointId: endpoint.id },
    trigger: { kind: 'scheduled', number },
    schedule: tenant.settings.retrySchedule,
  };
  const place = waiting.get(deliveryIdentity(delivery));
  if (place !== undefined) return { kind: place === 'parked' ? 'parked' : 'waiting' };
  return { kind, delivery, since };
};

/** What became of a message at one endpoint, and what to do about it. */
export const diagnose = (one: Case): Diagnosis => {
  const { message, endpoint, log, nowMs } = one;
  if (endpoint.disabled || !passesFilters(endpoint, message)) return SETTLED;
  if (endpoint.createdAt > message.createdAt) return SETTLED;
  if (message.onlyEndpoint !== null && message.onlyEndpoint !== endpoint.id) return SETTLED;
  if (!payloadIsLive(message, nowMs) || log.ended.has(endpoint.id)) return SETTLED;
  const last = lastOf(one);
  if (last !== undefined) {
    const { decision } = last.attempt;
    return decision.kind === 'retry' ? owed('retry-not-made', one, last.number + 1, decision.at) : SETTLED;
  }
  const kind = endpoint.updatedAt > message.createdAt ? 'uncertain' : 'never-tried';
  return owed(kind, one, 1, message.deliverAt ?? message.createdAt);
};

/** A message, undefined where this release cannot read its row. */
export interface Accepted {
  readonly id: string;
  readonly message: Message | undefined;
}

/** The port to what was accepted and what became of it. All reads are strong. */
export interface ReconcileStore {
  /** Oldest first, of an application, accepted from `fromMs` on and before `untilMs`. */
  messages(tenant: TenantKey, fromMs: number, untilMs: number): AsyncIterable<readonly Accepted[]>;
  log(message: Message): Promise<MessageLog>;
}

/** How often each was found. */
export type Counts = Readonly<Record<Diagnosis['kind'] | 'unreadable', number>>;
export const NO_COUNTS: Counts = {
  ...{ settled: 0, waiting: 0, parked: 0 },
  ...{ 'never-tried': 0, 'retry-not-made': 0, uncertain: 0, unreadable: 0 },
};

export interface ReconcileDeps {
  readonly store: ReconcileStore;
  readonly waiting: Waiting;
  readonly now: () => number;
  readonly graceMs: number;
  /** Told of every delivery that is owed, a page of messages at a time. */
  readonly found: (owed: readonly Owed[]) => Promise<void>;
}
export type Owed = Extract<Diagnosis, { readonly delivery: Delivery }>;

/** Messages of a page that are looked at side by side: as many as one client has connections for. */
const SIDE_BY_SIDE = 25;

/** Looks at every message of an application that was accepted in a period. Answers what was found. */
export const makeReconcile =
  (deps: ReconcileDeps) =>
  async (tenant: Tenant, fromMs: number, untilMs: number): Promise<Counts> => {
    const counts = { ...NO_COUNTS };
    const look = async ({ message }: Accepted): Promise<readonly Diagnosis[]> => {
      if (message === undefined) {
        counts.unreadable += 1;
        return [];
      }
      const log = await deps.store.log(message);
      const { waiting, graceMs } = deps;
      const common = { message, tenant, log, waiting, graceMs, nowMs: deps.now() };
      return tenant.endpoints.map((endpoint) => diagnose({ ...common, endpoint }));
    };
    const { orgId, id: appId } = tenant.application;
    for await (const page of deps.store.messages({ orgId, appId }, fromMs, untilMs)) {
      for (let start = 0; start < page.length; start += SIDE_BY_SIDE) {
        const some = (await settleAll(page.slice(start, start + SIDE_BY_SIDE).map(look))).flat();
        for (const { kind } of some) counts[kind] += 1;
        const owing = some.filter((one): one is Owed => 'delivery' in one);
        if (owing.length > 0) await deps.found(owing);
      }
    }
    return counts;
  };
