import type { AttemptId } from './brand.domain.ts';

/**
 * What an attempt is made for: the attempt number of a schedule (from 1), or a resend's own id. `series` is the id of the canceled
 * delivery that a schedule starts anew for, so that none of its attempt keys can collide with an earlier one.
 */
export type Trigger =
  | { readonly kind: 'scheduled'; readonly number: number; readonly series?: AttemptId }
  | { readonly kind: 'manual'; readonly request: string };

/** How an attempt ended, as lists tell and count it. A canceled delivery was never tried. */
export type AttemptOutcome = 'succeeded' | 'failed' | 'canceled';
