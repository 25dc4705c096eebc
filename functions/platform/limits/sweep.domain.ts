import { MINUTE_MS, MINUTE_SECONDS } from './time.domain.ts';

/**
 * The times of the sweeper. The function's timeout is shorter than its lease, so that two runs never sweep at once, and the
 * lease is shorter than the interval, so that a run can acquire it after a crash of the previous one.
 */

/** How often the sweeper runs. */
export const SWEEP_EVERY_SECONDS = MINUTE_SECONDS;
/** For clock skew between two functions, and the time that Lambda takes to end an invocation. */
const MARGIN_SECONDS = 5;
export const SWEEP_LEASE_SECONDS = SWEEP_EVERY_SECONDS - MARGIN_SECONDS;
/** The timeout of the sweeper function. */
export const SWEEP_TIMEOUT_SECONDS = SWEEP_LEASE_SECONDS - MARGIN_SECONDS;

/** A run stops with this much time left; the next one continues. */
export const SWEEP_STOP_MS = 8_000;

/** Due items are stored in a due bucket at least this many minutes ahead, because nearer ones may be swept already. */
export const LEAST_DUE_MINUTES = 2;
/** How many minutes ahead the sweeper reads due buckets: no more due items are stored in those. */
export const SWEPT_AHEAD_MINUTES = LEAST_DUE_MINUTES - 1;
/** The longest time until the sweeper queues a due item after it was stored or came due, whichever is later. */
export const SWEPT_WITHIN_MS = (LEAST_DUE_MINUTES + 1) * MINUTE_MS;
