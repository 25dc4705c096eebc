/**
 * Which attempts of a schedule are announced as events while it goes on. The announce function decides by them, and the
 * event filter of its stream, so that other attempts invoke no function.
 */

/** The attempt number whose failure is published while retries remain. */
export const FAILING_AT_ATTEMPT = 4;
/** A success from this attempt number on counts as a recovery. */
export const RECOVERED_FROM_ATTEMPT = 5;
