import type { Attempt, AttemptOutcome } from '../../deliver/attempts/attempt.domain.ts';
import { nextAttemptAt, outcomeOfAttempt } from '../../deliver/attempts/attempt.domain.ts';
import type { CancelReason } from '../../deliver/canceled.domain.ts';
import type { AppId, AttemptId, EndpointId, MessageId, OrgId } from '../../platform/ids/brand.domain.ts';

/**
 * Read model: the messages that an endpoint was sent, each with its latest state. Merging is the same in whatever
 * order attempts arrive and however often: the newest attempt wins, and what was once reached stays reached.
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
  /** Why the latest was canceled; null: it was not. */
  readonly canceled: CancelReason | null;
  readonly nextAttemptAt: number | null;
  readonly everSucceeded: boolean;
  /** A try failed and was the last of its kind: exhausted, gone, or a resend. */
  readonly everFailedFinally: boolean;
}

/** The row as it stands when this attempt is the only one known. */
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
  canceled: attempt.decision.kind === 'canceled' ? attempt.decision.reason : null,
  nextAttemptAt: nextAttemptAt(attempt),
  everSucceeded: attempt.succeeded,
  everFailedFinally: outcomeOfAttempt(attempt) === 'failed' && nextAttemptAt(attempt) === null,
});

/** Two states of one row as one; commutative, associative, and repeats change nothing. */
export const mergeEndpointMessages = (left: EndpointMessage, right: EndpointMessage): EndpointMessage => ({
  ...(left.lastAttemptId >= right.lastAttemptId ? left : right),
  everSucceeded: left.everSucceeded || right.everSucceeded,
  everFailedFinally: left.everFailedFinally || right.everFailedFinally,
});

/** When the endpoint is tried again; null where it is not. What was delivered once is not tried again. */
export const nextAttemptOf = (state: EndpointMessage): number | null =>
  state.everSucceeded ? null : state.nextAttemptAt;

/** How the delivery ended, or how its latest attempt did. A cancellation takes nothing back from a success. */
export const latestOutcomeOf = (state: EndpointMessage): AttemptOutcome => {
  const isOpen = state.canceled !== null || state.nextAttemptAt !== null;
  if (state.everSucceeded && isOpen) return 'succeeded';
  if (state.canceled !== null) return 'canceled';
  return state.lastSucceeded ? 'succeeded' : 'failed';
};

/**
 * How far a message has come at an endpoint, as lists filter by it. `unsuccessful` is either of failed and canceled, for
 * clients that know no canceled ones.
 */
export type Progress = 'succeeded' | 'failed' | 'canceled' | 'unsuccessful' | 'sending';

/** A retry that was due longer ago than this is not on its way any more: its queue message was lost. */
const SENDING_MS = 7 * 86_400_000;

/** Whether a state counts as that far. A success outweighs failures; a final failure ends the sending. */
export const hasCome = (state: EndpointMessage, progress: Progress, nowMs: number): boolean => {
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
