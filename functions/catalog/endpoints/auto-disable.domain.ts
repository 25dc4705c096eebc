import type { DisabledReason, Endpoint } from './endpoint.domain.ts';

/** Why an endpoint is auto-disabled, since when it has been failing, and when the deciding attempt began. */
export interface DisableReason {
  readonly reason: DisabledReason;
  readonly failSince: number;
  readonly attemptedAt: number;
}

/**
 * The changes of an auto-disable; undefined: none, because the endpoint is disabled already or was changed after the
 * attempt. A follow-up may run late, when the owner has already enabled the endpoint again or changed its URL.
 */
export const autoDisable = (
  { disabled, updatedAt }: Pick<Endpoint, 'disabled' | 'updatedAt'>,
  { reason, failSince, attemptedAt }: DisableReason,
): Pick<Endpoint, 'disabled' | 'failSince' | 'disabledReason'> | undefined =>
  disabled || updatedAt > attemptedAt ? undefined : { disabled: true, failSince, disabledReason: reason };
