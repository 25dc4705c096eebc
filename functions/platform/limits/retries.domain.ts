import { DAY_SECONDS, HOUR_SECONDS } from './time.domain.ts';

/** Backoff, jitter and Retry-After, in seconds. */

/** The least delay of a retry after a timeout, as in Svix. */
export const LEAST_DELAY_AFTER_TIMEOUT = 60;
/** Jitter as a share of the scheduled delay, added or subtracted, so that retries of many messages spread. */
export const RETRY_JITTER = 0.2;
/** Retry-After is honored up to this delay, or up to twice the scheduled delay if that is longer. */
export const RETRY_AFTER_LIMIT = 2 * HOUR_SECONDS;
/** The longest delay by Retry-After in any case. */
export const LONGEST_RETRY_AFTER = 7 * DAY_SECONDS;
