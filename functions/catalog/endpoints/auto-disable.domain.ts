import type { DisabledReason, Endpoint } from './endpoint.domain.ts';

/** Why the system disables an endpoint, since when it has failed, and when the attempt that led to it began. */
export interface DisableReason {
  readonly reason: DisabledReason;
  readonly failSince: number;
  readonly attemptedAt: number;
}

/**
 * What turning it off changes; undefined: nothing. What its owner did after the try outweighs it, since a decision that
 * is followed up late knows nothing of an endpoint that was turned on again, or has another URL by now.
 */
export const disabled = (
  { disabled, updatedAt }: Pick<Endpoint, 'disabled' | 'updatedAt'>,
  { reason, failSince, attemptedAt }: DisableReason,
): Pick<Endpoint, 'disabled' | 'failSince' | 'disabledReason'> | undefined =>
  disabled || updatedAt > attemptedAt ? undefined : { disabled: true, failSince, disabledReason: reason };
