/** Units of time. */
export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
export const MINUTE_SECONDS = 60;
export const HOUR_SECONDS = 60 * MINUTE_SECONDS;
export const DAY_SECONDS = 24 * HOUR_SECONDS;

/** By how much the clocks of two functions differ at most: NTP keeps them within a fraction of it. */
export const CLOCK_SKEW_MS = 5 * SECOND_MS;
/** The same with room to spare, for checks that cost nothing until the clocks differ by it. */
export const GENEROUS_CLOCK_SKEW_MS = 12 * CLOCK_SKEW_MS;

/** Whole seconds, as TTLs, tokens and signatures count them. */
export const wholeSeconds = (ms: number): number => Math.floor(ms / SECOND_MS);
