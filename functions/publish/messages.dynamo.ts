import { wholeSeconds } from '../platform/limits/time.domain.ts';
import { passesMessageFilter } from '../messages/message-filter.domain.ts';
import * as z from 'zod';
import { appId, messageId } from '../platform/ids/brand.domain.ts';
import type { AppId, MessageId, OrgId } from '../platform/ids/brand.domain.ts';
import { isId } from '../platform/ids/ids.domain.ts';
import type { Message } from '../messages/message.domain.ts';
import { idRange } from '../platform/ids/time-range.domain.ts';
import type { MessageReader } from './messages.port.ts';
import type { Claim, MessageStore, Stored } from './messages.port.ts';
import { controlKeys, messageKeys, SHARDS } from '../platform/dynamodb/keys.ts';
import { messageRow, parseMessageRow } from '../messages/message-row.ts';
import type { Payloads } from '../messages/payloads.ts';
import type { InsertNew } from '../platform/dynamodb/insert-new.ts';
import { newRowRequest, putNew } from '../platform/dynamodb/put-new.ts';
import { readIdShard } from '../platform/dynamodb/id-shard.ts';
import { readableRows } from '../platform/dynamodb/readable-rows.ts';
import { listShards } from '../platform/dynamodb/sharded-list.ts';
import { batchGet } from '../platform/dynamodb/batch-get.ts';
import { IDEMPOTENCY_SECONDS } from '../platform/limits/retention.domain.ts';
import { readRow } from '../platform/dynamodb/table.ts';
import { transact } from '../platform/dynamodb/transact.ts';
import { eventIdRow, isAbandoned, reservationOf } from './event-id-row.ts';
import type { DynamoClient } from '../platform/aws/command.ts';

const VERSION = 1;

/** `d`: digest of the request's body. */
const claimRow = z.object({
  v: z.literal(VERSION),
  a: z.string().transform(appId),
  m: z.string().transform(messageId),
  d: z.string().nullable(),
  ttl: z.number(),
});
const claimOf = ({ a, m, d }: z.output<typeof claimRow>): Claim => ({
  appId: a,
  messageId: m,
  requestDigest: d,
});

export interface MessageTables {
  readonly client: DynamoClient;
  readonly messages: string;
  readonly control: string;
  /** Writes a new message without `eventId`; absent: in a call of its own. */
  readonly insert?: InsertNew;
}

/** Lists accepted messages of an application, merged from its shards. */
export const makeMessageList =
  (client: DynamoClient, table: string): MessageReader['list'] =>
  (orgId, app, query, nowMs) =>
    listShards({
      shards: SHARDS,
      range: idRange('msg_', query, nowMs),
      limit: query.limit,
      idOf: ({ id }: Message) => id,
      accepts: (message) => passesMessageFilter(query, message),
      read: (shard, range, limit) =>
        readIdShard(
          client,
          { table, pk: messageKeys.shard(orgId, app, shard), range, limit },
          parseMessageRow,
        ),
    });

/** Reads messages of an application by their ids. Unknown ids are left out. */
export const makeFindMessages =
  (client: DynamoClient, table: string): MessageReader['findMany'] =>
  async (orgId, app, ids) => {
    const places = ids.map((id) => ({ table, key: messageKeys.message(orgId, app, id) }));
    const found = await batchGet(client, places);
    return readableRows(
      places.map(found).filter((row) => row !== undefined),
      parseMessageRow,
    );
  };

/** The store of accepted messages. Each is written once, in one of its application's shards. */
export const makeMessages = (
  { client, messages: table, control, insert = (row) => putNew(client, table, row) }: MessageTables,
  payloads: Payloads,
): MessageStore & MessageReader => {
  const get = (orgId: OrgId, app: AppId, id: MessageId): Promise<Message | undefined> =>
    readRow(client, { table, key: messageKeys.message(orgId, app, id) }, parseMessageRow);
  const readReservation = (orgId: OrgId, app: AppId, eventId: string) =>
    readRow(client, { table, key: messageKeys.eventId(orgId, app, eventId) }, (row) => eventIdRow.parse(row));

  const claim: MessageStore['claim'] = async (digest, mine, orgId, nowMs, instead): Promise<Claim> => {
    const now = wholeSeconds(nowMs);
    const row = {
      ...controlKeys.idempotency(orgId, digest),
      ...{
        v: VERSION,
        a: mine.appId,
        m: mine.messageId,
        d: mine.requestDigest,
        ttl: now + IDEMPOTENCY_SECONDS,
      },
    };
    const before = await putNew(
      client,
      control,
      row,
      now,
      instead && { name: 'm', value: instead.messageId },
    );
    return before === undefined ? mine : claimOf(claimRow.parse(before));
  };

  /** Why an event id is taken, and what may be done about it. Undefined: its reservation has expired. */
  const reservationFound = async ({ orgId, appId: app }: Message, eventId: string, nowMs: number) => {
    const reservation = await readReservation(orgId, app, eventId);
    if (reservation === undefined || reservation.ttl < wholeSeconds(nowMs)) return undefined;
    const { m: id } = reservation;
    if ((await get(orgId, app, id)) !== undefined) return { kind: 'event-id-taken' } as const;
    return isAbandoned(id, nowMs)
      ? ({ kind: 'abandoned', id } as const)
      : ({ kind: 'event-id-reserved' } as const);
  };

  const storeWithEventId = async (message: Message, eventId: string, nowMs: number): Promise<Stored> => {
    const write = async (instead?: MessageId): Promise<Stored> => {
      const outcome = await transact(client, [
        { Put: newRowRequest(table, messageRow(message)) },
        {
          Put: newRowRequest(
            table,
            reservationOf(message, eventId),
            wholeSeconds(nowMs),
            instead === undefined ? undefined : { name: 'm', value: instead },
          ),
        },
      ]);
      if (outcome.kind === 'written') return { kind: 'stored' };
      return { kind: outcome.failed.has(0) ? 'id-taken' : 'event-id-taken' };
    };
    const stored = await write();
    if (stored.kind !== 'event-id-taken') return stored;
    const found = await reservationFound(message, eventId, nowMs);
    if (found?.kind === 'abandoned') return write(found.id);
    return found ?? write();
  };

  return {
    get,
    findMany: makeFindMessages(client, table),
    claim,

    async claimed(digest, orgId, nowMs) {
      const place = { table: control, key: controlKeys.idempotency(orgId, digest) };
      const parsed = await readRow(client, place, (row) => claimRow.parse(row));
      if (parsed === undefined || parsed.ttl < wholeSeconds(nowMs)) return undefined;
      return claimOf(parsed);
    },

    storePayload: (orgId, id, body) => payloads.store(orgId, id, body),

    async store(message, nowMs) {
      if (message.eventId !== null) return storeWithEventId(message, message.eventId, nowMs);
      const existing = await insert(messageRow(message));
      return { kind: existing === undefined ? 'stored' : 'id-taken' };
    },

    async find(orgId, app, idOrEventId) {
      if (isId('msg_', idOrEventId)) return get(orgId, app, messageId(idOrEventId));
      const reservation = await readReservation(orgId, app, idOrEventId);
      return reservation && get(orgId, app, reservation.m);
    },

    list: makeMessageList(client, table),

    bodies: (messages, nowMs) => payloads.readMany(messages, nowMs),
  };
};
