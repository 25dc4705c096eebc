import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { Announced } from './domain-event.domain.ts';
import type { Announcements } from './announce.flow.ts';

/** Entries that EventBridge takes in one call. */
const BATCH = 10;
const SOURCE = 'posthorn';

const detail = (fact: Announced): string =>
  JSON.stringify({
    ...fact,
    at: new Date(fact.at).toISOString(),
    ...('lastAttempt' in fact
      ? {
          lastAttempt: { ...fact.lastAttempt, timestamp: new Date(fact.lastAttempt.timestamp).toISOString() },
        }
      : {}),
    ...('failSince' in fact && fact.failSince !== null
      ? { failSince: new Date(fact.failSince).toISOString() }
      : {}),
  });

/** Facts as events: source `posthorn`, the fact's type as detail type. Throws unless every one was taken. */
export const makeEventBus = (client: EventBridgeClient, busName: string): Announcements => ({
  async put(facts) {
    for (let start = 0; start < facts.length; start += BATCH) {
      const { FailedEntryCount = 0, Entries = [] } = await client.send(
        new PutEventsCommand({
          Entries: facts.slice(start, start + BATCH).map((fact) => ({
            EventBusName: busName,
            Source: SOURCE,
            DetailType: fact.type,
            Time: new Date(fact.at),
            Detail: detail(fact),
          })),
        }),
      );
      if (FailedEntryCount > 0) {
        throw new Error(`the event bus refused ${FailedEntryCount} facts: ${JSON.stringify(Entries)}`);
      }
    }
  },
});
