import { MINUTE_MS, MINUTE_SECONDS } from './time.domain.ts';

/**
 * The times of the sweeper, each derived from the one before, in seconds. A run must be over before its lease is, or two
 * would sweep at once; and the lease of a run that crashed must be over before the next run, or that one would do nothing.
 */

/** How often the sweeper runs. */
export const SWEEP_EVERY_SECONDS = MINUTE_SECONDS;
/** Clocks of two functions that differ, and the time that Lambda takes to end a function. */
const MARGIN_SECONDS = 5;
/** Just over before the next run. */
export const SWEEP_LEASE_SECONDS = SWEEP_EVERY_SECONDS - MARGIN_SECONDS;
/** Of the function. */
export const SWEEP_TIMEOUT_SECONDS = SWEEP_LEASE_SECONDS - MARGIN_SECONDS;

/** A due item goes into a bucket at least this many minutes ahead: a nearer one is being swept, or soon will be. */
export const LEAST_DUE_MINUTES = 2;
/** So the sweeper looks as many minutes ahead: nothing is put there any more. */
export const SWEPT_AHEAD_MINUTES = LEAST_DUE_MINUTES - 1;
/** A due item is on its queue this long after it was stored or came due, whichever is later. */
export const SWEPT_WITHIN_MS = (LEAST_DUE_MINUTES + 1) * MINUTE_MS;
