import { LONGEST_QUEUE_DELAY_SECONDS } from '../limits/queues.domain.ts';

/**
 * A rate limiter that reserves time slots (GCRA). Its state, for an endpoint, an application or an organization, is one
 * instant: that of the next free slot. Slots are 1/rate seconds apart, and a reserved slot may be used up to one second
 * early, so any window of t seconds has at most rate * (t + 1) + 1 sends: the burst is one second of the rate.
 */
const EARLY_MS = 1_000;
/** The furthest slot that can be reserved: SQS's longest delay. */
const HORIZON_MS = LONGEST_QUEUE_DELAY_SECONDS * 1_000;

export interface Reservation {
  /** Sends a second. */
  readonly rate: number;
  /** Number of slots. */
  readonly count: number;
  /** The earliest instant of the first slot. */
  readonly notBefore: number;
  readonly nowMs: number;
  /** How far in the future the last slot may be (ms); absent: SQS's longest delay. */
  readonly horizonMs?: number;
}

/** The time between slots (ms), rounded up to microseconds, which DynamoDB numbers hold exactly. */
const gap = (rate: number): number => Math.ceil(1e6 / rate) / 1e3;

/** How far a reservation advances the next free slot (ms). */
export const stride = ({ rate, count }: Reservation): number => count * gap(rate);

/** The latest first slot with which the last slot is within the horizon. */
export const latestStart = (asked: Reservation): number =>
  asked.nowMs + (asked.horizonMs ?? HORIZON_MS) - stride(asked) + gap(asked.rate);

/** The slots of a reservation, from its first one. */
export const slotsFrom = (start: number, { rate, count }: Reservation): readonly number[] =>
  Array.from({ length: count }, (_, index) => start + index * gap(rate));

/**
 * Reserves from the next free slot on: returns the first reserved slot and the new next one; undefined: beyond the
 * horizon.
 */
export const reserve = (
  nextSlot: number | undefined,
  asked: Reservation,
): { readonly start: number; readonly nextSlot: number } | undefined => {
  const start = Math.max(nextSlot ?? asked.notBefore, asked.notBefore);
  return start > latestStart(asked) ? undefined : { start, nextSlot: start + stride(asked) };
};

/** Whether a slot may be used now: it is past, or at most one second ahead. */
export const isDue = (slot: number, nowMs: number): boolean => slot <= nowMs + EARLY_MS;

/** Whole seconds to wait for a slot, rounded down, since a slot may be used up to one second early. */
export const secondsUntil = (slot: number, nowMs: number): number =>
  Math.min(LONGEST_QUEUE_DELAY_SECONDS, Math.max(0, Math.floor((slot - nowMs) / 1000)));
