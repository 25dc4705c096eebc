import type { Attempt, Trigger } from '../../deliver/attempts/attempt.domain.ts';
import type { EndpointId } from '../../platform/ids/brand.domain.ts';
import type { Endpoint } from '../../catalog/endpoints/endpoint.domain.ts';
import { isMeantFor } from '../../catalog/endpoints/matching.domain.ts';
import { isSendable } from '../../messages/message.domain.ts';
import type { Message } from '../../messages/message.domain.ts';
import type { Tenant, TenantKey } from '../../catalog/catalog.port.ts';
import { deliveryIdentity } from '../../deliver/delivery.port.ts';
import type { Delivery } from '../../deliver/delivery.port.ts';
import { settleAll } from '../../platform/settle.domain.ts';

/** What the log holds of a message, for all endpoints. */
export interface MessageLog {
  readonly attempts: readonly Attempt[];
  /** Endpoints whose schedule a resend has ended. */
  readonly ended: ReadonlySet<EndpointId>;
  /** Endpoints with an attempt that this version of the code cannot parse. They are not diagnosed. */
  readonly unreadable: ReadonlySet<EndpointId>;
}

/** Waiting deliveries by identity: until they are due, or parked for their endpoint. */
export type Waiting = ReadonlyMap<string, 'due' | 'parked'>;

/**
 * `settled`: nothing is owed. `waiting`: a due item, or not overdue. `uncertain`: never tried, and the endpoint was changed
 * after the message was accepted, so it may not have matched. `since`: when the attempt was due. A delivery that is owed is
 * queued again even if it is no longer eligible: deliver then records it as canceled, with the reason.
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
  readonly endpointId: EndpointId;
  readonly log: MessageLog;
  readonly waiting: Waiting;
  readonly nowMs: number;
  /** A delivery overdue by no more than this may still be in a queue or in a running function. */
  readonly graceMs: number;
}

const SETTLED = { kind: 'settled' } as const;

type ScheduledTrigger = Extract<Trigger, { readonly kind: 'scheduled' }>;
interface Scheduled {
  readonly trigger: ScheduledTrigger;
  readonly attempt: Attempt;
}

/** The scheduled attempts at the endpoint, canceled deliveries included, resends excluded. */
const scheduledOf = ({ endpointId, log }: Case): readonly Scheduled[] =>
  log.attempts.flatMap((attempt) =>
    attempt.endpointId === endpointId && attempt.trigger.kind === 'scheduled'
      ? [{ trigger: attempt.trigger, attempt }]
      : [],
  );

/** The last attempt of each schedule: the message's own, and those that replay-missing started after a cancellation. */
const lastOfEach = (scheduled: readonly Scheduled[]): readonly Scheduled[] => {
  const last = new Map<string | undefined, Scheduled>();
  for (const one of scheduled) {
    const before = last.get(one.trigger.series);
    if (before === undefined || one.trigger.number > before.trigger.number) last.set(one.trigger.series, one);
  }
  return [...last.values()];
};

const owed = (
  kind: 'never-tried' | 'retry-not-made' | 'uncertain',
  one: Case,
  trigger: ScheduledTrigger,
  since: number,
): Diagnosis => {
  const { message, endpointId, tenant, waiting, nowMs, graceMs } = one;
  if (since + graceMs > nowMs) return { kind: 'waiting' };
  const { orgId, appId, id: messageId } = message;
  const delivery: Delivery = {
    ...{ orgId, appId, messageId, endpointId },
    trigger,
    schedule: tenant.settings.retrySchedule,
  };
  const place = waiting.get(deliveryIdentity(delivery));
  if (place !== undefined) return { kind: place === 'parked' ? 'parked' : 'waiting' };
  return { kind, delivery, since };
};

/** Whether fan-out made a delivery for the endpoint, provided that it was not changed since. */
const wasMeantFor = (message: Message, endpoint: Endpoint): boolean =>
  endpoint.createdAt <= message.createdAt &&
  isMeantFor(endpoint, message) &&
  (!endpoint.disabled || (endpoint.lastDisabledAt ?? 0) > message.createdAt);

