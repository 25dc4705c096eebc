import type { Decision } from '../attempts/attempt.domain.ts';

/** A timed-out receiver is not asked again sooner than this (seconds), as Svix does. */
const LEAST_DELAY_AFTER_TIMEOUT = 60;
/** Every planned delay moves by up to this share either way, so that herds disperse. */
const JITTER = 0.2;
/** Retry-After is honoured up to the larger of this (seconds) and twice the planned delay. */
const RETRY_AFTER_LIMIT = 7_200;
/** No Retry-After delays a retry for longer than this (seconds). */
const LONGEST_RETRY_AFTER = 7 * 86_400;

export interface FailedTry {
  /** Seconds before each retry, as in force when the message was accepted. */
  readonly schedule: readonly number[];
  /** The number of the try that failed, from 1. */
  readonly number: number;
  readonly timedOut: boolean;
  /** Seconds that the receiver asked for; null: nothing usable. */
  readonly retryAfter: number | null;
  readonly nowMs: number;
  /** Evenly from -1 to 1. */
  readonly jitter: number;
  /** The planned delay ends here at the latest; null: wherever the schedule says. A Retry-After may go past it. */
  readonly latest: number | null;
}

/** Seconds until the receiver may be asked again: jitter makes it later, never earlier than asked. */
const honouredDelay = (asked: number, planned: number, jitter: number): number => {
  const limit = Math.min(Math.max(RETRY_AFTER_LIMIT, 2 * planned), LONGEST_RETRY_AFTER);
  const spread = 1 + (JITTER * (jitter + 1)) / 2;
  return Math.min(Math.min(asked, limit) * spread, LONGEST_RETRY_AFTER);
};

/** What follows a failed scheduled try: the instant of the next one, or the end of the schedule. */
export const afterFailure = (failed: FailedTry): Decision => {
  const planned = failed.schedule[failed.number - 1];
  if (planned === undefined) return { kind: 'exhausted' };
  const base = failed.timedOut ? Math.max(planned, LEAST_DELAY_AFTER_TIMEOUT) : planned;
  const at = (seconds: number) => failed.nowMs + seconds * 1000;
  const plannedAt = Math.min(
    at(base * (1 + JITTER * failed.jitter)),
    failed.latest ?? Number.POSITIVE_INFINITY,
  );
  const { retryAfter } = failed;
  const askedAt = retryAfter === null ? 0 : at(honouredDelay(retryAfter, base, failed.jitter));
  return { kind: 'retry', at: Math.round(Math.max(plannedAt, askedAt)) };
};

/** The three forms of RFC 9110, 5.6.7, all in GMT, which the oldest does not say. */
const HTTP_DATE = /^[A-Z][a-z]{2,8},? /;

/** Seconds asked for by a Retry-After header (seconds, decimals rounded up, or an HTTP date); null where unusable. */
export const parseRetryAfter = (header: string | undefined, nowMs: number): number | null => {
  if (header === undefined) return null;
  const text = header.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return positive(Math.ceil(Number(text)));
  const date = HTTP_DATE.test(text) ? Date.parse(text.endsWith(' GMT') ? text : `${text} GMT`) : Number.NaN;
  return Number.isNaN(date) ? null : positive(Math.ceil((date - nowMs) / 1000));
};

const positive = (seconds: number): number | null => (seconds > 0 ? seconds : null);

/** The latest instant at which the last try of a schedule comes, timeouts and jitter at their longest. */
export const scheduleEnd = (startMs: number, schedule: readonly number[]): number =>
  Math.ceil(
    startMs +
      schedule.reduce((sum, delay) => sum + Math.max(delay, LEAST_DELAY_AFTER_TIMEOUT), 0) *
        1000 *
        (1 + JITTER),
  );
