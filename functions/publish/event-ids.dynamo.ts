import { wholeSeconds } from '../platform/limits/time.domain.ts';
import { messageRow } from '../messages/message-row.ts';
import type { DynamoClient } from '../platform/aws/command.ts';
import type { InsertNew } from '../platform/dynamodb/insert-new.ts';
import { messageKeys } from '../platform/dynamodb/keys.ts';
import { putNew } from '../platform/dynamodb/put-new.ts';
import { TableBusy, getRow } from '../platform/dynamodb/table.ts';
import { eventIdRow, isAbandoned, reservationOf } from './event-id-row.ts';
import type { EventIds } from './publish-event.flow.ts';

export interface EventIdsOptions {
  readonly client: DynamoClient;
  /** Messages. */
  readonly table: string;
  /** Writes a new row; absent: in a call of its own. */
  readonly insert?: InsertNew;
}

/** How often one call follows a reservation that changes under it. */
const ROUNDS = 3;

/** Event ids in Messages, beside the messages that they belong to. */
export const makeEventIds = ({
  client,
  table,
  insert = (row) => putNew(client, table, row),
}: EventIdsOptions): EventIds => ({
  async reserve(owner, eventId, nowMs) {
    const mine = reservationOf(owner, eventId);
    let stored = await insert(mine);
    for (let round = 0; round < ROUNDS; round += 1) {
      // An earlier try of this call wrote the row, but its response was lost.
      const { m: id, ttl } = eventIdRow.parse(stored ?? mine);
      if (id === owner.id) return { kind: 'reserved', id };
      const isExpired = ttl < wholeSeconds(nowMs);
      const place = { table, key: messageKeys.message(owner.orgId, owner.appId, id) };
      if (!isExpired && (await getRow(client, place)) !== undefined) return { kind: 'published', id };
      if (!isExpired && !isAbandoned(id, nowMs)) return { kind: 'reserved', id };
      stored = await putNew(client, table, mine, wholeSeconds(nowMs), { name: 'm', value: id });
    }
    throw new TableBusy('the reservation of an event id kept changing');
  },

  async store(message) {
    const existing = await insert(messageRow(message));
    return { kind: existing === undefined ? 'stored' : 'id-taken' };
  },
});
