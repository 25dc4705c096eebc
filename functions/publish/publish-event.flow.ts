import type { ApplicationFields, Tenant, Tenants } from '../catalog/catalog.port.ts';
import type { Message } from '../messages/message.domain.ts';
import type { AppId, MessageId, OrgId } from '../platform/ids/brand.domain.ts';
import { idTime } from '../platform/ids/ids.domain.ts';
import type { Ids } from '../platform/ids/ids.domain.ts';
import type { Once, WorkRecord } from '../platform/idempotency/work-record.port.ts';
import type { EventIdOwner } from './event-id-row.ts';
import { makeCreateImplicitly } from './implicit-application.flow.ts';
import type { MessageContent, MessageStore, SchemaRefusal } from './messages.port.ts';
import { admitAll } from './publish-limits/publish-limits.flow.ts';
import { acceptAll } from './schema-check/check-payload.flow.ts';
import { lifetimeOf, makeWriteMessage } from './write-message.flow.ts';
import type { AcceptDeps } from './write-message.flow.ts';

/** An event that is published as a message. Its repeats have the same event id. */
export interface EventToPublish extends MessageContent {
  readonly orgId: OrgId;
  /** Id or uid. */
  readonly application: string;
  /** The application to create if there is none with this uid; null: none is created. */
  readonly implicit: ApplicationFields | null;
  readonly eventId: string;
}

/** `duplicate`: the event id has its message already, whichever way it was published. */
export type EventOutcome =
  | {
      readonly kind: 'accepted' | 'duplicate';
      readonly message: { readonly id: MessageId; readonly appId: AppId };
    }
  | { readonly kind: 'limited'; readonly retryAfterSeconds: number }
  | SchemaRefusal
  | { readonly kind: 'application-not-found' };

export type PublishEvent = (event: EventToPublish) => Promise<EventOutcome>;

/**
 * `published`: the event id has its message. `reserved`: it has not; a message of this id may be written, which is a new one, or
 * that of an earlier try that may have ended before its message was written.
 */
export interface ReservedEventId {
  readonly kind: 'published' | 'reserved';
  readonly id: MessageId;
}

/** The port to the event ids of applications, which publishing by the API reserves too. */
export interface EventIds {
  reserve(owner: EventIdOwner, eventId: string, nowMs: number): Promise<ReservedEventId>;
  /** Writes the message for which its event id is reserved. */
  store(message: Message): Promise<{ readonly kind: 'stored' | 'id-taken' }>;
}

export interface PublishEventDeps extends AcceptDeps {
  /** May answer from memory for the records of one batch. */
  readonly tenants: Pick<Tenants, 'resolve'>;
  /** Reads the application that was just created. */
  readonly freshTenants: Pick<Tenants, 'resolve'>;
  readonly messages: Pick<MessageStore, 'storePayload'>;
  readonly eventIds: EventIds;
  readonly once: Once;
  readonly ids: Pick<Ids, 'app' | 'message'>;
}

/**
 * Publishes an event once for all its repeats: reserves its event id for a message id, then writes that message. The
 * reservation takes the place of the claim of a request, and the message for the record that the work was completed, so an event
 * costs no write more than a request with an idempotency key. After a crash in between, a repeat finds the reservation and
 * writes its message.
 */
export const makePublishEvent = (deps: PublishEventDeps): PublishEvent => {
  const { tenants, eventIds, once, ids, now, step, rowRetentionDays } = deps;
  const { admit = admitAll, checkPayloads = acceptAll } = deps;

  const createImplicitly = makeCreateImplicitly({ ...deps, tenants: deps.freshTenants });
  const writeMessage = makeWriteMessage({
    ...deps,
    messages: {
      storePayload: (...payload) => deps.messages.storePayload(...payload),
      store: (message) => eventIds.store(message),
    },
  });

  const publishTo = async (event: EventToPublish, tenant: Tenant): Promise<EventOutcome> => {
    const { orgId, id: appId } = tenant.application;
    const state: { reserved?: ReservedEventId; isWritten: boolean } = { isWritten: false };
    const record: WorkRecord = {
      async start() {
        const at = now();
        const { retainUntil } = lifetimeOf(event, tenant, at, rowRetentionDays);
        const owner = { orgId, appId, id: ids.message(at), retainUntil };
        state.reserved = await eventIds.reserve(owner, event.eventId, at);
        await step('publish.event-id-reserved');
        const { kind, id } = state.reserved;
        return kind === 'published' ? { kind: 'completed', result: id } : undefined;
      },
      // The message itself says that it was published, and a reservation without one is taken over by any repeat.
      complete: () => Promise.resolve(),
      release: () => Promise.resolve(),
    };
    await once(record, async () => {
      const { id } = reservedBy(state.reserved);
      const { stored } = await writeMessage(event, tenant, id, idTime(id) ?? now());
      state.isWritten = stored === 'stored';
      return id;
    });
    const { id } = reservedBy(state.reserved);
    return { kind: state.isWritten ? 'accepted' : 'duplicate', message: { id, appId } };
  };

  return async (event) => {
    const tenant = await tenants.resolve(event.orgId, event.application);
    const { implicit } = event;
    const target = tenant ?? (implicit === null ? undefined : await createImplicitly(event, implicit));
    if (target === undefined) return { kind: 'application-not-found' };
    // Limit and schema come before the reservation, so that an event that waits or is refused writes nothing.
    const admitted = await admit(target);
    if (admitted.kind === 'limited') {
      return { kind: 'limited', retryAfterSeconds: admitted.retryAfterSeconds };
    }
    const { refused, violations } = await checkPayloads(target)(event);
    return refused ? { kind: 'schema-violation', violations } : publishTo(event, target);
  };
};

/** POWERTOOLS_IDEMPOTENCY_DISABLED would do the work without its record. */
const reservedBy = (reserved: ReservedEventId | undefined): ReservedEventId => {
  if (reserved === undefined) throw new Error('Powertools idempotency is disabled, and ingest needs it');
  return reserved;
};
