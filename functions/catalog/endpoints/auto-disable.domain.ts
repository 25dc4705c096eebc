import type { Endpoint } from './endpoint.domain.ts';

/** Why the system turns an endpoint off: since when it has failed, and when the try that was one too many began. */
export interface TurnOff {
  readonly failSince: number;
  readonly attemptedAt: number;
}

/**
 * What turning it off changes; undefined: nothing. What its owner did after the try outweighs it, since a decision that
 * is followed up late knows nothing of an endpoint that was turned on again, or has another URL by now.
 */
export const turnedOff = (
  { disabled, updatedAt }: Pick<Endpoint, 'disabled' | 'updatedAt'>,
  { failSince, attemptedAt }: TurnOff,
): Pick<Endpoint, 'disabled' | 'failSince'> | undefined =>
  disabled || updatedAt > attemptedAt ? undefined : { disabled: true, failSince };
