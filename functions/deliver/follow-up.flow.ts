import type { DisabledReason } from '../catalog/endpoints/endpoint.domain.ts';
import type { Attempt } from './attempts/attempt.domain.ts';
import { fresh } from './delivery.port.ts';
import type { AttemptLog, Delivery, DeliveryContext, DisableEndpoint } from './delivery.port.ts';
import type { UpdateFailingSince } from './failing-since.flow.ts';
import type { Schedule } from './retries/schedule.flow.ts';
import type { Step } from '../platform/steps/steps.ts';

/**
 * A follow-up that is done again may make a twin of a delivery that is already on its way. Its twin starts this much
 * later (the longest request, 30 s, and a margin), so that what is under way is recorded by then.
 */
export const DUPLICATE_DELAY_MS = 35_000;

export interface FollowUpDeps {
  readonly log: Pick<AttemptLog, 'markRedone' | 'end'>;
  readonly schedule: Schedule;
  readonly disableEndpoint: DisableEndpoint;
  readonly updateFailingSince: UpdateFailingSince;
  readonly now: () => number;
  readonly step: Step;
}

export interface FollowUp {
  /** Does what a recorded decision asks for. `again`: by a repeat of a record whose first time may have been cut off. */
  act(
    delivery: Delivery,
    attempt: Attempt,
    time: 'first' | 'again',
    context: Pick<DeliveryContext, 'tenant' | 'health'>,
  ): Promise<void>;
  /** Brings the very same delivery back at an instant, to see what became of it. */
  lookAgain(delivery: Delivery, atMs: number): Promise<void>;
}

export const makeFollowUp = (deps: FollowUpDeps): FollowUp => {
  const retry = async (delivery: Delivery, attempt: Attempt, at: number, time: 'first' | 'again') => {
    if (delivery.trigger.kind === 'manual') return;
    const next: Delivery = {
      ...fresh(delivery),
      trigger: { ...delivery.trigger, number: delivery.trigger.number + 1 },
    };
    const now = deps.now();
    if (time === 'again') {
      await deps.log.markRedone(attempt);
      await deps.step('deliver.marked-redone');
    }
    await deps.schedule(next, time === 'first' ? at : Math.max(at, now + DUPLICATE_DELAY_MS), now);
  };

  const disable = (delivery: Delivery, { at }: Attempt, reason: DisabledReason) =>
    deps.disableEndpoint(delivery, { reason, failSince: at, attemptedAt: at }, deps.now());

  /** The end of retries that a receiver can ask for too is in the decision. */
  const obey = async (delivery: Delivery, attempt: Attempt) => {
    const requests = attempt.receiverRequests ?? [];
    if (!requests.includes('disable')) return;
    await disable(delivery, attempt, 'receiver');
    await deps.step('deliver.obeyed');
  };

  return {
    async act(delivery, attempt, time, context) {
      const { decision } = attempt;
      await obey(delivery, attempt);
      switch (decision.kind) {
        case 'succeeded':
          if (delivery.trigger.kind === 'manual') await deps.log.end(delivery, attempt.at);
          break;
        case 'retry':
          await retry(delivery, attempt, decision.at, time);
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
    },

    lookAgain: (delivery, atMs) => deps.schedule(delivery, atMs, deps.now()),
  };
};
