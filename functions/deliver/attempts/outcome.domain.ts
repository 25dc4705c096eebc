import type { Decision, Trigger } from './attempt.domain.ts';
import { afterFailure } from '../retries/retry-schedule.domain.ts';
import type { FailedAttempt } from '../retries/retry-schedule.domain.ts';

/** How an attempt ended, as far as retry policies need it. */
export type Outcome =
  | { readonly kind: 'success' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'failure'; readonly timedOut: boolean; readonly retryAfter: number | null };

/** Any 2xx is a success. 410 means that the endpoint is gone for good. */
export const outcomeOfStatus = (status: number, retryAfter: number | null): Outcome => {
  if (status >= 200 && status <= 299) return { kind: 'success' };
  if (status === 410) return { kind: 'gone' };
  return { kind: 'failure', timedOut: false, retryAfter };
};

/** `aborted`: the receiver requested no more retries of this message. */
export interface Plan extends Pick<FailedAttempt, 'schedule' | 'nowMs' | 'jitter' | 'latest'> {
  readonly aborted?: boolean;
}

/** What follows from an attempt. A resend is never retried; 410 ends the schedule and disables the endpoint. */
export const decide = (outcome: Outcome, trigger: Trigger, { aborted = false, ...plan }: Plan): Decision => {
  switch (outcome.kind) {
    case 'success':
      return { kind: 'succeeded' };
    case 'gone':
      return { kind: 'gone' };
    case 'failure':
      if (trigger.kind === 'manual') return { kind: 'manual-failed' };
      return aborted ? { kind: 'exhausted' } : afterFailure({ ...plan, ...outcome, number: trigger.number });
  }
};
