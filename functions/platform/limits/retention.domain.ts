import { QUEUE_RETENTION_DAYS } from './queues.domain.ts';
import {
  LEAST_DELAY_AFTER_TIMEOUT,
  LONGEST_RETRY_AFTER,
  RETRY_AFTER_LIMIT,
  RETRY_JITTER,
} from './retries.domain.ts';
import { DAY_MS, DAY_SECONDS, HOUR_MS, HOUR_SECONDS } from './time.domain.ts';

/** Retention of rows, payloads and logs, and the longest periods that depend on it. */

/** Rows of messages, attempts and read models are kept at least this long, unless the stage says `rowRetentionDays`. */
export const ROW_RETENTION_DAYS = 90;
/** The retention of payloads that a message or an organization may ask for, and the default; in the contract `most` as well. */
export const PAYLOAD_RETENTION_DAYS = { least: 5, most: 90, byDefault: 90 };
/** The longest period of a list by time, as in the contract. */
export const LIST_REACH_DAYS = 90;
/** The longest period of a recover. */
export const RECOVER_DAYS = 14;
/** The longest period of statistics of an endpoint. */
export const STATISTICS_DAYS = 28;
/**
 * The shortest row retention that a stage may have: recover and statistics must find the attempts of their whole period, and
 * a day more for retries that are late and one for TTL's own.
 */
export const LEAST_ROW_RETENTION_DAYS = Math.max(RECOVER_DAYS, STATISTICS_DAYS) + 2;
/** The longest delay of a retry: no longer than failed messages can be recovered. */
export const LONGEST_RETRY_DELAY_SECONDS = RECOVER_DAYS * DAY_SECONDS;
/** The longest disable period of an endpoint that fails. */
export const LONGEST_DISABLE_PERIOD_SECONDS = 90 * DAY_SECONDS;
/**
 * How long an endpoint's health row is kept after its last write: `failingSince` counts for twice the disable period.
 */
export const HEALTH_ROW_SECONDS = 2 * LONGEST_DISABLE_PERIOD_SECONDS + DAY_SECONDS;
/** How far in the future `deliverAt` may be. */
export const LONGEST_DELIVERY_DELAY_MS = DAY_MS;
export const LONGEST_DELAY = `${LONGEST_DELIVERY_DELAY_MS / HOUR_MS} hours`;
/**
 * How long the row of a deleted application or endpoint is kept, for the attempts that name it: those of a message that was
 * published just before may live as long as rows at most, and be sent with the longest `deliverAt`.
 */
export const DELETED_ROW_SECONDS =
  (Math.max(ROW_RETENTION_DAYS, PAYLOAD_RETENTION_DAYS.most) + 10) * DAY_SECONDS;
/** How long an idempotency key is kept: 12 hours, as in Svix. */
export const IDEMPOTENCY_SECONDS = 12 * HOUR_SECONDS;
/** The failure log is kept a day longer than the records in dead-letter queues. */
export const FAILURE_LOG_SECONDS = (QUEUE_RETENTION_DAYS + 1) * DAY_SECONDS;

/**
 * Days after which S3 expires a payload's object: retention counts from `deliverAt`, plus a day because the object is
 * written before its message.
 */
export const PAYLOAD_OBJECT_DAYS = PAYLOAD_RETENTION_DAYS.most + LONGEST_DELIVERY_DELAY_MS / DAY_MS + 1;

/** The longest time (ms) from a message's first attempt to its last, jitter and Retry-After included. */
export const longestScheduleMs = (schedule: readonly number[]): number =>
  schedule.reduce((sum, delay) => {
    const planned = Math.max(delay, LEAST_DELAY_AFTER_TIMEOUT) * (1 + RETRY_JITTER);
    const asked = Math.min(Math.max(RETRY_AFTER_LIMIT, 2 * delay) * (1 + RETRY_JITTER), LONGEST_RETRY_AFTER);
    return sum + Math.max(planned, asked);
  }, 0) * 1000;

/** Rows outlive `deliverAt` and the last retry by a day, so that operators can still inspect them. */
const scheduleLimitMs = (rowRetentionDays: number): number =>
  rowRetentionDays * DAY_MS - LONGEST_DELIVERY_DELAY_MS - DAY_MS;

/** Whether rows outlive every retry of a schedule. */
export const fitsRetention = (
  schedule: readonly number[],
  rowRetentionDays: number = ROW_RETENTION_DAYS,
): boolean => longestScheduleMs(schedule) <= scheduleLimitMs(rowRetentionDays);

export const scheduleTooLong = (rowRetentionDays: number = ROW_RETENTION_DAYS): string =>
  `Retries may take at most ${scheduleLimitMs(rowRetentionDays) / DAY_MS} days in all, jitter and Retry-After included`;

/** TTL has a resolution of seconds. */
const roundUpToSecond = (ms: number): number => Math.ceil(ms / 1000) * 1000;

export interface MessageLifetime {
  readonly payloadExpiresAt: number;
  /** When the row of the message expires. */
  readonly retainUntil: number;
}

/**
 * When a message and its payload expire (ms since 1970). Both count from `deliverAt` if that is later than `createdAt`.
 */
export const messageLifetime = (message: {
  readonly createdAt: number;
  readonly deliverAt: number | null;
  readonly retentionHours: number;
  readonly retrySchedule: readonly number[];
  readonly rowRetentionDays?: number;
}): MessageLifetime => {
  const from = Math.max(message.createdAt, message.deliverAt ?? message.createdAt);
  const payloadExpiresAt = from + message.retentionHours * HOUR_MS;
  const lastRetryAt = from + longestScheduleMs(message.retrySchedule);
  const { rowRetentionDays = ROW_RETENTION_DAYS } = message;
  return {
    payloadExpiresAt,
    retainUntil: roundUpToSecond(
      Math.max(from + rowRetentionDays * DAY_MS, payloadExpiresAt, lastRetryAt + DAY_MS),
    ),
  };
};
