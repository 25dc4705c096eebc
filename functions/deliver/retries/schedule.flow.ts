import type { Delivery, DeliveryQueue, DueStore, DrainTimer } from '../delivery.port.ts';

/** The longest that SQS holds a message back (seconds). */
const LONGEST_QUEUE_DELAY = 900;

export type Schedule = (delivery: Delivery, atMs: number, nowMs: number) => Promise<void>;
export type ScheduleDrain = (drainTimer: DrainTimer, nowMs: number) => Promise<void>;

const delayOf = (atMs: number, nowMs: number) => Math.max(0, Math.round((atMs - nowMs) / 1000));

/** Puts a delivery back on the way at an instant: as a queue delay where that reaches, as a due item beyond. */
export const makeSchedule =
  (queue: Pick<DeliveryQueue, 'send'>, due: Pick<DueStore, 'put'>): Schedule =>
  async (delivery, atMs, nowMs) => {
    const delaySeconds = delayOf(atMs, nowMs);
    if (delaySeconds <= LONGEST_QUEUE_DELAY) await queue.send([{ delivery, delaySeconds }]);
    else await due.put(delivery, atMs, nowMs);
  };

/** The same for a reminder, which comes at its `at` and not before. */
export const makeScheduleDrain =
  (queue: Pick<DeliveryQueue, 'drainTimer'>, due: Pick<DueStore, 'putDrainTimer'>): ScheduleDrain =>
  async (drainTimer, nowMs) => {
    const delaySeconds = Math.max(0, Math.ceil((drainTimer.at - nowMs) / 1000));
    if (delaySeconds <= LONGEST_QUEUE_DELAY) await queue.drainTimer(drainTimer, delaySeconds);
    else await due.putDrainTimer(drainTimer, drainTimer.at, nowMs);
  };
