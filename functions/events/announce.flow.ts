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

/** The port to the event bus. Throws unless the bus accepted every event. */
export interface EventBus {
  put(domainEvents: readonly Announced[]): Promise<void>;
}

/** What the Catalog adds to an event: the application's uid and the organization's setting for operational webhooks. */
export interface EventContext {
  readonly appUid: string | null;
  readonly operationalWebhooks: boolean;
}

/** The port to the Catalog. Returns one context per key in the same order, also for deleted applications. */
export interface EventContexts {
  load(keys: readonly TenantKey[]): Promise<readonly EventContext[]>;
}

export interface AnnounceDeps {
  readonly contexts: EventContexts;
  readonly bus: EventBus;
  readonly operational: PublishOperationally;
}

/**
 * Publishes domain events on the event bus and as operational webhooks. A repeat publishes the same ids again. Events
 * of the management organization are dropped: its failed operational webhooks would cause further ones without end.
 */
export const makeAnnounce = ({ contexts, bus, operational }: AnnounceDeps) => {
  const publish = async (all: readonly DomainEvent[]): Promise<void> => {
    const domainEvents = all.filter(({ orgId }) => orgId !== MANAGEMENT_ORGANIZATION);
    if (domainEvents.length === 0) return;
    const found = await contexts.load(domainEvents);
    const announced = domainEvents.map(
      (domainEvent, index): { readonly domainEvent: Announced; readonly operationalWebhooks: boolean } => ({
        domainEvent: { ...domainEvent, appUid: found[index]?.appUid ?? null },
        operationalWebhooks: found[index]?.operationalWebhooks ?? false,
      }),
    );
    await settleAll([
      bus.put(announced.map(({ domainEvent }) => domainEvent)),
      operational(
        announced.flatMap(({ domainEvent, operationalWebhooks }) =>
          operationalWebhooks && isOperational(domainEvent) ? [domainEvent] : [],
        ),
      ),
    ]);
  };
  return {
    attempts: (attempts: readonly Attempt[]) =>
      publish(attempts.map(eventOfAttempt).filter((domainEvent) => domainEvent !== undefined)),
    endpoints: (changes: readonly EndpointChange[]) =>
      publish(changes.flatMap(({ before, after }) => eventsOfEndpoint(before, after))),
  };
};
