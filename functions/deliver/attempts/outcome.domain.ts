import type { Decision, Trigger } from './attempt.domain.ts';
import { afterFailure } from '../retries/retry-schedule.domain.ts';
import type { FailedTry } from '../retries/retry-schedule.domain.ts';

/** How a try ended, in the terms that policies need. */
export type Outcome =
  | { readonly kind: 'success' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'failure'; readonly timedOut: boolean; readonly retryAfter: number | null };

/** Any 2xx is success; 410 says that nobody will ever listen there again. */
export const outcomeOfStatus = (status: number, retryAfter: number | null): Outcome => {
  if (status >= 200 && status <= 299) return { kind: 'success' };
  if (status === 410) return { kind: 'gone' };
  return { kind: 'failure', timedOut: false, retryAfter };
};

/** `aborted`: the receiver asked for no more retries of this message. */
export interface Plan extends Pick<FailedTry, 'schedule' | 'nowMs' | 'jitter' | 'latest'> {
  readonly aborted?: boolean;
}

/** What follows from a try. A resend is tried once, whatever comes; 410 ends everything. */
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
