import type { Delivery, DeliveryQueue, DueStore } from './delivery.ts';

/** The longest that SQS holds a message back (seconds). */
const LONGEST_QUEUE_DELAY = 900;

export type Schedule = (delivery: Delivery, atMs: number, nowMs: number) => Promise<void>;

/** Puts a delivery back on the way at an instant: as a queue delay where that reaches, as a due item beyond. */
export const makeSchedule =
  (queue: DeliveryQueue, due: DueStore): Schedule =>
  async (delivery, atMs, nowMs) => {
    const delaySeconds = Math.max(0, Math.round((atMs - nowMs) / 1000));
    if (delaySeconds <= LONGEST_QUEUE_DELAY) await queue.send([{ delivery, delaySeconds }]);
    else await due.put(delivery, atMs, nowMs);
  };
