import type { Attempt } from './attempt.domain.ts';
import type { DeliveryOutcome, DeliveryRecord } from '../delivery-record.ts';
import type { FollowUp } from '../follow-up.flow.ts';
import { ABANDONED_AFTER_MS } from '../../platform/limits/delivery.domain.ts';
import type { Schedule } from '../retries/schedule.flow.ts';

/** Queue delays are whole seconds and clocks differ, so check this much later than the retry counts as abandoned. */
const CHECK_MARGIN_MS = 5_000;

export interface ResumeDeps {
  readonly followUp: FollowUp;
  readonly schedule: Schedule;
  readonly now: () => number;
}

/**
 * Continues a delivery whose attempt is recorded already; nothing is sent again. The queue message that recorded it
 * (its receive count is above 1) repeats the follow-up, which a crash may have cut off. A duplicate of that message
 * leaves a retry alone until it counts as abandoned.
 */
export type Resume = (record: DeliveryRecord, recorded: Attempt) => Promise<DeliveryOutcome>;

export const makeResume =
  ({ followUp, schedule, now }: ResumeDeps): Resume =>
  async (record, recorded) => {
    const { decision } = recorded;
    const abandonedAt = decision.kind === 'retry' ? decision.at + ABANDONED_AFTER_MS : 0;
    const isOwn = record.receipt.receiveCount > 1;
    if (isOwn || abandonedAt < now()) await followUp(record, recorded, 'again');
    else await schedule(record.delivery, abandonedAt + CHECK_MARGIN_MS, now());
    return { kind: 'repeated', attempt: recorded };
  };
