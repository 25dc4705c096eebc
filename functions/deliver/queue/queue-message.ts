import * as z from 'zod';
import { appId, attemptId, endpointId, messageId, orgId } from '../../platform/ids/brand.domain.ts';
import type { Delivery, QueueMessage, DrainTimer } from '../delivery.port.ts';
import { triggerAttributes, triggerOf } from '../../platform/ids/trigger.domain.ts';
import type { LogFields } from '../../platform/lambda/log-fields.ts';

const VERSION = 1;

const endpoint = {
  v: z.literal(VERSION),
  o: z.string().transform(orgId),
  a: z.string().transform(appId),
  e: z.string().transform(endpointId),
};

const delivery = z
  .object({
    ...endpoint,
    m: z.string().transform(messageId),
    n: z.number().int().positive().optional(),
    r: z.string().min(1).optional(),
    sr: z.string().min(1).transform(attemptId).optional(),
    s: z.array(z.number()),
    st: z.number().optional(),
    slot: z.number().optional(),
    p: z.number().int().positive().optional(),
  })
  .transform(({ o, a, e, m, n, r, sr, s, st, slot, p }): Delivery => ({
    orgId: o,
    appId: a,
    messageId: m,
    endpointId: e,
    trigger: triggerOf({ n, r, sr }),
    schedule: s,
    ...(st === undefined ? {} : { startedAt: st }),
    ...(slot === undefined ? {} : { slot }),
    ...(p === undefined ? {} : { released: p }),
  }));

/** Only drain timers have `w`, their instant. */
const drainTimer = z
  .object({ ...endpoint, w: z.number(), k: z.number().int().nonnegative() })
  .transform(({ o, a, e, w, k }): DrainTimer => ({ orgId: o, appId: a, endpointId: e, at: w, step: k }));

/** A delivery as text for a queue record, a due item or a parked one. */
export const formatDelivery = (one: Delivery): string =>
  JSON.stringify({
    v: VERSION,
    o: one.orgId,
    a: one.appId,
    m: one.messageId,
    e: one.endpointId,
    ...triggerAttributes(one.trigger),
    s: one.schedule,
    st: one.startedAt,
    slot: one.slot,
    p: one.released,
  });

export const formatDrainTimer = (one: DrainTimer): string =>
  JSON.stringify({ v: VERSION, o: one.orgId, a: one.appId, e: one.endpointId, w: one.at, k: one.step });

/** The delivery in such a text. Throws if it has another form, which is a fault of ours and belongs in the DLQ. */
export const parseDelivery = (text: string): Delivery => delivery.parse(JSON.parse(text));

/** The delivery or drain timer in such a text; throws as `parseDelivery` does. */
export const parseQueueMessage = (text: string): QueueMessage => {
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null && 'w' in value
    ? { kind: 'drainTimer', drainTimer: drainTimer.parse(value) }
    : { kind: 'delivery', delivery: delivery.parse(value) };
};

export const formatQueueMessage = (queueMessage: QueueMessage): string =>
  queueMessage.kind === 'drainTimer'
    ? formatDrainTimer(queueMessage.drainTimer)
    : formatDelivery(queueMessage.delivery);

/** What the log lines of a queue message say that it is about. Throws as `parseQueueMessage` does. */
export const queueMessageLogFields = (body: string): LogFields => {
  const queueMessage = parseQueueMessage(body);
  const { orgId, appId, endpointId } =
    queueMessage.kind === 'delivery' ? queueMessage.delivery : queueMessage.drainTimer;
  if (queueMessage.kind === 'drainTimer') return { orgId, appId, endpointId };
  const { messageId, trigger } = queueMessage.delivery;
  return {
    ...{ orgId, appId, messageId, endpointId },
    ...(trigger.kind === 'scheduled'
      ? { attemptNumber: trigger.number }
      : { resendRequest: trigger.request }),
  };
};
