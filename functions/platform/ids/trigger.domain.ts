import type { AttemptId } from './brand.domain.ts';

/**
 * What an attempt is made for: the attempt number of a retry schedule (from 1), or the id of a resend. `series` is the id
 * of the canceled delivery for which a new schedule starts, so that its attempt keys never collide with earlier ones.
 */
export type Trigger =
  | { readonly kind: 'scheduled'; readonly number: number; readonly series?: AttemptId }
  | { readonly kind: 'manual'; readonly request: string };

/** A trigger as attributes of rows and queue messages: the number and the series of a schedule, or the id of a resend. */
interface TriggerAttributes {
  readonly n?: number | undefined;
  readonly sr?: AttemptId | undefined;
  readonly r?: string | undefined;
}

export const triggerAttributes = (trigger: Trigger): TriggerAttributes =>
  trigger.kind === 'manual' ? { r: trigger.request } : { n: trigger.number, sr: trigger.series };

export const triggerOf = ({ n, sr, r }: TriggerAttributes): Trigger => {
  if (r !== undefined) return { kind: 'manual', request: r };
  return { kind: 'scheduled', number: n ?? 1, ...(sr === undefined ? {} : { series: sr }) };
};

/** How an attempt ended, as lists and statistics report it. A canceled delivery was never sent. */
export type AttemptOutcome = 'succeeded' | 'failed' | 'canceled';
