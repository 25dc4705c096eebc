import * as z from 'zod';
import { FAILURE_CAUSES } from '../causes.domain.ts';
import type { FailureCause } from '../causes.domain.ts';
import { RECEIVER_REQUESTS } from '../receiver-requests.domain.ts';
import type { Attempt, Decision } from './attempt.domain.ts';
import { isIndexed } from './attempt-index.domain.ts';
import { headersIn, parsePhases, withHeaders, withPhases } from './stored-headers.ts';
import type { ResponseHeaders } from './response-headers.domain.ts';
import type { Message } from '../../messages/message.domain.ts';
import { attemptId, messageId } from '../../platform/ids/brand.domain.ts';
import { triggerAttributes, triggerOf } from '../../platform/ids/trigger.domain.ts';
import { pack, unpack } from '../../platform/codec/codec.ts';
import { CANCEL_REASONS, CANCEL_SENTENCES } from '../canceled.domain.ts';
import { ATTEMPTS_BY_TIME } from '../../platform/dynamodb/indexes.ts';
import { deliveryKeys, readDeliveryKey, readViewKey } from '../../platform/dynamodb/keys.ts';
import type { Key } from '../../platform/dynamodb/keys.ts';
import type { Row } from '../../platform/dynamodb/table.ts';
import { binary, rowTtl } from '../../messages/message-row.ts';

const VERSION = 1;

const decision = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('succeeded') }),
  z.object({ kind: z.literal('retry'), at: z.number() }),
  z.object({ kind: z.literal('exhausted') }),
  z.object({ kind: z.literal('gone') }),
  z.object({ kind: z.literal('manual-failed') }),
  z.object({ kind: z.literal('canceled'), reason: z.enum(CANCEL_REASONS) }),
]);

/** What every reader of an attempt's row needs. Read models copy it without the response body. */
const facts = z.object({
  v: z.literal(VERSION),
  type: z.literal('at'),
  pk: z.string(),
  sk: z.string(),
  id: z.string().transform(attemptId).optional(),
  m: z.string().transform(messageId).optional(),
  n: z.number().optional(),
  r: z.string().optional(),
  sr: z.string().transform(attemptId).optional(),
  at: z.number(),
  u: z.string(),
  ok: z.boolean(),
  s: z.number(),
  k: z.enum(FAILURE_CAUSES).optional(),
  q: z.array(z.enum(RECEIVER_REQUESTS)).optional(),
  ms: z.number(),
  dec: decision,
  t: z.string(),
  ei: z.string().optional(),
  c: z.array(z.string()).optional(),
  g: z.array(z.string()).optional(),
  b: binary.optional(),
  p: z.string().optional(),
});

/** The key of an attempt, or of a canceled delivery. */
export const attemptKey = ({ orgId, appId, messageId, endpointId, trigger, decision }: Attempt): Key =>
  decision.kind === 'canceled'
    ? deliveryKeys.canceled(orgId, appId, messageId, endpointId, trigger)
    : deliveryKeys.attempt(orgId, appId, messageId, endpointId, trigger);

/** The ids of an attempt, from the key of its row and what that row adds to it: the log `id`, the endpoint's list `m`. */
const idsOf = (row: Pick<z.output<typeof facts>, 'pk' | 'sk' | 'id' | 'm'>) => {
  const logged = readDeliveryKey(row);
  if (logged !== undefined && row.id !== undefined) return { ...logged, id: row.id };
  const listed = readViewKey(row);
  if (listed === undefined || row.m === undefined) throw new Error('this is not the key of an attempt');
  const { orgId, appId, endpointId, name } = listed;
  return { orgId, appId, endpointId, messageId: row.m, id: attemptId(name) };
};

/** What an attempt's row and its copy in the endpoint's list share: everything but the response and ids, which keys have. */
export const attemptFacts = (attempt: Attempt): Record<string, unknown> => ({
  v: VERSION,
  type: 'at',
  ...triggerAttributes(attempt.trigger),
  at: attempt.at,
  u: attempt.url,
  ok: attempt.succeeded,
  s: attempt.responseStatusCode,
  k: attempt.decision.kind === 'canceled' ? undefined : (attempt.cause ?? undefined),
  q: attempt.receiverRequests,
  ms: attempt.responseDurationMs,
  dec: attempt.decision,
  t: attempt.eventType,
  ei: attempt.eventId ?? undefined,
  c: attempt.channels ?? undefined,
  g: attempt.tags ?? undefined,
});

/** The text of a canceled delivery follows from its reason and is not stored. */
const hasBody = ({ response, decision }: Attempt): boolean => response !== '' && decision.kind !== 'canceled';

/**
 * The largest packed response that is stored in its attempt's row. Larger ones are items of their own, so that lists,
 * streams and repeats of a delivery do not read them; small ones would cost a write unit more.
 */
