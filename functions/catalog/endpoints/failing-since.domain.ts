/**
 * The clock that turns an endpoint off: it starts at the first exhausted message, any success stops it, and a later
 * exhausted message past the limit is the end (Svix's rule).
 */
export type ClockDecision =
  /** Never, by setting. */
  | { readonly kind: 'off' }
  /** No clock runs, or the one that did is forgotten: it starts here. */
  | { readonly kind: 'start' }
  | { readonly kind: 'running' }
  | { readonly kind: 'disable'; readonly failSince: number };

/** A limit of seconds may be a fraction in tests; their clocks outlive a slow machine. */
const LEAST_GRACE_MS = 60_000;

/** A clock is forgotten after twice its limit, as in Svix, though never within a minute of it. */
const lifeMs = (limitMs: number): number => limitMs + Math.max(limitMs, LEAST_GRACE_MS);

/** Clocks that started before this count no more. */
export const forgottenBefore = (limitSeconds: number, atMs: number): number =>
  atMs - lifeMs(limitSeconds * 1000);

/** What a message that was exhausted at `atMs` means. `limitSeconds` may be a fraction; 0 means never. */
export const afterExhaustion = (
  failingSince: number | null,
  limitSeconds: number,
  atMs: number,
): ClockDecision => {
  if (limitSeconds === 0) return { kind: 'off' };
  if (failingSince === null || failingSince < forgottenBefore(limitSeconds, atMs)) return { kind: 'start' };
  return atMs - failingSince > limitSeconds * 1000
    ? { kind: 'disable', failSince: failingSince }
    : { kind: 'running' };
};
