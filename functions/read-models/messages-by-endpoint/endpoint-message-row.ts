import * as z from 'zod';
import { attemptId, messageId } from '../../platform/ids/brand.domain.ts';
import type { EndpointMessage } from './endpoint-messages.domain.ts';
import { CANCEL_REASONS } from '../../deliver/canceled.domain.ts';
import { FAILURE_CAUSES } from '../../deliver/causes.domain.ts';
import { readViewKey, shardOf, viewKeys } from '../../platform/dynamodb/keys.ts';
import type { Row } from '../../platform/dynamodb/table.ts';

const VERSION = 1;

const schema = z.object({
  v: z.literal(VERSION),
  pk: z.string(),
  sk: z.string().transform(messageId),
  t: z.string(),
  c: z.array(z.string()).optional(),
  g: z.array(z.string()).optional(),
  la: z.string().transform(attemptId),
  ls: z.boolean(),
  s: z.number(),
  k: z.enum(FAILURE_CAUSES).optional(),
  nx: z.number().optional(),
  cx: z.enum(CANCEL_REASONS).optional(),
  es: z.boolean().optional(),
  ef: z.boolean().optional(),
});

/** The row, and the attributes that a newer attempt replaces; undefined: the attribute is removed. */
export const endpointMessageRow = (
  state: EndpointMessage,
): { row: Row; latest: Readonly<Record<'la' | 'ls' | 's' | 'k' | 'nx' | 'cx', unknown>> } => {
  const latest = {
    ...{ la: state.lastAttemptId, ls: state.lastSucceeded, s: state.lastStatusCode },
    k: state.canceled === null ? (state.lastCause ?? undefined) : undefined,
    ...{ nx: state.nextAttemptAt ?? undefined, cx: state.canceled ?? undefined },
  };
  return {
    row: {
      pk: viewKeys.endpointMessages(state.orgId, state.appId, state.endpointId, shardOf(state.messageId)),
      sk: state.messageId,
      ...{
        v: VERSION,
        type: 'em',
        t: state.eventType,
        c: state.channels ?? undefined,
        g: state.tags ?? undefined,
      },
      ...latest,
      es: state.everSucceeded ? true : undefined,
      ef: state.everFailedFinally ? true : undefined,
    },
    latest,
  };
};

/** Parses a row. Throws for other formats. */
export const parseEndpointMessageRow = (item: unknown): EndpointMessage => {
  const parsed = schema.parse(item);
  const place = readViewKey(parsed);
  if (place === undefined) throw new Error("this is not the key of a message in an endpoint's list");
  const { orgId, appId, endpointId } = place;
  return {
    ...{ orgId, appId, endpointId },
    messageId: parsed.sk,
    eventType: parsed.t,
    channels: parsed.c ?? null,
    tags: parsed.g ?? null,
    lastAttemptId: parsed.la,
    lastSucceeded: parsed.ls,
    lastStatusCode: parsed.s,
    lastCause: parsed.cx === undefined ? (parsed.k ?? null) : `canceled:${parsed.cx}`,
    canceled: parsed.cx ?? null,
    nextAttemptAt: parsed.nx ?? null,
    everSucceeded: parsed.es ?? false,
    everFailedFinally: parsed.ef ?? false,
  };
};
