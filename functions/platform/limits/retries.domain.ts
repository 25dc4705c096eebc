import { DAY_SECONDS, HOUR_SECONDS } from './time.domain.ts';

/** The numbers of the retry schedule, in seconds unless they say otherwise. */

/** After a timeout the retry comes no sooner than this, as in Svix. */
export const LEAST_DELAY_AFTER_TIMEOUT = 60;
/** Jitter: each planned delay changes by up to this share either way, so that retries of many messages spread. */
export const RETRY_JITTER = 0.2;
/** Retry-After is honoured up to this, or up to twice the planned delay if that is longer. */
export const RETRY_AFTER_LIMIT = 2 * HOUR_SECONDS;
/** No Retry-After delays a retry for longer than this. */
export const LONGEST_RETRY_AFTER = 7 * DAY_SECONDS;
