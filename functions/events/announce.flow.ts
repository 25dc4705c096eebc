import type { Attempt } from '../deliver/attempts/attempt.domain.ts';
import { eventOfAttempt, eventsOfEndpoint, isOperational } from './domain-event.domain.ts';
import type { CatalogedEndpoint } from '../catalog/endpoints/endpoint.domain.ts';
import type { Announced, DomainEvent } from './domain-event.domain.ts';
import { MANAGEMENT_ORGANIZATION } from './operational-webhooks/operational-webhook.domain.ts';
import type { TenantKey } from '../catalog/catalog.port.ts';
import type { PublishOperationally } from './operational-webhooks/operational-webhooks.flow.ts';
import { settleAll } from '../platform/settle.domain.ts';

export interface EndpointChange {
  readonly before: CatalogedEndpoint | undefined;
  readonly after: CatalogedEndpoint;
}

/** The port to the event bus. Returns when every fact was accepted, or throws. */
export interface Announcements {
  put(domainEvents: readonly Announced[]): Promise<void>;
}

/** Whose application a fact is about, and whether its organization wants operational webhooks. */
export interface EventContext {
  readonly appUid: string | null;
  readonly operationalWebhooks: boolean;
}

/** The port to the Catalog, as announcing needs it. In the order of the keys; applications that are gone included. */
export interface EventContexts {
  load(keys: readonly TenantKey[]): Promise<readonly EventContext[]>;
}

export interface AnnounceDeps {
  readonly contexts: EventContexts;
  readonly bus: Announcements;
  readonly operational: PublishOperationally;
}

/**
 * Says what happened, on the event bus and as operational webhooks. A repeat says the same again under the same ids.
 * The management organization announces nothing itself, or its own failures would be told to it without end.
 */
export const makeAnnounce = ({ contexts, bus, operational }: AnnounceDeps) => {
  const say = async (all: readonly DomainEvent[]): Promise<void> => {
    const domainEvents = all.filter(({ orgId }) => orgId !== MANAGEMENT_ORGANIZATION);
    if (domainEvents.length === 0) return;
    const found = await contexts.load(domainEvents);
    const told = domainEvents.map(
      (domainEvent, index): { readonly domainEvent: Announced; readonly wanted: boolean } => ({
        domainEvent: { ...domainEvent, appUid: found[index]?.appUid ?? null },
        wanted: found[index]?.operationalWebhooks ?? false,
      }),
    );
    await settleAll([
      bus.put(told.map(({ domainEvent }) => domainEvent)),
      operational(
        told.flatMap(({ domainEvent, wanted }) =>
          wanted && isOperational(domainEvent) ? [domainEvent] : [],
        ),
      ),
    ]);
  };
  return {
    attempts: (attempts: readonly Attempt[]) =>
      say(attempts.map(eventOfAttempt).filter((domainEvent) => domainEvent !== undefined)),
    endpoints: (changes: readonly EndpointChange[]) =>
      say(changes.flatMap(({ before, after }) => eventsOfEndpoint(before, after))),
  };
};
