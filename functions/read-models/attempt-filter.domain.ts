import { outcomeOfAttempt } from '../deliver/attempts/attempt.domain.ts';
import type { Attempt, AttemptOutcome } from '../deliver/attempts/attempt.domain.ts';
import type { Cause } from '../deliver/explanation.domain.ts';
import { ANY_MESSAGE, passesMessageFilter } from '../messages/message-filter.domain.ts';
import type { MessageFilter } from '../messages/message-filter.domain.ts';

/** The filters of lists by an attempt, or by the latest one of a message at an endpoint; null: any. */
export interface AttemptFilter extends MessageFilter {
  /** Inclusive range of response status codes. */
  readonly statusCodes: { readonly from: number; readonly to: number } | null;
  /** null: successes too. */
  readonly causes: readonly Cause[] | null;
}

export const ANY_ATTEMPT: AttemptFilter = { ...ANY_MESSAGE, statusCodes: null, causes: null };

export const passesAttemptFilter = (
  { statusCodes, causes, ...filter }: AttemptFilter,
  attempt: Pick<Attempt, 'responseStatusCode' | 'cause' | 'eventType' | 'channels' | 'tags'>,
): boolean =>
  (statusCodes === null ||
    (attempt.responseStatusCode >= statusCodes.from && attempt.responseStatusCode <= statusCodes.to)) &&
  (causes === null || (attempt.cause !== null && causes.includes(attempt.cause))) &&
  passesMessageFilter(filter, attempt);

/** Whether an attempt passes the filters of a list of attempts. */
export const acceptsAttempt =
  ({ outcomes, ...filter }: AttemptFilter & { readonly outcomes: readonly AttemptOutcome[] | null }) =>
  (attempt: Attempt): boolean =>
    (outcomes === null || outcomes.includes(outcomeOfAttempt(attempt))) &&
    passesAttemptFilter(filter, attempt);
