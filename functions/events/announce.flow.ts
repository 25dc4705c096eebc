import type { Attempt } from '../deliver/attempts/attempt.domain.ts';
import { eventOfAttempt, eventsOfEndpoint, isOperational } from './domain-event.domain.ts';
import type { CatalogedEndpoint } from '../catalog/endpoints/endpoint.domain.ts';
import type { Announced, DomainEvent } from './domain-event.domain.ts';
import { MANAGEMENT_ORGANIZATION } from './operational-webhooks/operational-webhook.domain.ts';
import type { TenantKey } from '../catalog/catalog.port.ts';
import type { PublishOperationally } from './operational-webhooks/operational-webhooks.flow.ts';
import type { Once, WorkRecord } from '../platform/idempotency/work-record.port.ts';
import { settleAll, throwFirstFailure } from '../platform/settle.domain.ts';
import type { Step } from '../platform/steps/steps.ts';

export interface EndpointChange {
  readonly before: CatalogedEndpoint | undefined;
  readonly after: CatalogedEndpoint;
}

/** The port to the event bus. */
export interface EventBus {
  /** Puts one event. Throws unless the bus accepted it. */
  put(domainEvent: Announced): Promise<void>;
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
  readonly once: Once;
  /** The record of whether an event is on the bus. */
  readonly recordOf: (domainEvent: DomainEvent) => WorkRecord;
  readonly step: Step;
}

/** What the record of an event holds once the event is on the bus. */
const ON_BUS = 'on-bus';

/**
 * Publishes domain events on the event bus and as operational webhooks, each once: those on the bus have a record, the
 * others an id that is derived from the event's. Only a crash between bus and record puts an event again, with the same id.
 * Events of the management organization are dropped: its failed operational webhooks would cause further ones without end.
 */
export const makeAnnounce = ({ contexts, bus, operational, once, recordOf, step }: AnnounceDeps) => {
  const putOnce = (domainEvent: Announced) =>
    once(recordOf(domainEvent), async () => {
      await step('announce.recorded');
      await bus.put(domainEvent);
      await step('announce.put');
      return ON_BUS;
    });

  /** Events of one endpoint in order; one that fails does not keep back the others. */
  const putInOrder = async (domainEvents: readonly Announced[]) => {
    const outcomes: PromiseSettledResult<unknown>[] = [];
    for (const domainEvent of domainEvents)
      outcomes.push(...(await Promise.allSettled([putOnce(domainEvent)])));
    throwFirstFailure(outcomes);
  };

  const putAll = async (domainEvents: readonly Announced[]) => {
    const endpoints = Map.groupBy(domainEvents, ({ endpointId }) => endpointId);
    await settleAll([...endpoints.values()].map(putInOrder));
  };

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
      putAll(announced.map(({ domainEvent }) => domainEvent)),
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
