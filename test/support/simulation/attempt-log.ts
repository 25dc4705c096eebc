import type { Attempt } from '../../../functions/deliver/attempts/attempt.domain.ts';
import { idTime, TICK_MS } from '../../../functions/platform/ids/ids.domain.ts';
import { DUPLICATE_CLAIM_SECONDS } from '../../../functions/platform/limits/delivery.domain.ts';
import { NOT_CROWDED } from '../../../functions/deliver/lanes/crowding.domain.ts';
import type { Crowding } from '../../../functions/deliver/lanes/crowding.domain.ts';
import { currentHealth, HEALTHY } from '../../../functions/deliver/circuit-breaker/health.domain.ts';
import type { HealthStore } from '../../../functions/deliver/circuit-breaker/circuit-breaker.flow.ts';
import { deliveryIdentity } from '../../../functions/deliver/delivery.port.ts';
import type { AttemptLog, Delivery, DeliveryReader } from '../../../functions/deliver/delivery.port.ts';
import { findEndpoint } from '../../../functions/catalog/endpoints/find-endpoint.domain.ts';
import type { Tenants } from '../../../functions/catalog/catalog.port.ts';
import type { MessageStore } from '../../../functions/publish/messages.port.ts';

type AttemptKey = Pick<Delivery, 'orgId' | 'appId' | 'messageId' | 'endpointId' | 'trigger'>;

export interface MemoryLog extends AttemptLog {
  /** Replaces a recorded attempt, for tests that expunge it. */
  readonly replace: (attempt: Attempt) => void;
  readonly find: (trigger: AttemptKey) => Attempt | undefined;
  readonly wasRedone: (trigger: AttemptKey) => boolean;
  readonly wasEnded: (trigger: Omit<AttemptKey, 'trigger'>) => boolean;
  /** In the order in which they were recorded. */
  readonly all: () => readonly Attempt[];
}

const place = (some: Omit<AttemptKey, 'trigger'>) =>
  [some.orgId, some.appId, some.messageId, some.endpointId].join('/');
const placeOf = (some: AttemptKey) => `${place(some)}/${deliveryIdentity({ ...some, schedule: [] })}`;
/** Canceled deliveries are stored apart from attempts. */
const canceledPlaceOf = (some: AttemptKey) => `canceled/${placeOf(some)}`;
const attemptPlaceOf = (attempt: Attempt) =>
  attempt.decision.kind === 'canceled' ? canceledPlaceOf(attempt) : placeOf(attempt);

/** The trigger of an attempt and those of the attempts before it in its schedule. */
const upTo = ({ trigger, ...some }: AttemptKey): readonly AttemptKey[] =>
  trigger.kind === 'manual'
    ? [{ ...some, trigger }]
    : Array.from({ length: trigger.number }, (_, index) => ({
        ...some,
        trigger: { ...trigger, number: index + 1 },
      }));

/** The log of attempts; `onRecorded` is its table's stream. */
export const makeMemoryLog = (onRecorded: (attempt: Attempt) => void = () => undefined): MemoryLog => {
  const attempts = new Map<string, Attempt>();
  const redone = new Set<string>();
  const ended = new Set<string>();
  const claims = new Map<string, { holder: string; until: number }>();
  return {
    record: async (attempt) => {
      const existing = attempts.get(attemptPlaceOf(attempt));
      if (existing !== undefined) return existing;
      attempts.set(attemptPlaceOf(attempt), attempt);
      onRecorded(attempt);
      return attempt;
    },
    markRedone: async (attempt) => {
      if (!attempts.has(placeOf(attempt))) throw new Error('no such attempt');
      redone.add(placeOf(attempt));
    },
    claimDuplicate: async (delivery, holder, nowMs) => {
      const claim = claims.get(placeOf(delivery));
      if (claim !== undefined && claim.until >= nowMs) return claim.holder === holder;
      claims.set(placeOf(delivery), { holder, until: nowMs + DUPLICATE_CLAIM_SECONDS * 1_000 });
      return true;
    },
    releaseDuplicate: async (delivery, holder) => {
      if (claims.get(placeOf(delivery))?.holder === holder) claims.delete(placeOf(delivery));
    },
    end: async (delivery) => {
      ended.add(place(delivery));
    },
    find: (trigger) => attempts.get(placeOf(trigger)),
    wasRedone: (trigger) => redone.has(placeOf(trigger)),
    wasEnded: (trigger) => ended.has(place(trigger)),
    hasEnded: async (delivery) => ended.has(place(delivery)),
    canceled: async (delivery) =>
      upTo(delivery)
        .map((one) => attempts.get(canceledPlaceOf(one)))
        .find((one) => one !== undefined),
    all: () => [...attempts.values()],
    replace: (attempt) => void attempts.set(attemptPlaceOf(attempt), attempt),
  };
};

/** The same rule as in delivery-reader.dynamo.ts. */
const notBefore = (trigger: Delivery['trigger'], before: Attempt | undefined): number => {
  if (before !== undefined) return before.at + TICK_MS;
  const series = trigger.kind === 'scheduled' ? trigger.series : undefined;
  return series === undefined ? 0 : (idTime(series) ?? 0) + TICK_MS;
};

export interface ReaderSources {
  readonly tenants: Tenants;
  readonly messages: Pick<MessageStore, 'get'>;
  readonly log: MemoryLog;
  readonly health: Pick<HealthStore, 'read'>;
  readonly crowding?: () => Crowding;
  /** Deliveries whose rows cannot be parsed. */
  readonly unreadable?: ((delivery: Delivery) => boolean) | undefined;
}

/** Reads all that an attempt depends on, as of one instant. */
export const makeMemoryReader = ({
  tenants,
  messages,
  log,
  health,
  crowding = () => NOT_CROWDED,
  unreadable = () => false,
}: ReaderSources): DeliveryReader => ({
  read: async (deliveries) => {
    const loaded = await tenants.load(deliveries);
    const found = await Promise.all(
      deliveries.map(({ orgId, appId, messageId }) => messages.get(orgId, appId, messageId)),
    );
    const healths = await Promise.all(deliveries.map((delivery) => health.read(delivery)));
    const crowded = crowding();
    return deliveries.map((delivery, index) => {
      const { trigger } = delivery;
      const retries = trigger.kind === 'scheduled' && trigger.number > 1;
      const before = retries
        ? { ...delivery, trigger: { ...trigger, number: trigger.number - 1 } }
        : undefined;
      const context = {
        tenant: loaded[index],
        message: found[index],
        recorded: log.find(delivery),
        mayHaveDuplicate: before !== undefined && log.wasRedone(before),
        notBefore: notBefore(trigger, before === undefined ? undefined : log.find(before)),
        endedByResend: retries && log.wasEnded(delivery),
        health: healths[index] ?? HEALTHY,
        crowding: crowded,
      };
      return async () => {
        if (unreadable(delivery)) throw new Error('a row of another format');
        const endpoint = findEndpoint(loaded[index], delivery.endpointId);
        return { ...context, health: currentHealth(context.health, endpoint) };
      };
    });
  },
});
