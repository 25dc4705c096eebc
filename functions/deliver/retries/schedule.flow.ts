import type { Delivery, DeliveryQueue, DueStore, DrainTimer } from '../delivery.port.ts';
import { LONGEST_QUEUE_DELAY_SECONDS } from '../../platform/limits/queues.domain.ts';

export type Schedule = (delivery: Delivery, atMs: number, nowMs: number) => Promise<void>;
export type ScheduleDrain = (drainTimer: DrainTimer, nowMs: number) => Promise<void>;

const delayOf = (atMs: number, nowMs: number) => Math.max(0, Math.round((atMs - nowMs) / 1000));

/** Makes a delivery due at an instant: as a queue message with a delay if SQS can delay it so long, else as a due item. */
export const makeSchedule =
  (queue: Pick<DeliveryQueue, 'send'>, due: Pick<DueStore, 'put'>): Schedule =>
  async (delivery, atMs, nowMs) => {
    const delaySeconds = delayOf(atMs, nowMs);
    if (delaySeconds <= LONGEST_QUEUE_DELAY_SECONDS) await queue.send([{ delivery, delaySeconds }]);
    else await due.put(delivery, atMs, nowMs);
  };

/** The same for a drain timer, which is never early. */
export const makeScheduleDrain =
  (queue: Pick<DeliveryQueue, 'drainTimer'>, due: Pick<DueStore, 'putDrainTimer'>): ScheduleDrain =>
  async (drainTimer, nowMs) => {
    const delaySeconds = Math.max(0, Math.ceil((drainTimer.at - nowMs) / 1000));
    if (delaySeconds <= LONGEST_QUEUE_DELAY_SECONDS) await queue.drainTimer(drainTimer, delaySeconds);
    else await due.putDrainTimer(drainTimer, drainTimer.at, nowMs);
  };
