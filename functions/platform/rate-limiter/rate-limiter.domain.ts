/**
 * Throttling by reservation. A line (of an endpoint or an application) is one instant: from where on slots are free.
 * Slots lie 1/rate seconds apart; what holds one is sent within the second before it, so any window of t seconds sees
 * at most rate * (t + 1) + 1 sends: the burst is one second's worth.
 */
const EARLY_MS = 1_000;
/** Farther ahead than a queue can hold a message back (900 s) nothing is reserved. */
const HORIZON_MS = 900_000;

export interface Reservation {
  /** Sends a second. */
  readonly rate: number;
  readonly count: number;
  /** No slot lies before this. */
  readonly notBefore: number;
  readonly nowMs: number;
  /** How far ahead slots may lie (ms); absent: as far as a queue can hold a message back. */
  readonly horizonMs?: number;
}

/** ms between slots, rounded up to what a table's number holds exactly. */
const gap = (rate: number): number => Math.ceil(1e6 / rate) / 1e3;

/** How far a reservation moves its line (ms). */
export const stride = ({ rate, count }: Reservation): number => count * gap(rate);

/** The latest start at which all slots are within reach. */
export const latestStart = (asked: Reservation): number =>
  asked.nowMs + (asked.horizonMs ?? HORIZON_MS) - stride(asked) + gap(asked.rate);

/** The slots of a reservation that starts there. */
export const slotsFrom = (start: number, { rate, count }: Reservation): readonly number[] =>
  Array.from({ length: count }, (_, index) => start + index * gap(rate));

/** The reservation as a rule on the line's instant; undefined: it is taken farther than a queue can wait. */
export const reserve = (
  line: number | undefined,
  asked: Reservation,
): { readonly line: number; readonly start: number } | undefined => {
  const start = Math.max(line ?? asked.notBefore, asked.notBefore);
  return start > latestStart(asked) ? undefined : { line: start + stride(asked), start };
};

/** Whether a slot is near enough to be used now. */
export const isDue = (slot: number, nowMs: number): boolean => slot <= nowMs + EARLY_MS;

/** Whole seconds to wait for a slot, rounded down: what comes early by less than a second may be sent. */
export const secondsUntil = (slot: number, nowMs: number): number =>
  Math.min(HORIZON_MS / 1000, Math.max(0, Math.floor((slot - nowMs) / 1000)));
