import { isId } from '../../../functions/platform/ids/ids.domain.ts';
import { payloadIsLive } from '../../../functions/messages/message.domain.ts';
import type { Message } from '../../../functions/messages/message.domain.ts';
import type { CancelStore } from '../../../functions/publish/cancel-message.flow.ts';
import type { MessageReader } from '../../../functions/publish/messages.port.ts';
import type { Claim, MessageStore } from '../../../functions/publish/messages.port.ts';
import { isAbandoned } from '../../../functions/publish/event-id-row.ts';
import type { EventIdOwner } from '../../../functions/publish/event-id-row.ts';
import type { EventIds } from '../../../functions/publish/publish-event.flow.ts';
import { IDEMPOTENCY_SECONDS } from '../../../functions/platform/limits/retention.domain.ts';
import { SECOND_MS } from '../../../functions/platform/limits/time.domain.ts';
import type { AppId } from '../../../functions/platform/ids/brand.domain.ts';
import { shardOf } from '../../../functions/platform/dynamodb/keys.ts';
import { timePage } from './time-page.ts';

/** As many of a shard are listed by age. */
const MOST_NEWEST = 50;

export interface MemoryMessages extends MessageStore, MessageReader, CancelStore {
  /** Replaces a stored message, for tests that age or expunge it. */
  readonly replace: (message: Message) => void;
  readonly remove: (message: Message) => void;
  readonly all: () => readonly Message[];
  readonly eventIds: EventIds;
  /** When the newest messages of an application's shard were accepted, the newest first. */
  readonly newest: (appId: AppId, shard: number, most: number) => readonly number[];
}

/** Accepted messages; `onStored` is their table's stream. */
export const makeMemoryMessages = (
  onStored: (message: Message) => void = () => undefined,
): MemoryMessages => {
  const messages = new Map<string, Message>();
  const eventIds = new Map<string, Message>();
  const claims = new Map<string, { claim: Claim; until: number }>();
  const bodies = new Map<string, Uint8Array>();
  /** Reservations of event ids whose message may not be written yet. */
  const reserved = new Map<string, EventIdOwner>();
  const byShard = new Map<string, readonly number[]>();
  const place = (...parts: readonly string[]) => JSON.stringify(parts);

  const eventIdHolder = (key: string, nowMs: number): EventIdOwner | undefined => {
    const holder = eventIds.get(key) ?? reserved.get(key);
    return holder === undefined || holder.retainUntil < nowMs ? undefined : holder;
  };

  const validClaim = (orgId: string, digest: string, nowMs: number) => {
    const found = claims.get(place(orgId, digest));
    return found === undefined || found.until < nowMs ? undefined : found.claim;
  };

  const bodyOf = (message: Message, nowMs: number) =>
    payloadIsLive(message, nowMs) && message.payload.kind === 'object'
      ? (bodies.get(message.payload.key) ?? null)
      : null;

  const list: MessageReader['list'] = async (orgId, appId, { channel, tag, eventTypes, ...query }, nowMs) =>
    timePage(
      'msg_',
      messages.values(),
      query,
      nowMs,
      (message) =>
        message.orgId === orgId &&
        message.appId === appId &&
        (channel === null || (message.channels?.includes(channel) ?? false)) &&
        (tag === null || (message.tags?.includes(tag) ?? false)) &&
        (eventTypes === null || eventTypes.includes(message.eventType)),
    );

  return {
    all: () => [...messages.values()],
    newest: (appId, shard, most) => (byShard.get(place(appId, String(shard))) ?? []).slice(0, most),
    replace: (message) => {
      const { orgId, appId, id, eventId } = message;
      messages.set(place(orgId, appId, id), message);
      if (eventId !== null) eventIds.set(place(orgId, appId, eventId), message);
    },
    remove: ({ orgId, appId, id, eventId }) => {
      messages.delete(place(orgId, appId, id));
      if (eventId !== null) eventIds.delete(place(orgId, appId, eventId));
    },
    list,
    claim: async (digest, mine, orgId, nowMs, instead) => {
      const found = validClaim(orgId, digest, nowMs);
      const known = found !== undefined && found.messageId === instead?.messageId ? undefined : found;
      if (known === undefined)
        claims.set(place(orgId, digest), { claim: mine, until: nowMs + IDEMPOTENCY_SECONDS * SECOND_MS });
      return known ?? mine;
    },
    claimed: async (digest, orgId, nowMs) => validClaim(orgId, digest, nowMs),
    storePayload: async (orgId, id, body) => {
      const key = place(orgId, id, Buffer.from(body).toString('base64'));
      bodies.set(key, body);
      return { kind: 'object', key, bytes: body.length };
    },
    store: async (message, nowMs) => {
      const { orgId, appId, id, eventId } = message;
      if (messages.has(place(orgId, appId, id))) return { kind: 'id-taken' };
      const reservation = eventId === null ? undefined : place(orgId, appId, eventId);
      const holder = reservation === undefined ? undefined : eventIdHolder(reservation, nowMs);
      if (holder !== undefined && messages.has(place(orgId, appId, holder.id)))
        return { kind: 'event-id-taken' };
      if (holder !== undefined && !isAbandoned(holder.id, nowMs)) return { kind: 'event-id-reserved' };
      if (reservation !== undefined) eventIds.set(reservation, message);
      messages.set(place(orgId, appId, id), message);
      const shard = place(appId, String(shardOf(id)));
      byShard.set(shard, [message.createdAt, ...(byShard.get(shard) ?? [])].slice(0, MOST_NEWEST));
      onStored(message);
      return { kind: 'stored' };
    },
    eventIds: {
      reserve: async (owner, eventId, nowMs) => {
        const { orgId, appId } = owner;
        const key = place(orgId, appId, eventId);
        const id = eventIdHolder(key, nowMs)?.id;
        if (id !== undefined && messages.has(place(orgId, appId, id))) return { kind: 'published', id };
        if (id !== undefined && !isAbandoned(id, nowMs)) return { kind: 'reserved', id };
        reserved.set(key, owner);
        return { kind: 'reserved', id: owner.id };
      },
      store: async (message) => {
        const { orgId, appId, id, eventId } = message;
        if (messages.has(place(orgId, appId, id))) return { kind: 'id-taken' };
        if (eventId !== null) eventIds.set(place(orgId, appId, eventId), message);
        messages.set(place(orgId, appId, id), message);
        onStored(message);
        return { kind: 'stored' };
      },
    },
    get: async (orgId, appId, id) => messages.get(place(orgId, appId, id)),
    find: async (orgId, appId, idOrEventId) =>
      isId('msg_', idOrEventId)
        ? messages.get(place(orgId, appId, idOrEventId))
        : eventIds.get(place(orgId, appId, idOrEventId)),
    findMany: async (orgId, appId, ids) => ids.flatMap((id) => messages.get(place(orgId, appId, id)) ?? []),
    markCanceled: async ({ orgId, appId, id }, nowMs, dueAfter) => {
      const stored = messages.get(place(orgId, appId, id));
      if (stored === undefined || stored.canceledAt !== undefined || (stored.deliverAt ?? 0) <= dueAfter)
        return stored;
      const canceled = { ...stored, canceledAt: nowMs };
      messages.set(place(orgId, appId, id), canceled);
      if (stored.eventId !== null) eventIds.set(place(orgId, appId, stored.eventId), canceled);
      return canceled;
    },
    bodies: async (some, nowMs) => some.map((message) => bodyOf(message, nowMs)),
  };
};
