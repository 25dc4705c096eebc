import type { AttemptOutcome, Trigger } from '../../platform/ids/trigger.domain.ts';
import type { FailureCause } from '../causes.domain.ts';
import type { ConnectPhases } from '../http-client/connect-phases.domain.ts';
import type { ResponseHeaders } from './response-headers.domain.ts';
import type { CancelCause, CancelReason } from '../canceled.domain.ts';
import type { ReceiverRequest } from '../receiver-requests.domain.ts';
import type { AppId, AttemptId, EndpointId, MessageId, OrgId } from '../../platform/ids/brand.domain.ts';

export type { AttemptOutcome, Trigger } from '../../platform/ids/trigger.domain.ts';

/** What follows from an attempt. Stored with it, jittered instant included, so that a repeat does exactly the same. */
export type Decision =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'retry'; readonly at: number }
  | { readonly kind: 'exhausted' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'manual-failed' }
  /** Nothing was sent: the delivery is over. A resend or replay may still send it, under another trigger. */
  | { readonly kind: 'canceled'; readonly reason: CancelReason };

/** Whether it is the first attempt of a schedule, or of a schedule that a replay starts again. */
export const isFirst = (trigger: Trigger): boolean => trigger.kind === 'scheduled' && trigger.number === 1;

/** One attempt at one endpoint, or a canceled delivery. Instants are ms since 1970; `at` is the id's time. */
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
  /** 0 if there was no response. A response that could not be used may be a failure in spite of a 2xx. */
  readonly responseStatusCode: number;
  /** Why it failed; null: it succeeded. */
  readonly cause: FailureCause | CancelCause | null;
  /** What the receiver requested in its response; absent: nothing. */
  readonly receiverRequests?: readonly ReceiverRequest[];
  readonly response: string;
  /** Absent: there was no response, or they are not stored. */
  readonly responseHeaders?: ResponseHeaders;
  /** Absent: they were not measured (the connection was reused), or are not stored. */
  readonly phases?: ConnectPhases;
  readonly responseDurationMs: number;
  readonly decision: Decision;
  readonly eventType: string;
  readonly eventId: string | null;
  readonly channels: readonly string[] | null;
  readonly tags: readonly string[] | null;
}

/** When the retry after this attempt is due (ms); null: there is none. */
export const nextAttemptAt = (attempt: Pick<Attempt, 'decision'>): number | null =>
  attempt.decision.kind === 'retry' ? attempt.decision.at : null;

export const outcomeOfAttempt = ({
  succeeded,
  decision,
}: Pick<Attempt, 'succeeded' | 'decision'>): AttemptOutcome =>
  decision.kind === 'canceled' ? 'canceled' : succeeded ? 'succeeded' : 'failed';
