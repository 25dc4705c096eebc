import { isFirst } from './attempts/attempt.domain.ts';
import type { Eligibility } from './eligibility.domain.ts';
import { eligibilityNow } from './admission.flow.ts';
import type { AttemptLog, Delivery, DeliveryContext } from './delivery.port.ts';
import { mayBeCanceled, mayBeResent } from './canceled.domain.ts';

export interface CheckEligibilityDeps {
  readonly log: Pick<AttemptLog, 'hasEnded' | 'canceled'>;
  readonly now: () => number;
}

/** Whether a delivery may be sent, with what was recorded of its schedule under other turns. Final states stay final. */
export type CheckEligibility = (delivery: Delivery, context: DeliveryContext) => Promise<Eligibility>;

export const makeCheckEligibility = ({ log, now }: CheckEligibilityDeps): CheckEligibility => {
  /** Retries were told with everything else that they have to know; a first attempt asks where it is late. */
  const endedBefore = async (delivery: Delivery, { message }: DeliveryContext): Promise<boolean> =>
    isFirst(delivery.trigger) &&
    (message === undefined || mayBeResent(message, now())) &&
    (await log.hasEnded(delivery));

  return async (delivery, context) => {
    const eligibility = eligibilityNow(delivery, context, now());
    if (eligibility.kind === 'ended') return eligibility;
    if (await endedBefore(delivery, context)) return { kind: 'ended' };
    const { message } = context;
    if (eligibility.kind === 'cancel' || message === undefined) return eligibility;
    if (!mayBeCanceled(message, eligibility.endpoint)) return eligibility;
    const before = await log.canceled(delivery);
    return before?.decision.kind === 'canceled'
      ? { kind: 'cancel', reason: before.decision.reason }
      : eligibility;
  };
};
