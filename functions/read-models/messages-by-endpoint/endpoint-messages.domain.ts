import type { Attempt } from '../../deliver/attempts/attempt.domain.ts';
import { nextAttemptAt } from '../../deliver/attempts/attempt.domain.ts';
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
  nextAttemptAt: nextAttemptAt(attempt),
  everSucceeded: attempt.succeeded,
  everFailedFinally: !attempt.succeeded && nextAttemptAt(attempt) === null,
});

/** Two states of one row as one; commutative, associative, and repeats change nothing. */
export const mergeEndpointMessages = (left: EndpointMessage, right: EndpointMessage): EndpointMessage => ({
  ...(left.lastAttemptId >= right.lastAttemptId ? left : right),
  everSucceeded: left.everSucceeded || right.everSucceeded,
  everFailedFinally: left.everFailedFinally || right.everFailedFinally,
});

/** How far a message has come at an endpoint, as lists filter by it. */
export type Progress = 'succeeded' | 'failed' | 'sending';

/** A retry that was due longer ago than this was dropped on the way (endpoint off, payload gone): nobody sends it. */
const SENDING_MS = 7 * 86_400_000;

/** Whether a state counts as that far. A success outweighs failures; a final failure ends the sending. */
export const hasCome = (state: EndpointMessage, progress: Progress, nowMs: number): boolean => {
  switch (progress) {
    case 'succeeded':
      return state.everSucceeded;
    case 'failed':
      return state.everFailedFinally && !state.everSucceeded;
    case 'sending':
      return (
        !state.everSucceeded &&
        !state.everFailedFinally &&
        state.nextAttemptAt !== null &&
        state.nextAttemptAt > nowMs - SENDING_MS
      );
  }
};
