import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { Announced } from './domain-event.domain.ts';
import type { Announcements } from './announce.flow.ts';

/** Entries that EventBridge takes in one call. */
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

/** Facts as events: source `posthorn`, the fact's type as detail type. Throws unless every one was taken. */
export const makeEventBus = (client: EventBridgeClient, busName: string): Announcements => ({
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
        throw new Error(`the event bus refused ${FailedEntryCount} facts: ${JSON.stringify(Entries)}`);
      }
    }
  },
});
