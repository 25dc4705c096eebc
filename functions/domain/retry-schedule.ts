import type { Decision } from './attempt.ts';

/** A timed-out receiver is not asked again sooner than this (seconds), as Svix does. */
const LEAST_DELAY_AFTER_TIMEOUT = 60;
/** Every delay moves by up to this share either way, so that herds disperse. */
const JITTER = 0.2;

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
}

/** What follows a failed scheduled try: the instant of the next one, or the end of the schedule. */
export const afterFailure = (failed: FailedTry): Decision => {
  const planned = failed.schedule[failed.number - 1];
  if (planned === undefined) return { kind: 'exhausted' };
  const base = failed.timedOut ? Math.max(planned, LEAST_DELAY_AFTER_TIMEOUT) : planned;
  const asked = failed.retryAfter === null ? base : Math.min(Math.max(failed.retryAfter, base), 2 * base);
  const delaySeconds = asked * (1 + JITTER * failed.jitter);
  return { kind: 'retry', at: Math.round(failed.nowMs + delaySeconds * 1000) };
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
