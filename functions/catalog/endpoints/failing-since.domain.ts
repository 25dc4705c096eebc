import { MINUTE_MS } from '../../platform/limits/time.domain.ts';

/**
 * What an exhausted message means for the auto-disable of its endpoint (Svix's rule): the first exhausted message sets
 * `failingSince`, any success clears it, and an exhausted message later than the limit disables the endpoint.
 */
export type AutoDisableDecision =
  /** The setting says never to disable. */
  | { readonly kind: 'off' }
  /** `failingSince` is not set, or too old to count: set it to this message's instant. */
  | { readonly kind: 'start' }
  /** The limit is not reached yet. */
  | { readonly kind: 'running' }
  | { readonly kind: 'disable'; readonly failSince: number };

/** Tests use limits of less than a second, and still have to work on a slow machine. */
const LEAST_GRACE_MS = MINUTE_MS;

/** `failingSince` expires after twice the limit, as in Svix, but at the earliest a minute after the limit. */
const lifeMs = (limitMs: number): number => limitMs + Math.max(limitMs, LEAST_GRACE_MS);

/** A `failingSince` before this instant has expired. */
export const forgottenBefore = (limitSeconds: number, atMs: number): number =>
  atMs - lifeMs(limitSeconds * 1000);

/** Decides after a message was exhausted at `atMs`. `limitSeconds` may be a fraction; 0 means never disable. */
export const afterExhaustion = (
  failingSince: number | null,
  limitSeconds: number,
  atMs: number,
): AutoDisableDecision => {
  if (limitSeconds === 0) return { kind: 'off' };
  if (failingSince === null || failingSince < forgottenBefore(limitSeconds, atMs)) return { kind: 'start' };
  return atMs - failingSince > limitSeconds * 1000
    ? { kind: 'disable', failSince: failingSince }
    : { kind: 'running' };
};