const neverTried = (one: Case): Diagnosis => {
  const { message, tenant, endpointId, nowMs } = one;
  const endpoint = tenant.endpoints.find(({ id }) => id === endpointId);
  if (endpoint === undefined || !wasMeantFor(message, endpoint)) return SETTLED;
  const since = message.deliverAt ?? message.createdAt;
  const first: ScheduledTrigger = { kind: 'scheduled', number: 1 };
  if (endpoint.updatedAt <= message.createdAt) return owed('never-tried', one, first, since);
  return isSendable(message, nowMs) ? owed('uncertain', one, first, since) : SETTLED;
};

/** Whether a message is owed to an endpoint, and the delivery to queue if so. */
export const diagnose = (one: Case): Diagnosis => {
  if (one.log.ended.has(one.endpointId)) return SETTLED;
  const scheduled = scheduledOf(one);
  if (scheduled.length === 0) return neverTried(one);
  if (scheduled.some(({ attempt }) => attempt.succeeded)) return SETTLED;
  for (const { trigger, attempt } of lastOfEach(scheduled)) {
    const { decision } = attempt;
    if (decision.kind === 'retry')
      return owed('retry-not-made', one, { ...trigger, number: trigger.number + 1 }, decision.at);
  }
  return SETTLED;
};

/** Endpoints that a message may be owed to: present ones, and deleted ones with attempts. */
const endpointsOf = (tenant: Tenant, log: MessageLog): readonly EndpointId[] => [
  ...new Set([...tenant.endpoints.map(({ id }) => id), ...log.attempts.map(({ endpointId }) => endpointId)]),
];

/** An accepted message; `message` is undefined if this version of the code cannot parse its row. */
export interface Accepted {
  readonly id: string;
  readonly message: Message | undefined;
}

/** The port to accepted messages and their logs. All reads are strong. */
export interface ReconcileStore {
  /** Messages of an application accepted from `fromMs` on and before `untilMs`, oldest first, in pages. */
  messages(tenant: TenantKey, fromMs: number, untilMs: number): AsyncIterable<readonly Accepted[]>;
  log(message: Message): Promise<MessageLog>;
}

/** The number of diagnoses of each kind. */
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
  /** Called with the deliveries that are owed, for a chunk of messages at a time. */
  readonly found: (owed: readonly Owed[]) => Promise<void>;
}
export type Owed = Extract<Diagnosis, { readonly delivery: Delivery }>;

/** Messages diagnosed concurrently: no more than one client has connections. */
const CONCURRENT = 25;

/** Diagnoses every message of an application that was accepted in a period; returns the counts. */
export const makeReconcile =
  (deps: ReconcileDeps) =>
  async (tenant: Tenant, fromMs: number, untilMs: number): Promise<Counts> => {
    const counts = { ...NO_COUNTS };
    const diagnoseMessage = async ({ message }: Accepted): Promise<readonly Diagnosis[]> => {
      if (message === undefined) {
        counts.unreadable += 1;
        return [];
      }
      const log = await deps.store.log(message);
      const { waiting, graceMs } = deps;
      const common = { message, tenant, log, waiting, graceMs, nowMs: deps.now() };
      if (log.unreadable.size > 0) counts.unreadable += 1;
      const unreadable = new Set([...log.unreadable, ...(tenant.unreadable ?? []).map(({ id }) => id)]);
      return endpointsOf(tenant, log)
        .filter((id) => !unreadable.has(id))
        .map((endpointId) => diagnose({ ...common, endpointId }));
    };
    const { orgId, id: appId } = tenant.application;
    for await (const page of deps.store.messages({ orgId, appId }, fromMs, untilMs)) {
      for (let start = 0; start < page.length; start += CONCURRENT) {
        const some = (await settleAll(page.slice(start, start + CONCURRENT).map(diagnoseMessage))).flat();
        for (const { kind } of some) counts[kind] += 1;
        const owing = some.filter((one): one is Owed => 'delivery' in one);
        if (owing.length > 0) await deps.found(owing);
      }
    }
    return counts;
  };
