import type { Attempt, AttemptOutcome } from '../../deliver/attempts/attempt.domain.ts';
import { nextAttemptAt, outcomeOfAttempt } from '../../deliver/attempts/attempt.domain.ts';
import type { CancelReason } from '../../deliver/canceled.domain.ts';
import type { AppId, AttemptId, EndpointId, MessageId, OrgId } from '../../platform/ids/brand.domain.ts';
import { DAY_MS } from '../../platform/limits/time.domain.ts';

/**
 * Read model: the messages with an attempt at an endpoint, each with its latest state. Attempts may be merged in any
 * order and repeatedly: the newest attempt wins, and `everSucceeded` and `everFailedFinally` never go back to false.
 */
export interface EndpointMessage {
  readonly orgId: OrgId;
  readonly appId: AppId;
  readonly endpointId: EndpointId;
  readonly messageId: MessageId;
  readonly eventType: string;
  readonly channels: readonly string[] | null;
  readonly tags: readonly string[] | null;
  readonly lastAttemptId: AttemptId;
  readonly lastSucceeded: boolean;
  /** Status code of the latest attempt's response; 0: there was none. */
  readonly lastStatusCode: number;
  /** Why the latest attempt failed; null: it succeeded. */
  readonly lastCause: Attempt['cause'];
  /** Why the latest attempt was canceled; null: it was not. */
  readonly canceled: CancelReason | null;
  readonly nextAttemptAt: number | null;
  readonly everSucceeded: boolean;
  /** An attempt failed without a further retry: exhausted, answered 410, or a resend. */
  readonly everFailedFinally: boolean;
}

/** The state after this attempt alone. */
export const endpointMessageOf = (attempt: Attempt): EndpointMessage => ({
  orgId: attempt.orgId,
  appId: attempt.appId,
  endpointId: attempt.endpointId,
  messageId: attempt.messageId,
  eventType: attempt.eventType,
  channels: attempt.channels,
  tags: attempt.tags,
  lastAttemptId: attempt.id,
  lastSucceeded: attempt.succeeded,
  lastStatusCode: attempt.responseStatusCode,
  lastCause: attempt.cause,
  canceled: attempt.decision.kind === 'canceled' ? attempt.decision.reason : null,
  nextAttemptAt: nextAttemptAt(attempt),
  everSucceeded: attempt.succeeded,
  everFailedFinally: outcomeOfAttempt(attempt) === 'failed' && nextAttemptAt(attempt) === null,
});

/** Merges two states of one row; commutative, associative and idempotent. */
export const mergeEndpointMessages = (left: EndpointMessage, right: EndpointMessage): EndpointMessage => ({
  ...(left.lastAttemptId >= right.lastAttemptId ? left : right),
  everSucceeded: left.everSucceeded || right.everSucceeded,
  everFailedFinally: left.everFailedFinally || right.everFailedFinally,
});

/** When the next retry is due (ms since 1970); null: none. A message that succeeded once is not retried. */
export const nextAttemptOf = (state: EndpointMessage): number | null =>
  state.everSucceeded ? null : state.nextAttemptAt;

/** The outcome of the delivery, or else of its latest attempt. A cancellation after a success counts as success. */
export const latestOutcomeOf = (state: EndpointMessage): AttemptOutcome => {
  const isOpen = state.canceled !== null || state.nextAttemptAt !== null;
  if (state.everSucceeded && isOpen) return 'succeeded';
  if (state.canceled !== null) return 'canceled';
  return state.lastSucceeded ? 'succeeded' : 'failed';
};

/**
 * Delivery status of a message at an endpoint, as lists filter by it. `unsuccessful` means failed or canceled, for
 * clients that do not know canceled deliveries.
 */
export type Progress = 'succeeded' | 'failed' | 'canceled' | 'unsuccessful' | 'sending';

/** A retry that has been due for longer than this counts as lost and no longer as sending. */
const SENDING_MS = 7 * DAY_MS;

/** Whether a message has this status. A success outweighs failures; a final failure ends `sending`. */
export const hasProgress = (state: EndpointMessage, progress: Progress, nowMs: number): boolean => {
  switch (progress) {
    case 'succeeded':
      return state.everSucceeded;
    case 'failed':
      return state.everFailedFinally && state.canceled === null && !state.everSucceeded;
    case 'canceled':
      return state.canceled !== null && !state.everSucceeded;
    case 'unsuccessful':
      return (state.everFailedFinally || state.canceled !== null) && !state.everSucceeded;
    case 'sending':
      return (
        !state.everSucceeded &&
        !state.everFailedFinally &&
        state.nextAttemptAt !== null &&
        state.nextAttemptAt > nowMs - SENDING_MS
      );
  }
};
