import { idTime, lowerBound, upperBound } from './ids.domain.ts';
import { LIST_REACH_DAYS } from '../limits/retention.domain.ts';
import { DAY_MS, HOUR_MS } from '../limits/time.domain.ts';
import type { IdPrefix } from './ids.domain.ts';

const REACH_MS = LIST_REACH_DAYS * DAY_MS;
/** Items with an instant further in the future are not listed. */
const FUTURE_MS = HOUR_MS;

export interface TimeQuery {
  readonly cursor: { readonly id: string; readonly direction: 'next' | 'previous' } | null;
  readonly before: number | null;
  readonly after: number | null;
}

/** Ids strictly between `above` and `below`, and the direction of the walk. */
export interface IdRange {
  readonly above: string;
  readonly below: string;
  readonly walk: 'newest-first' | 'oldest-first';
}

const least = (ids: readonly string[]): string => ids.reduce((left, right) => (left < right ? left : right));
const greatest = (ids: readonly string[]): string =>
  ids.reduce((left, right) => (left > right ? left : right));

/**
 * The range of ids that a list by time covers. `before` is exclusive, `after` is inclusive with 4 ms precision. Walks
 * from the oldest id if only `after` is given, or if the cursor's direction is `previous`.
 */
export const idRange = (prefix: IdPrefix, query: TimeQuery, nowMs: number): IdRange => {
  const { cursor, before, after } = query;
  const forward = cursor === null ? after !== null && before === null : cursor.direction === 'previous';
  const from = cursor === null ? undefined : idTime(cursor.id);
  const start = from ?? (forward ? after : before) ?? nowMs;
  const above = [
    ...(after === null ? [] : [lowerBound(prefix, after)]),
    ...(forward && cursor !== null ? [cursor.id] : []),
    ...(forward ? [] : [lowerBound(prefix, start - REACH_MS)]),
  ];
  const below = [
    upperBound(prefix, nowMs + FUTURE_MS),
    ...(before === null ? [] : [lowerBound(prefix, before)]),
    ...(!forward && cursor !== null ? [cursor.id] : []),
    ...(forward ? [upperBound(prefix, start + REACH_MS)] : []),
  ];
  return {
    above: greatest(above.length === 0 ? [prefix] : above),
    below: least(below),
    walk: forward ? 'oldest-first' : 'newest-first',
  };
};
