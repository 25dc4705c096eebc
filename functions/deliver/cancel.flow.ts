import type { Attempt } from './attempts/attempt.domain.ts';
import type { Ids } from '../platform/ids/ids.domain.ts';
import type { AttemptLog } from './delivery.port.ts';
import type { DeliveryOutcome, DeliveryRecord } from './delivery-record.ts';
import type { Step } from '../platform/steps/steps.ts';
import { CANCEL_SENTENCES } from './canceled.domain.ts';
import type { CancelReason } from './canceled.domain.ts';

export interface CancelDeps {
  readonly log: Pick<AttemptLog, 'record'>;
  readonly ids: Ids;
  readonly now: () => number;
  readonly step: Step;
}

/** Records that a delivery ended without success. Safe to repeat: the first record of an attempt number counts. */
export type Cancel = (record: DeliveryRecord, reason: CancelReason) => Promise<DeliveryOutcome>;

export const makeCancel = ({ log, ids, now, step }: CancelDeps): Cancel => {
  const canceledAttempt = ({ delivery, context }: DeliveryRecord, reason: CancelReason): Attempt => {
    const { orgId, appId, messageId, endpointId, trigger } = delivery;
    const { message, tenant, notBefore } = context;
    const at = Math.max(now(), notBefore);
    return {
      ...{ orgId, appId, messageId, endpointId, trigger },
      ...{ id: ids.attempt(at), at },
      url: tenant?.endpoints.find(({ id }) => id === endpointId)?.url ?? '',
      ...{ succeeded: false, cause: `canceled:${reason}` },
      ...{ responseStatusCode: 0, response: CANCEL_SENTENCES[reason], responseDurationMs: 0 },
      decision: { kind: 'canceled', reason },
      eventType: message?.eventType ?? '',
      eventId: message?.eventId ?? null,
      channels: message?.channels ?? null,
      tags: message?.tags ?? null,
    };
  };

  return async (record, reason) => {
    await log.record(canceledAttempt(record, reason), record.context.message);
    await step('deliver.canceled');
    return { kind: 'canceled', reason };
  };
};
