import type { Decision } from '../attempts/attempt.domain.ts';
import {
  LEAST_DELAY_AFTER_TIMEOUT,
  LONGEST_RETRY_AFTER,
  RETRY_AFTER_LIMIT,
  RETRY_JITTER,
} from '../../platform/limits/retries.domain.ts';

export interface FailedAttempt {
  /** Seconds before each retry, as in force when the message was accepted. */
  readonly schedule: readonly number[];
  /** The attempt number that failed, from 1. */
  readonly number: number;
  readonly timedOut: boolean;
  /** Seconds from a usable Retry-After header; null: none. */
  readonly retryAfter: number | null;
  readonly nowMs: number;
  /** Evenly from -1 to 1. */
  readonly jitter: number;
  /** The planned retry is due by this instant; null: as the schedule says. A Retry-After may exceed it. */
  readonly latest: number | null;
}

/** Seconds of backoff after a Retry-After: jitter makes them longer, never shorter than asked for. */
const honouredDelay = (asked: number, planned: number, jitter: number): number => {
  const limit = Math.min(Math.max(RETRY_AFTER_LIMIT, 2 * planned), LONGEST_RETRY_AFTER);
  const spread = 1 + (RETRY_JITTER * (jitter + 1)) / 2;
  return Math.min(Math.min(asked, limit) * spread, LONGEST_RETRY_AFTER);
};

/** What follows a failed scheduled attempt: a retry after backoff with jitter, or the end of the schedule. */
export const afterFailure = (failed: FailedAttempt): Decision => {
  const planned = failed.schedule[failed.number - 1];
  if (planned === undefined) return { kind: 'exhausted' };
  const base = failed.timedOut ? Math.max(planned, LEAST_DELAY_AFTER_TIMEOUT) : planned;
  const at = (seconds: number) => failed.nowMs + seconds * 1000;
  const plannedAt = Math.min(
    at(base * (1 + RETRY_JITTER * failed.jitter)),
    failed.latest ?? Number.POSITIVE_INFINITY,
  );
  const { retryAfter } = failed;
  const askedAt = retryAfter === null ? 0 : at(honouredDelay(retryAfter, base, failed.jitter));
  return { kind: 'retry', at: Math.round(Math.max(plannedAt, askedAt)) };
};

/** The three date formats of RFC 9110, 5.6.7, all in GMT, which the oldest does not state. */
const HTTP_DATE = /^[A-Z][a-z]{2,8},? /;

/** Seconds, of a header that a server and its proxy may both have set: its lines arrive joined with `, `. */
const SECONDS = /^\d+(?:\.\d+)?(?:, \d+(?:\.\d+)?)*$/;

/**
 * Seconds of a Retry-After header (seconds, decimals rounded up, the greatest of several; or an HTTP date); null:
 * unusable.
 */
export const parseRetryAfter = (header: string | undefined, nowMs: number): number | null => {
  if (header === undefined) return null;
  const text = header.trim();
  if (SECONDS.test(text)) return positive(Math.ceil(Math.max(...text.split(', ').map(Number))));
  const date = HTTP_DATE.test(text) ? Date.parse(text.endsWith(' GMT') ? text : `${text} GMT`) : Number.NaN;
  return Number.isNaN(date) ? null : positive(Math.ceil((date - nowMs) / 1000));
};

const positive = (seconds: number): number | null => (seconds > 0 ? seconds : null);

/** The latest instant of a schedule's last attempt, with the longest timeouts and jitter. */
export const scheduleEnd = (startMs: number, schedule: readonly number[]): number =>
  Math.ceil(
    startMs +
      schedule.reduce((sum, delay) => sum + Math.max(delay, LEAST_DELAY_AFTER_TIMEOUT), 0) *
        1000 *
        (1 + RETRY_JITTER),
  );
