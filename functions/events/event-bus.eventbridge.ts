import type { Announced } from './domain-event.domain.ts';
import type { EventBus } from './announce.flow.ts';
import { PutEventsCommand } from '../platform/aws/commands.ts';
import type { EventBridgeClient } from '../platform/aws/command.ts';

/** The most entries that PutEvents takes in one call. */
const BATCH = 10;
const SOURCE = 'posthorn';

const detail = (domainEvent: Announced): string =>
  JSON.stringify({
    ...domainEvent,
    at: new Date(domainEvent.at).toISOString(),
    ...('lastAttempt' in domainEvent
      ? {
          lastAttempt: {
            ...domainEvent.lastAttempt,
            timestamp: new Date(domainEvent.lastAttempt.timestamp).toISOString(),
          },
        }
      : {}),
    ...('failSince' in domainEvent && domainEvent.failSince !== null
      ? { failSince: new Date(domainEvent.failSince).toISOString() }
      : {}),
  });

/** Puts events with source `posthorn` and their type as detail type. Throws unless the bus accepted every entry. */
export const makeEventBus = (client: EventBridgeClient, busName: string): EventBus => ({
  async put(domainEvents) {
    for (let start = 0; start < domainEvents.length; start += BATCH) {
      const { FailedEntryCount = 0, Entries = [] } = await client.send(
        new PutEventsCommand({
          Entries: domainEvents.slice(start, start + BATCH).map((domainEvent) => ({
            EventBusName: busName,
            Source: SOURCE,
            DetailType: domainEvent.type,
            Time: new Date(domainEvent.at),
            Detail: detail(domainEvent),
          })),
        }),
      );
      if (FailedEntryCount > 0) {
        throw new Error(`EventBridge refused ${FailedEntryCount} events: ${JSON.stringify(Entries)}`);
      }
    }
  },
});