const INLINE_RESPONSE_BYTES = 1_024;

/** The rows that an attempt is stored in. */
export interface AttemptRows {
  /** The row of the log: there is none for the attempt without it. */
  readonly row: Row;
  /** The response, where it is stored apart. Written first, so that a row never names a response that is not there. */
  readonly response: Row | undefined;
}

/** Where an attempt is in the index by time; undefined: it is not. */
const indexKey = (attempt: Attempt, message: Pick<Message, 'indexed'> | undefined): string | undefined =>
  isIndexed(attempt, message)
    ? deliveryKeys.byTime(attempt.orgId, attempt.appId, attempt.messageId, attempt.id)
    : undefined;

/** Whether a row of the log is in the index by time. */
export const isInIndex = (row: Row): boolean => row[ATTEMPTS_BY_TIME.pk] !== undefined;

/** An attempt as rows of the log: the one place where its response is stored. `message`: its own, where it is known. */
export const attemptRows = (
  attempt: Attempt,
  message?: Pick<Message, 'indexed'>,
  rowRetentionDays?: number,
): AttemptRows => {
  const ttl = rowTtl(attempt.at, rowRetentionDays);
  const text = Buffer.from(hasBody(attempt) ? attempt.response : '');
  const packed = text.length === 0 ? undefined : pack(text);
  const apart = packed !== undefined && packed.length > INLINE_RESPONSE_BYTES;
  const row = {
    ...attemptKey(attempt),
    ...attemptFacts(attempt),
    id: attempt.id,
    [ATTEMPTS_BY_TIME.pk]: indexKey(attempt, message),
    ...(apart ? { rb: text.length } : { b: packed }),
    ttl,
  };
  if (!apart) return { row: withHeaders(withPhases(row, attempt), attempt), response: undefined };
  const response = { ...responseKey(attempt), type: 'response', v: VERSION, b: packed, ttl };
  return { row: withPhases(row, attempt), response: withHeaders(response, attempt) };
};

/** Where a response is that is stored apart. An attempt that lost the race for its row leaves one that expires. */
export const responseKey = ({ orgId, appId, id }: Pick<Attempt, 'orgId' | 'appId' | 'id'>): Key =>
  deliveryKeys.response(orgId, appId, id);

/** How many bytes of UTF-8 the response has that is stored apart from its attempt's row; undefined: none is. */
export const bytesApart = ({ rb }: Row): number | undefined => (typeof rb === 'number' ? rb : undefined);

const responseRow = z.object({ v: z.literal(VERSION), b: binary });

/** What the row of a response holds. */
export const parseResponseRow = (item: unknown): Pick<Attempt, 'response' | 'responseHeaders'> => ({
  response: Buffer.from(unpack(responseRow.parse(item).b)).toString(),
  ...headersOf(item),
});

const headersOf = (row: unknown): { readonly responseHeaders?: ResponseHeaders } => {
  const responseHeaders = headersIn(row);
  return responseHeaders === undefined ? {} : { responseHeaders };
};

/** The cause of a canceled delivery follows from its reason. */
const causeOf = (stored: FailureCause | undefined, found: Decision): Attempt['cause'] =>
  found.kind === 'canceled' ? `canceled:${found.reason}` : (stored ?? null);

const responseOf = (found: Decision): string =>
  found.kind === 'canceled' ? CANCEL_SENTENCES[found.reason] : '';

/** Parses what read models copy of a row: not the response, which is large and expensive to decompress. */
export const parseAttemptFacts = ({
  b: _body,
  h: _headers,
  hz: _packedHeaders,
  p: _phases,
  ...row
}: Readonly<Record<string, unknown>>): Attempt => parseAttemptRow(row);

/** The attempt in a row, a copy or a stream image. `response` is empty where it is stored apart, or nowhere. */
export const parseAttemptRow = (item: unknown): Attempt => {
  const parsed = facts.parse(item);
  const found: Decision = parsed.dec;
  return {
    ...idsOf(parsed),
    trigger: triggerOf(parsed),
    at: parsed.at,
    url: parsed.u,
    succeeded: parsed.ok,
    responseStatusCode: parsed.s,
    cause: causeOf(parsed.k, found),
    ...(parsed.q !== undefined && { receiverRequests: parsed.q }),
    response: parsed.b === undefined ? responseOf(found) : Buffer.from(unpack(parsed.b)).toString(),
    ...headersOf(item),
    ...(parsed.p !== undefined && { phases: parsePhases(parsed.p) }),
    responseDurationMs: parsed.ms,
    decision: found,
    eventType: parsed.t,
    eventId: parsed.ei ?? null,
    channels: parsed.c ?? null,
    tags: parsed.g ?? null,
  };
};
