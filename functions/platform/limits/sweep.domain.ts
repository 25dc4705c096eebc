/**
 * The times of the sweeper, each derived from the one before, in seconds. A run must be over before its lease is, or two
 * would sweep at once; and the lease of a run that crashed must be over before the next run, or that one would do nothing.
 */

/** How often the sweeper runs. */
export const SWEEP_EVERY_SECONDS = 60;
/** Clocks of two functions that differ, and the time that Lambda takes to end a function. */
const MARGIN_SECONDS = 5;
/** Just over before the next run. */
export const SWEEP_LEASE_SECONDS = SWEEP_EVERY_SECONDS - MARGIN_SECONDS;
/** Of the function. */
export const SWEEP_TIMEOUT_SECONDS = SWEEP_LEASE_SECONDS - MARGIN_SECONDS;
