import * as z from 'zod';
import { endpointId } from '../platform/ids/brand.domain.ts';
import type { Message } from './message.domain.ts';
import { ROW_RETENTION_DAYS } from '../platform/limits/retention.domain.ts';
import { DAY_SECONDS } from '../platform/limits/time.domain.ts';
import { messageKeys, readMessageKey } from '../platform/dynamodb/keys.ts';

/** Format version of the row. A release reads its own version and the previous one. */
const VERSION = 1;

/** Binary attributes are bytes in a table and base64 text in a stream event. */
export const binary = z.union([
  z.instanceof(Uint8Array),
  z.string().transform((text): Uint8Array => Buffer.from(text, 'base64')),
]);

/** `gk`: the key of the S3 object that held an expunged payload; `xb`: the task that expunged it; `xc`: when it was canceled. */
const row = z.object({
  v: z.literal(VERSION),
  type: z.literal('msg'),
  pk: z.string(),
  sk: z.string(),
  t: z.string(),
  at: z.number(),
  x: z.number(),
  e: z.string().optional(),
  c: z.array(z.string()).optional(),
  g: z.array(z.string()).optional(),
  ct: z.string().optional(),
  d: z.number().optional(),
  xc: z.number().optional(),
  only: z.string().transform(endpointId).optional(),
  p: binary.optional(),
  k: z.string().optional(),
  gk: z.string().optional(),
  xb: z.string().optional(),
  b: z.number().default(0),
  ix: z.literal(true).optional(),
  ttl: z.number(),
});

const payloadOf = (item: z.output<typeof row>): Message['payload'] => {
  const { p: compressed, k: key, b: bytes, gk: goneKey, xb: by } = item;
  if (compressed !== undefined) return { kind: 'inline', compressed, bytes };
  if (key !== undefined) return { kind: 'object', key, bytes };
  return { kind: 'gone', ...(goneKey !== undefined && { key: goneKey }), ...(by !== undefined && { by }) };
};

/** The `ttl` (seconds since 1970) of a row about something at this instant (ms). */
export const rowTtl = (atMs: number, rowRetentionDays: number = ROW_RETENTION_DAYS): number =>
  Math.ceil(atMs / 1000) + rowRetentionDays * DAY_SECONDS;

/** The `ttl` of a message's row (seconds since 1970). */
export const messageTtl = ({ retainUntil }: Pick<Message, 'retainUntil'>): number =>
  Math.ceil(retainUntil / 1000);

/** A message as a row. Names are short and ids are in the key alone, because every kilobyte costs a write unit. */
export const messageRow = (message: Message): Record<string, unknown> => ({
  ...messageKeys.message(message.orgId, message.appId, message.id),
  v: VERSION,
  type: 'msg',
  t: message.eventType,
  at: message.createdAt,
  x: message.payloadExpiresAt,
  e: message.eventId ?? undefined,
  c: message.channels ?? undefined,
  g: message.tags ?? undefined,
  ct: message.contentType ?? undefined,
  d: message.deliverAt ?? undefined,
  xc: message.canceledAt,
  only: message.onlyEndpoint ?? undefined,
  p: message.payload.kind === 'inline' ? message.payload.compressed : undefined,
  k: message.payload.kind === 'object' ? message.payload.key : undefined,
  b: message.payload.kind === 'gone' ? undefined : message.payload.bytes,
  ix: message.indexed,
  ttl: messageTtl(message),
});

/** Parses the message of a row or stream image. Throws if the row has another form. */
export const parseMessageRow = (item: unknown): Message => {
  const parsed = row.parse(item);
  const place = readMessageKey(parsed);
  if (place === undefined) throw new Error('this is not the key of a message');
  return {
    orgId: place.orgId,
    appId: place.appId,
    id: place.messageId,
    eventType: parsed.t,
    eventId: parsed.e ?? null,
    channels: parsed.c ?? null,
    tags: parsed.g ?? null,
    contentType: parsed.ct ?? null,
    payload: payloadOf(parsed),
    payloadExpiresAt: parsed.x,
    retainUntil: parsed.ttl * 1000,
    createdAt: parsed.at,
    deliverAt: parsed.d ?? null,
    onlyEndpoint: parsed.only ?? null,
    ...(parsed.xc !== undefined && { canceledAt: parsed.xc }),
    ...(parsed.ix !== undefined && { indexed: parsed.ix }),
  };
};
