import { isFirst } from '../attempts/attempt.domain.ts';
import { mayBeCanceled, mayBeResent } from '../canceled.domain.ts';
import type { AttemptLog, Delivery, DeliveryContext } from '../delivery.port.ts';
import type { DeliveryRecord } from '../delivery-record.ts';
import { eligibilityOf } from './eligibility.domain.ts';
import type { Eligibility } from './eligibility.domain.ts';

/** Eligibility by what was read for the batch. */
export const eligibilityNow = (
  delivery: Delivery,
  { tenant, message, endedByResend }: DeliveryContext,
  nowMs: number,
): Eligibility => {
  const { endpointId, trigger } = delivery;
  return eligibilityOf({ tenant, message, endpointId, trigger, endedByResend, nowMs });
};

export interface CheckEligibilityDeps {
  readonly log: Pick<AttemptLog, 'hasEnded' | 'canceled'>;
  readonly now: () => number;
}

/**
 * Eligibility right before the request. Also reads what the log holds of this delivery under other attempt numbers,
 * where that can matter: a delivery that was canceled or ended stays so.
 */
export type CheckEligibility = (record: DeliveryRecord) => Promise<Eligibility>;

export const makeCheckEligibility = ({ log, now }: CheckEligibilityDeps): CheckEligibility => {
  /** The batch's read covers retries. A first attempt asks only if it is late enough for a resend to precede it. */
  const endedBefore = async ({ delivery, context: { message } }: DeliveryRecord): Promise<boolean> =>
    isFirst(delivery.trigger) &&
    (message === undefined || mayBeResent(message, now())) &&
    (await log.hasEnded(delivery));

  return async (record) => {
    const eligibility = eligibilityNow(record.delivery, record.context, now());
    if (eligibility.kind === 'ended') return eligibility;
    if (await endedBefore(record)) return { kind: 'ended' };
    if (eligibility.kind === 'canceled') return eligibility;
    if (!mayBeCanceled(eligibility.message, eligibility.endpoint)) return eligibility;
    const before = await log.canceled(record.delivery);
    return before?.decision.kind === 'canceled'
      ? { kind: 'canceled', reason: before.decision.reason }
      : eligibility;
  };
};
