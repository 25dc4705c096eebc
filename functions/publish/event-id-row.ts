import * as z from 'zod';
import type { Message } from '../messages/message.domain.ts';
import { messageTtl } from '../messages/message-row.ts';
import { messageKeys } from '../platform/dynamodb/keys.ts';
import type { Row } from '../platform/dynamodb/table.ts';
import { messageId } from '../platform/ids/brand.domain.ts';

const VERSION = 1;

/** The row that reserves an event id of an application: `m` is its message. It expires with the message. */
export const eventIdRow = z.object({
  v: z.literal(VERSION),
  m: z.string().transform(messageId),
  ttl: z.number(),
});

/** What a reservation says of its message. */
export type EventIdOwner = Pick<Message, 'orgId' | 'appId' | 'id' | 'retainUntil'>;

export const reservationOf = (owner: EventIdOwner, eventId: string): Row => ({
  ...messageKeys.eventId(owner.orgId, owner.appId, eventId),
  ...{ v: VERSION, type: 'eid', m: owner.id, ttl: messageTtl(owner) },
});
