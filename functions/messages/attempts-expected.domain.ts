/**
 * Attempts of one message that are read together where one of them is asked for: some 200 KB. A message that may have
 * more has each attempt in the index by time, at a write unit more.
 */
const MOST_READ_TOGETHER = 400;

/** Whether a message for so many endpoints may have more attempts than are read together. */
export const expectsManyAttempts = (endpoints: number, retrySchedule: readonly number[]): boolean =>
  endpoints * (1 + retrySchedule.length) > MOST_READ_TOGETHER;
