/**
 * Limits on publishing, by leases: an environment reserves a few places of a line in one write, spends them from memory
 * within a second and lets the rest expire. A second's worth may be reserved at once, so any window of t seconds sees at
 * most rate * (t + 2) messages and one lease; places unused are lost.
 */

/** A line may be taken this far ahead: one second's worth at once. */
export const BURST_MS = 1_000;
/** Leases that one busy environment takes a second; each is one write, so a request costs a fraction of one. */
const LEASES_A_SECOND = 10;

export interface Lease {
  /** Places left. */
  readonly left: number;
  /** Places are good until then. */
  readonly until: number;
  /** Where the line was full: nothing is asked before then. */
  readonly fullUntil: number;
}

export const NO_LEASE: Lease = { left: 0, until: 0, fullUntil: 0 };

/** Places to ask for at once. */
export const leaseSize = (rate: number): number => Math.max(1, Math.ceil(rate / LEASES_A_SECOND));

export type Admission =
  | { readonly kind: 'admitted'; readonly lease: Lease; readonly remaining: number }
  | { readonly kind: 'refused'; readonly lease: Lease; readonly retryAfterMs: number };

/** Whether a lease decides by itself; undefined: places have to be asked for. */
export const spend = (lease: Lease, nowMs: number): Admission | undefined => {
  if (lease.left > 0 && nowMs < lease.until) {
    const next = { ...lease, left: lease.left - 1 };
    return { kind: 'admitted', lease: next, remaining: next.left };
  }
  if (nowMs < lease.fullUntil) return { kind: 'refused', lease, retryAfterMs: lease.fullUntil - nowMs };
  return undefined;
};

/** What a lease becomes by the answer of the line: granted places, or full (undefined). */
export const renewed = (granted: number | undefined, rate: number, nowMs: number): Lease =>
  granted === undefined
    ? { left: 0, until: 0, fullUntil: nowMs + Math.min(BURST_MS, (leaseSize(rate) * 1_000) / rate) }
    : { left: granted, until: nowMs + BURST_MS, fullUntil: 0 };
