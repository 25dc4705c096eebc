import type { DisabledReason } from '../catalog/endpoints/endpoint.domain.ts';
import type { Attempt } from '../deliver/attempts/attempt.domain.ts';
import type { CancelReason } from '../deliver/canceled.domain.ts';
import type { AppId, EndpointId, OrgId } from '../platform/ids/brand.domain.ts';
import type { CatalogedEndpoint } from '../catalog/endpoints/endpoint.domain.ts';

/** What happened, for everyone who listens on the event bus. `id` is derived from the fact: a repeat is the same. */
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
        /** Why it failed; null: it did not. */
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

/** What operational webhooks tell: Svix's list, which has no canceled deliveries. Those are on the event bus alone. */
type OperationalType = Exclude<DomainEvent['type'], 'message.attempt.canceled'>;

/** The try whose failure is worth a word while retries remain, and the one from which a success is a recovery. */
const FAILING_ON_TRY = 4;
const RECOVERED_FROM_TRY = 5;

const attemptFactType = (attempt: Attempt) => {
  const number = attempt.trigger.kind === 'scheduled' ? attempt.trigger.number : 0;
  switch (attempt.decision.kind) {
    case 'succeeded':
      return number >= RECOVERED_FROM_TRY ? 'message.attempt.recovered' : undefined;
    case 'retry':
      return number === FAILING_ON_TRY ? 'message.attempt.failing' : undefined;
    case 'exhausted':
    case 'gone':
      return 'message.attempt.exhausted';
    case 'manual-failed':
    case 'canceled':
      return undefined;
  }
};

const canceledFact = (attempt: Attempt, reason: CancelReason): DomainEvent => {
  const type = 'message.attempt.canceled';
  const { id, orgId, appId, endpointId, at, messageId: msgId, eventId: msgEventId } = attempt;
  return {
    ...{ id: `${type}#${id}`, type, orgId, appId, endpointId, at },
    ...{ msgId, msgEventId, canceled: { id, reason } },
  };
};

/** The fact that an attempt amounts to, if any: healthy attempts are not announced. */
export const eventOfAttempt = (attempt: Attempt): DomainEvent | undefined =>
  attempt.decision.kind === 'canceled' ? canceledFact(attempt, attempt.decision.reason) : triedFact(attempt);

const triedFact = (attempt: Attempt): DomainEvent | undefined => {
  const type = attemptFactType(attempt);
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

/** A fact with what the Catalog adds to it: the uid of its application. */
export type Announced = DomainEvent & { readonly appUid: string | null };

/** Everything but headers, and what each write changes, as text. */
const besidesHeaders = (endpoint: CatalogedEndpoint): string =>
  JSON.stringify({ ...endpoint, headers: null, updatedAt: null, rev: null });

/** The contract announces no changes of headers. */
const isHeadersOnly = (before: CatalogedEndpoint, after: CatalogedEndpoint): boolean =>
  JSON.stringify(before.headers) !== JSON.stringify(after.headers) &&
  besidesHeaders(before) === besidesHeaders(after);

const endpointFactType = (before: CatalogedEndpoint | undefined, after: CatalogedEndpoint) => {
  // A deleted endpoint's row moves aside, so nothing stood before where it stands now.
  if (after.deletedAt !== null) return (before?.deletedAt ?? null) === null ? 'endpoint.deleted' : undefined;
  if (before === undefined) return 'endpoint.created';
  return isHeadersOnly(before, after) ? undefined : 'endpoint.updated';
};

/** The facts that a change of an endpoint amounts to. Turned off by the system is one of its own. */
export const eventsOfEndpoint = (
  before: CatalogedEndpoint | undefined,
  after: CatalogedEndpoint,
): readonly DomainEvent[] => {
  const { orgId, appId, id: endpointId, updatedAt: at, rev } = after;
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
  const type = endpointFactType(before, after);
  return type === undefined ? [] : [{ ...common, id: `${type}#${endpointId}#${rev}`, type }];
};

/** An event that operational webhooks tell. */
export type OperationalEvent = Announced & { readonly type: OperationalType };

/** Whether operational webhooks tell of it, too. */
export const isOperational = (domainEvent: Announced): domainEvent is OperationalEvent =>
  domainEvent.type !== 'message.attempt.canceled';
