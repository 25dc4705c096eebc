import { MINUTE_MS } from '../../platform/limits/time.domain.ts';

/**
 * Each lane has its own queue and concurrency. The slow lane is for endpoints that respond slowly. Of the others, the bulk
 * lane is for applications with many deliveries at a time (volume.domain.ts), the fast lane for the rest.
 */
export type Lane = 'fast' | 'bulk' | 'slow';

/** A response that takes longer delays its lane, since a batch lasts as long as its slowest record. */
export const SLOW_MS = 5_000;
/** How long one slow response keeps an endpoint in the slow lane. */
const MARK_MS = 10 * MINUTE_MS;
/** The mark is renewed only in its second half, so slow traffic costs one write in five minutes. */
const RENEW_MS = MARK_MS / 2;

export const isSlow = (attempt: { readonly durationMs: number; readonly timedOut: boolean }): boolean =>
  attempt.timedOut || attempt.durationMs > SLOW_MS;

/** The new end of an endpoint's slow mark after a slow response; null: the present mark need not be renewed. */
export const slowMark = (slowUntil: number | null, nowMs: number): number | null =>
  slowUntil !== null && slowUntil - nowMs > RENEW_MS ? null : nowMs + MARK_MS;

/** When a slow response set this mark. */
export const slowSince = (slowUntil: number): number => slowUntil - MARK_MS;

/** Whether a delivery belongs to the slow lane. Nothing returns from there: the slow lane delivers quick ones too. */
export const belongsElsewhere = (lane: Lane, slowUntil: number | null, nowMs: number): boolean =>
  lane !== 'slow' && slowUntil !== null && slowUntil > nowMs;
