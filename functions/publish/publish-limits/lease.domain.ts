/**
 * The publish rate limit works with leases: an execution environment reserves several permits of the rate limiter in one
 * write, spends them from memory within a second, and lets unused ones expire. One second of the rate may be reserved
 * ahead, so any window of t seconds has at most rate * (t + 2) messages plus one lease.
 */

/** How far ahead permits may be reserved: one second of the rate. */
export const BURST_MS = 1_000;
/** Leases that a busy environment takes per second. Each is one write, so a request costs a fraction of a write. */
const LEASES_A_SECOND = 10;

export interface Lease {
  /** Unused permits. */
  readonly left: number;
  /** When the permits expire. */
  readonly until: number;
  /** After the rate limiter refused a lease: no other one is requested before this instant. */
  readonly fullUntil: number;
}

export const NO_LEASE: Lease = { left: 0, until: 0, fullUntil: 0 };

/** Permits of one lease. */
export const leaseSize = (rate: number): number => Math.max(1, Math.ceil(rate / LEASES_A_SECOND));

export type Admission =
  | { readonly kind: 'admitted'; readonly lease: Lease; readonly remaining: number }
  | { readonly kind: 'refused'; readonly lease: Lease; readonly retryAfterMs: number };

/** Decides with the lease in memory; undefined: a new lease is needed. */
export const spend = (lease: Lease, nowMs: number): Admission | undefined => {
  if (lease.left > 0 && nowMs < lease.until) {
    const next = { ...lease, left: lease.left - 1 };
    return { kind: 'admitted', lease: next, remaining: next.left };
  }
  if (nowMs < lease.fullUntil) return { kind: 'refused', lease, retryAfterMs: lease.fullUntil - nowMs };
  return undefined;
};

/** The lease after a reservation: `granted` permits; undefined: the rate limiter refused. */
export const renewed = (granted: number | undefined, rate: number, nowMs: number): Lease =>
  granted === undefined
    ? { left: 0, until: 0, fullUntil: nowMs + Math.min(BURST_MS, (leaseSize(rate) * 1_000) / rate) }
    : { left: granted, until: nowMs + BURST_MS, fullUntil: 0 };
