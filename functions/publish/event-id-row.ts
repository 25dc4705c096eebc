import * as z from 'zod';
import type { Message } from '../messages/message.domain.ts';
import { messageTtl } from '../messages/message-row.ts';
import { messageKeys } from '../platform/dynamodb/keys.ts';
import type { Row } from '../platform/dynamodb/table.ts';
import { messageId } from '../platform/ids/brand.domain.ts';
import type { MessageId } from '../platform/ids/brand.domain.ts';
import { idTime } from '../platform/ids/ids.domain.ts';
import { ABANDONED_RESERVATION_MS } from '../platform/limits/function-timeouts.domain.ts';

const VERSION = 1;

/** The row that reserves an event id of an application: `m` is its message. It expires with the message. */
export const eventIdRow = z.object({
  v: z.literal(VERSION),
  m: z.string().transform(messageId),
  ttl: z.number(),
});

/** Whether a reservation without its message is so old that who made it does not write the message any more. */
export const isAbandoned = (id: MessageId, nowMs: number): boolean =>
  (idTime(id) ?? 0) + ABANDONED_RESERVATION_MS < nowMs;

/** What a reservation says of its message. */
export type EventIdOwner = Pick<Message, 'orgId' | 'appId' | 'id' | 'retainUntil'>;

export const reservationOf = (owner: EventIdOwner, eventId: string): Row => ({
  ...messageKeys.eventId(owner.orgId, owner.appId, eventId),
  ...{ v: VERSION, type: 'eid', m: owner.id, ttl: messageTtl(owner) },
});
