import type { DisabledReason } from '../catalog/endpoints/endpoint.domain.ts';
import type { Attempt } from '../deliver/attempts/attempt.domain.ts';
import type { CancelReason } from '../deliver/canceled.domain.ts';
import type { AppId, EndpointId, OrgId } from '../platform/ids/brand.domain.ts';
import type { CatalogedEndpoint } from '../catalog/endpoints/endpoint.domain.ts';
import { FAILING_AT_ATTEMPT, RECOVERED_FROM_ATTEMPT } from '../platform/limits/announced-attempts.domain.ts';

/** An event on the event bus. `id` is derived from its subject, so consumers can deduplicate repeats. */
export type DomainEvent = {
  readonly id: string;
  readonly orgId: OrgId;
  readonly appId: AppId;
  readonly endpointId: EndpointId;
  readonly at: number;
} & (
  | {
      readonly type: 'endpoint.created' | 'endpoint.updated' | 'endpoint.deleted';
      readonly endpointUid: string | null;
    }
  | {
      readonly type: 'endpoint.disabled';
      readonly endpointUid: string | null;
      readonly failSince: number | null;
      readonly reason: DisabledReason | null;
    }
  | {
      readonly type: 'message.attempt.failing' | 'message.attempt.exhausted' | 'message.attempt.recovered';
      readonly msgId: string;
      readonly msgEventId: string | null;
      readonly lastAttempt: {
        readonly id: string;
        readonly responseStatusCode: number;
        readonly timestamp: number;
        /** Why it failed; null after a success. */
        readonly cause: Attempt['cause'];
      };
    }
  | {
      readonly type: 'message.attempt.canceled';
      readonly msgId: string;
      readonly msgEventId: string | null;
      readonly canceled: { readonly id: string; readonly reason: CancelReason };
    }
);

/** Svix's list of operational webhooks. It has no canceled deliveries: those are published on the event bus only. */
type OperationalType = Exclude<DomainEvent['type'], 'message.attempt.canceled'>;

const attemptEventType = (attempt: Attempt) => {
  const number = attempt.trigger.kind === 'scheduled' ? attempt.trigger.number : 0;
  switch (attempt.decision.kind) {
    case 'succeeded':
      return number >= RECOVERED_FROM_ATTEMPT ? 'message.attempt.recovered' : undefined;
    case 'retry':
      return number === FAILING_AT_ATTEMPT ? 'message.attempt.failing' : undefined;
    case 'exhausted':
    case 'gone':
      return 'message.attempt.exhausted';
    case 'manual-failed':
    case 'canceled':
      return undefined;
  }
};

const canceledEvent = (attempt: Attempt, reason: CancelReason): DomainEvent => {
  const type = 'message.attempt.canceled';
  const { id, orgId, appId, endpointId, at, messageId: msgId, eventId: msgEventId } = attempt;
  return {
    ...{ id: `${type}#${id}`, type, orgId, appId, endpointId, at },
    ...{ msgId, msgEventId, canceled: { id, reason } },
  };
};

/** The event of an attempt; undefined for attempts that are not announced, such as first successes. */
export const eventOfAttempt = (attempt: Attempt): DomainEvent | undefined =>
  attempt.decision.kind === 'canceled'
    ? canceledEvent(attempt, attempt.decision.reason)
    : attemptEvent(attempt);

const attemptEvent = (attempt: Attempt): DomainEvent | undefined => {
  const type = attemptEventType(attempt);
  if (type === undefined) return undefined;
  const { orgId, appId, endpointId, at } = attempt;
  return {
    ...{ id: `${type}#${attempt.id}`, type, orgId, appId, endpointId, at },
    msgId: attempt.messageId,
    msgEventId: attempt.eventId,
    lastAttempt: {
      id: attempt.id,
      responseStatusCode: attempt.responseStatusCode,
      timestamp: at,
      cause: attempt.cause,
    },
  };
};

/** A domain event with the uid of its application. */
export type Announced = DomainEvent & { readonly appUid: string | null };

/** The endpoint as text without its headers and without the fields that every write changes. */
const withoutHeaders = (endpoint: CatalogedEndpoint): string =>
  JSON.stringify({ ...endpoint, headers: null, updatedAt: null, rev: null });

/** Only the row changed: it got an expiry. Each change of an endpoint draws a new revision. */
const isSame = (before: CatalogedEndpoint, after: CatalogedEndpoint): boolean =>
  before.rev === after.rev &&
  JSON.stringify({ ...before, rev: null }) === JSON.stringify({ ...after, rev: null });

/** The contract has no event for changed headers. */
const isHeadersOnly = (before: CatalogedEndpoint, after: CatalogedEndpoint): boolean =>
  JSON.stringify(before.headers) !== JSON.stringify(after.headers) &&
  withoutHeaders(before) === withoutHeaders(after);

/** Secrets that were encrypted with another key: every change by a client has a time of its own. */
const isReencrypted = (before: CatalogedEndpoint, after: CatalogedEndpoint): boolean => {
  const rest = (endpoint: CatalogedEndpoint) =>
    JSON.stringify({ ...endpoint, secret: null, oldSecrets: endpoint.oldSecrets.length, rev: null });
  const sealed = ({ secret, oldSecrets }: CatalogedEndpoint) => JSON.stringify([secret, oldSecrets]);
  return sealed(before) !== sealed(after) && rest(before) === rest(after);
};

const endpointEventType = (before: CatalogedEndpoint | undefined, after: CatalogedEndpoint) => {
  // Deletion moves the row to another key, so the new row has no old image.
  if (after.deletedAt !== null) return (before?.deletedAt ?? null) === null ? 'endpoint.deleted' : undefined;
  if (before === undefined) return 'endpoint.created';
  return isHeadersOnly(before, after) || isReencrypted(before, after) ? undefined : 'endpoint.updated';
};

/** The events of a changed endpoint. Auto-disabling has an event of its own. */
export const eventsOfEndpoint = (
  before: CatalogedEndpoint | undefined,
  after: CatalogedEndpoint,
): readonly DomainEvent[] => {
  const { orgId, appId, id: endpointId, updatedAt: at, rev } = after;
  if (before !== undefined && isSame(before, after)) return [];
  const common = { orgId, appId, endpointId, at, endpointUid: after.uid ?? before?.uid ?? null };
  const disabled = after.failSince !== null && before?.failSince === null;
  if (disabled) {
    return [
      {
        ...common,
        id: `endpoint.disabled#${endpointId}#${rev}`,
        type: 'endpoint.disabled',
        failSince: after.failSince,
        reason: after.disabledReason ?? null,
      },
    ];
  }
  const type = endpointEventType(before, after);
  return type === undefined ? [] : [{ ...common, id: `${type}#${endpointId}#${rev}`, type }];
};

/** An event that is also sent as an operational webhook. */
export type OperationalEvent = Announced & { readonly type: OperationalType };

/** Whether the event is also sent as an operational webhook. */
export const isOperational = (domainEvent: Announced): domainEvent is OperationalEvent =>
  domainEvent.type !== 'message.attempt.canceled';
