import type { Announced } from './domain-event.domain.ts';
import type { EventBus } from './announce.flow.ts';
import { PutEventsCommand } from '../platform/aws/commands.ts';
import type { EventBridgeClient } from '../platform/aws/command.ts';
import { chunksOf } from '../platform/concurrency/chunks.ts';
import { makeGroupCommit } from '../platform/concurrency/group-commit.ts';

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

/**
 * Puts events with source `posthorn` and their type as detail type. Events that are put at the same time share a call, and each
 * has the outcome of its own entry: PutEvents may refuse some of them.
 */
export const makeEventBus = (client: EventBridgeClient, busName: string): EventBus => {
  const putTogether = async (domainEvents: readonly Announced[]): Promise<PromiseSettledResult<void>[]> => {
    const { Entries = [] } = await client.send(
      new PutEventsCommand({
        Entries: domainEvents.map((domainEvent) => ({
          EventBusName: busName,
          Source: SOURCE,
          DetailType: domainEvent.type,
          Time: new Date(domainEvent.at),
          Detail: detail(domainEvent),
        })),
      }),
    );
    return domainEvents.map(({ id }, index) => {
      const { EventId, ErrorCode, ErrorMessage } = Entries[index] ?? {};
      if (EventId !== undefined) return { status: 'fulfilled', value: undefined };
      return {
        status: 'rejected',
        reason: new Error(
          `EventBridge refused ${id}: ${ErrorCode ?? 'no answer'} ${ErrorMessage ?? ''}`.trim(),
        ),
      };
    });
  };
  const put = makeGroupCommit<Announced>(async (domainEvents) => {
    const outcomes: PromiseSettledResult<void>[] = [];
    for (const chunk of chunksOf(domainEvents, BATCH)) {
      const [call] = await Promise.allSettled([putTogether(chunk)]);
      outcomes.push(...(call.status === 'fulfilled' ? call.value : chunk.map(() => call)));
    }
    return outcomes;
  });
  return { put };
};
