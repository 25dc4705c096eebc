/** The fast lane serves who answers quickly; the slow one waits for the others, with its own concurrency. */
export type Lane = 'fast' | 'slow';

/** An answer that takes longer holds up its lane: ten such records are a batch of their own length. */
export const SLOW_MS = 5_000;
/** How long one slow answer keeps an endpoint in the slow lane. */
const MARK_MS = 600_000;
/** A mark is written again only once half of it is used up, so slow traffic costs a write in five minutes. */
const RENEW_MS = 300_000;

export const isSlow = (tried: { readonly durationMs: number; readonly timedOut: boolean }): boolean =>
  tried.timedOut || tried.durationMs > SLOW_MS;

/** The end of the mark to write after a slow answer; null where the one that stands is fresh enough. */
export const slowMark = (slowUntil: number | null, nowMs: number): number | null =>
  slowUntil !== null && slowUntil - nowMs > RENEW_MS ? null : nowMs + MARK_MS;

/** Whether a delivery that is in this lane belongs to the other. Nothing goes back: a slow lane serves quick ones too. */
export const belongsElsewhere = (lane: Lane, slowUntil: number | null, nowMs: number): boolean =>
  lane === 'fast' && slowUntil !== null && slowUntil > nowMs;
