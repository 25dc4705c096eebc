/** How long things are kept, and what may not outlast it. Pure: the infrastructure and the functions derive from it. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Rows of messages, attempts and read models are kept at least this long. */
export const ROW_RETENTION_DAYS = 90;
/** The contract's shortest retention of a payload, and the longest that a message or an organization may ask for. */
export const LEAST_PAYLOAD_RETENTION_DAYS = 5;
export const LONGEST_PAYLOAD_RETENTION_DAYS = 90;
/** The longest delay of a retry: as long as failed messages can be recovered. */
export const LONGEST_RETRY_DELAY_SECONDS = (14 * DAY_MS) / 1000;
/** The longest disable period of an endpoint that fails. */
export const LONGEST_DISABLE_PERIOD_SECONDS = (90 * DAY_MS) / 1000;
/** How long an endpoint's health row outlives its last write: its failure clock runs for twice the disable period. */
export const HEALTH_ROW_SECONDS = 2 * LONGEST_DISABLE_PERIOD_SECONDS + DAY_MS / 1000;
/** How far ahead a publisher may put a message's delivery (`deliverAt`). */
export const LONGEST_DELIVERY_DELAY_MS = DAY_MS;

/**
 * When S3 may take a payload's object: retention counts from `deliverAt`, and a day is left for what was written before
 * its message.
 */
export const PAYLOAD_OBJECT_DAYS = LONGEST_PAYLOAD_RETENTION_DAYS + LONGEST_DELIVERY_DELAY_MS / DAY_MS + 1;

/** What a retry can be late by: jitter, the pause after a timeout, and a Retry-After (domain/retry-schedule.ts). */
const JITTER = 1.2;
const LEAST_DELAY_AFTER_TIMEOUT = 60;
const RETRY_AFTER_LIMIT = 7_200;
const LONGEST_RETRY_AFTER = 7 * 86_400;

/** The longest (ms) from a message's first attempt to its last, whatever its receiver does. */
export const longestScheduleMs = (schedule: readonly number[]): number =>
  schedule.reduce((sum, delay) => {
    const planned = Math.max(delay, LEAST_DELAY_AFTER_TIMEOUT) * JITTER;
    const asked = Math.min(Math.max(RETRY_AFTER_LIMIT, 2 * delay) * JITTER, LONGEST_RETRY_AFTER);
    return sum + Math.max(planned, asked);
  }, 0) * 1000;

/** The last retry, `deliverAt` and a day to look at it fit into the life of the rows that tell of it. */
const SCHEDULE_LIMIT_MS = ROW_RETENTION_DAYS * DAY_MS - LONGEST_DELIVERY_DELAY_MS - DAY_MS;

/** Whether rows outlive every retry of a schedule. */
export const fitsRetention = (schedule: readonly number[]): boolean =>
  longestScheduleMs(schedule) <= SCHEDULE_LIMIT_MS;

export const SCHEDULE_TOO_LONG = `Retries may take at most ${SCHEDULE_LIMIT_MS / DAY_MS} days in all, jitter and Retry-After included`;

/** TTL counts in seconds. */
const wholeSeconds = (ms: number): number => Math.ceil(ms / 1000) * 1000;

export interface MessageLifetime {
  readonly payloadExpiresAt: number;
  /** When the row of the message may go. */
  readonly retainUntil: number;
}

/** Instants (ms) until which a message and its payload are kept; both count from `deliverAt` where that is later. */
export const messageLifetime = (message: {
  readonly createdAt: number;
  readonly deliverAt: number | null;
  readonly retentionHours: number;
  readonly retrySchedule: readonly number[];
}): MessageLifetime => {
  const from = Math.max(message.createdAt, message.deliverAt ?? message.createdAt);
  const payloadExpiresAt = from + message.retentionHours * HOUR_MS;
  const lastRetryAt = from + longestScheduleMs(message.retrySchedule);
  return {
    payloadExpiresAt,
    retainUntil: wholeSeconds(
      Math.max(from + ROW_RETENTION_DAYS * DAY_MS, payloadExpiresAt, lastRetryAt + DAY_MS),
    ),
  };
};
