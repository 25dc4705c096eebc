import type { DisabledReason } from '../catalog/endpoints/endpoint.domain.ts';
import type { Attempt } from './attempts/attempt.domain.ts';
import { withoutQueueState } from './delivery.port.ts';
import type { AttemptLog, Delivery, DisableEndpoint } from './delivery.port.ts';
import type { DeliveryRecord } from './delivery-record.ts';
import type { UpdateFailingSince } from './failing-since.flow.ts';
import type { Schedule } from './retries/schedule.flow.ts';
import { DUPLICATE_DELAY_MS } from '../platform/limits/delivery.domain.ts';
import type { Step } from '../platform/steps/steps.ts';

export interface FollowUpDeps {
  readonly log: Pick<AttemptLog, 'markRedone' | 'end'>;
  readonly schedule: Schedule;
  /** Schedules a retry for the first time; retries of one batch may share what it writes. */
  readonly scheduleRetry: Schedule;
  readonly disableEndpoint: DisableEndpoint;
  readonly updateFailingSince: UpdateFailingSince;
  readonly now: () => number;
  readonly step: Step;
}

/** Carries out a recorded decision. `again`: a repeat, because the first time may have been cut off. */
export type FollowUp = (record: DeliveryRecord, attempt: Attempt, time: 'first' | 'again') => Promise<void>;

export const makeFollowUp = (deps: FollowUpDeps): FollowUp => {
  const scheduleRetry = async (delivery: Delivery, attempt: Attempt, at: number, time: 'first' | 'again') => {
    if (delivery.trigger.kind === 'manual') return;
    const next: Delivery = {
      ...withoutQueueState(delivery),
      trigger: { ...delivery.trigger, number: delivery.trigger.number + 1 },
    };
    const now = deps.now();
    if (time === 'first') return deps.scheduleRetry(next, at, now);
    await deps.log.markRedone(attempt);
    await deps.step('deliver.marked-redone');
    await deps.schedule(next, Math.max(at, now + DUPLICATE_DELAY_MS), now);
  };

  const disable = (delivery: Delivery, { at, url }: Attempt, reason: DisabledReason) =>
    deps.disableEndpoint(delivery, { reason, failSince: at, attemptedAt: at, url }, deps.now());

  /** `abort-message`, the other request of a receiver, is part of the decision. */
  const disableOnRequest = async (delivery: Delivery, attempt: Attempt) => {
    const requests = attempt.receiverRequests ?? [];
    if (!requests.includes('disable')) return;
    await disable(delivery, attempt, 'receiver');
    await deps.step('deliver.disabled-on-request');
  };

  return async ({ delivery, context }, attempt, time) => {
    const { decision } = attempt;
    await disableOnRequest(delivery, attempt);
    switch (decision.kind) {
      case 'succeeded':
        if (delivery.trigger.kind === 'manual') await deps.log.end(delivery, attempt.at);
        break;
      case 'retry':
        await scheduleRetry(delivery, attempt, decision.at, time);
        break;
      case 'gone':
        await disable(delivery, attempt, 'gone');
        break;
      case 'exhausted':
        await deps.updateFailingSince(attempt, context);
        break;
      case 'manual-failed':
      case 'canceled':
        break;
    }
    await deps.step('deliver.followed-up');
  };
};
