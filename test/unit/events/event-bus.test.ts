import { expect, it } from 'vitest';
import type { Announced } from '../../../functions/events/domain-event.domain.ts';
import { makeEventBus } from '../../../functions/events/event-bus.eventbridge.ts';
import type { EventBridgeClient } from '../../../functions/platform/aws/command.ts';
import { APP, ENDPOINT, NOON, ORG } from '../../support/simulation/builders.ts';

const event = (id: string): Announced => ({
  ...{ id, orgId: ORG, appId: APP, endpointId: ENDPOINT, at: NOON, appUid: null },
  ...{ type: 'endpoint.created', endpointUid: null },
});

interface Entry {
  readonly Detail: string;
}

/** A bus that answers as `refuse` says; returns the ids of each call. */
const busWhere = (
  refuse: (id: string) => boolean,
  broken: (ids: readonly string[]) => boolean = () => false,
) => {
  const calls: string[][] = [];
  const client = {
    send: async ({ input }: { input: { Entries: readonly Entry[] } }) => {
      const ids = input.Entries.map(({ Detail }) => (JSON.parse(Detail) as { id: string }).id);
      calls.push(ids);
      if (broken(ids)) throw new Error('no answer from EventBridge');
      return {
        FailedEntryCount: ids.filter(refuse).length,
        Entries: ids.map((id) =>
          refuse(id) ? { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' } : { EventId: 'e' },
        ),
      };
    },
  };
  return { bus: makeEventBus(client as unknown as EventBridgeClient, 'events'), calls };
};

const names = (count: number) => Array.from({ length: count }, (_, index) => `event-${index}`);
const failuresOf = async (ids: readonly string[], put: (one: Announced) => Promise<void>) => {
  const outcomes = await Promise.allSettled(ids.map((id) => put(event(id))));
  return ids.filter((_, index) => outcomes[index]!.status === 'rejected');
};

it('event bus: an entry that PutEvents refuses fails its own event and none beside it', async () => {
  const { bus, calls } = busWhere((id) => id === 'event-1');
  await expect(failuresOf(names(3), (one) => bus.put(one))).resolves.toEqual(['event-1']);
  await expect(bus.put(event('event-1'))).rejects.toThrow('event-1: ThrottlingException slow down');
  expect(calls).toEqual([names(3), ['event-1']]);
});

it('event bus: events that are put at the same time share calls of ten, each of which fails alone', async () => {
  const { bus, calls } = busWhere(
    () => false,
    (ids) => ids.includes('event-3'),
  );
  await expect(failuresOf(names(23), (one) => bus.put(one))).resolves.toEqual(names(10));
  expect(calls.map((ids) => ids.length)).toEqual([10, 10, 3]);
});
