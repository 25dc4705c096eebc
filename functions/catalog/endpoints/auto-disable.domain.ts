import type { DisabledReason, Endpoint } from './endpoint.domain.ts';

/** Why an endpoint is auto-disabled, since when it has been failing, and when and to which URL the deciding attempt began. */
export interface DisableReason {
  readonly reason: DisabledReason;
  readonly failSince: number;
  readonly attemptedAt: number;
  readonly url: string;
}

/**
 * The changes of an auto-disable; undefined: none, because the endpoint is disabled already or was changed after the
 * attempt. A follow-up may run late, when the owner has already enabled the endpoint again or changed its URL; and an
 * attempt may begin after a change of the URL with the previous one, which was read before.
 */
export const autoDisable = (
  current: Pick<Endpoint, 'disabled' | 'updatedAt' | 'url'>,
  { reason, failSince, attemptedAt, url }: DisableReason,
): Pick<Endpoint, 'disabled' | 'failSince' | 'disabledReason'> | undefined =>
  current.disabled || current.updatedAt > attemptedAt || current.url !== url
    ? undefined
    : { disabled: true, failSince, disabledReason: reason };
