import type { AttemptId } from './brand.domain.ts';

/**
 * What an attempt is made for: the attempt number of a retry schedule (from 1), or the id of a resend. `series` is the id
 * of the canceled delivery for which a new schedule starts, so that its attempt keys never collide with earlier ones.
 */
export type Trigger =
  | { readonly kind: 'scheduled'; readonly number: number; readonly series?: AttemptId }
  | { readonly kind: 'manual'; readonly request: string };

/** How an attempt ended, as lists and statistics report it. A canceled delivery was never sent. */
export type AttemptOutcome = 'succeeded' | 'failed' | 'canceled';
