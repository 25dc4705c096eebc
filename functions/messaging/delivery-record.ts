import * as z from 'zod';
import { appId, endpointId, messageId, orgId } from '../domain/brand.ts';
import type { Delivery } from '../flows/delivery.ts';

const VERSION = 1;

const record = z.object({
  v: z.literal(VERSION),
  o: z.string().transform(orgId),
  a: z.string().transform(appId),
  m: z.string().transform(messageId),
  e: z.string().transform(endpointId),
  n: z.number().int().positive().optional(),
  r: z.string().min(1).optional(),
  s: z.array(z.number()),
});

/** A delivery as text for a queue record or a due item. */
export const formatDelivery = (delivery: Delivery): string =>
  JSON.stringify({
    v: VERSION,
    o: delivery.orgId,
    a: delivery.appId,
    m: delivery.messageId,
    e: delivery.endpointId,
    ...(delivery.turn.kind === 'scheduled' ? { n: delivery.turn.number } : { r: delivery.turn.request }),
    s: delivery.schedule,
  });

/** The delivery in such a text. Throws where it has another form: a fault of ours, which belongs in the DLQ. */
export const parseDelivery = (text: string): Delivery => {
  const parsed = record.parse(JSON.parse(text));
  return {
    orgId: parsed.o,
    appId: parsed.a,
    messageId: parsed.m,
    endpointId: parsed.e,
    turn:
      parsed.r === undefined
        ? { kind: 'scheduled', number: parsed.n ?? 1 }
        : { kind: 'manual', request: parsed.r },
    schedule: parsed.s,
  };
};
