import type { AttemptOutcome, Trigger } from '../../platform/ids/trigger.domain.ts';
import type { FailureCause } from '../causes.domain.ts';
import type { CancelCause, CancelReason } from '../canceled.domain.ts';
import type { ReceiverRequest } from '../receiver-requests.domain.ts';
import type { AppId, AttemptId, EndpointId, MessageId, OrgId } from '../../platform/ids/brand.domain.ts';

export type { AttemptOutcome, Trigger } from '../../platform/ids/trigger.domain.ts';

/** What follows from an attempt. Stored with it, next instant included, so that a repeat redoes exactly this. */
export type Decision =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'retry'; readonly at: number }
  | { readonly kind: 'exhausted' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'manual-failed' }
  /** Nothing was sent: the delivery is over, and may be sent again under another turn. */
  | { readonly kind: 'canceled'; readonly reason: CancelReason };

/** Whether a schedule, or one that starts anew, begins with it. */
export const isFirst = (trigger: Trigger): boolean => trigger.kind === 'scheduled' && trigger.number === 1;

/** One try at one endpoint, as it happened. Instants are ms since 1970; `at` is the id's time. */
export interface Attempt {
  readonly orgId: OrgId;
  readonly appId: AppId;
  readonly messageId: MessageId;
  readonly endpointId: EndpointId;
  readonly id: AttemptId;
  readonly trigger: Trigger;
  readonly at: number;
  readonly url: string;
  readonly succeeded: boolean;
  /** 0 where no answer came. An answer that could not be used may be a failure in spite of a 2xx. */
  readonly responseStatusCode: number;
  /** Why it failed; null: it did not. */
  readonly cause: FailureCause | CancelCause | null;
  /** What the receiver asked for with its answer; absent: nothing. */
  readonly receiverRequests?: readonly ReceiverRequest[];
  readonly response: string;
  readonly responseDurationMs: number;
  readonly decision: Decision;
  readonly eventType: string;
  readonly eventId: string | null;
  readonly channels: readonly string[] | null;
  readonly tags: readonly string[] | null;
}

/** When the endpoint is tried again because of this attempt; null where it is not. */
export const nextAttemptAt = (attempt: Pick<Attempt, 'decision'>): number | null =>
  attempt.decision.kind === 'retry' ? attempt.decision.at : null;

export const outcomeOfAttempt = ({
  succeeded,
  decision,
}: Pick<Attempt, 'succeeded' | 'decision'>): AttemptOutcome =>
  decision.kind === 'canceled' ? 'canceled' : succeeded ? 'succeeded' : 'failed';
