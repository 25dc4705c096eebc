import { outcomeOfAttempt } from '../deliver/attempts/attempt.domain.ts';
import type { Attempt } from '../deliver/attempts/attempt.domain.ts';
import type { AttemptQuery } from './attempts.port.ts';

/** Whether a cause passes a filter (null: there is none). */
export const acceptsCause = (causes: AttemptQuery['causes'], cause: Attempt['cause']): boolean =>
  causes === null || (cause !== null && causes.includes(cause));

/** Whether an attempt passes the filters of a list. */
export const acceptsAttempt =
  (query: AttemptQuery) =>
  (attempt: Attempt): boolean =>
    (query.outcomes === null || query.outcomes.includes(outcomeOfAttempt(attempt))) &&
    (query.statusCodes === null ||
      (attempt.responseStatusCode >= query.statusCodes.from &&
        attempt.responseStatusCode <= query.statusCodes.to)) &&
    acceptsCause(query.causes, attempt.cause) &&
    (query.channel === null || (attempt.channels?.includes(query.channel) ?? false)) &&
    (query.tag === null || (attempt.tags?.includes(query.tag) ?? false)) &&
    (query.eventTypes === null || query.eventTypes.includes(attempt.eventType));
