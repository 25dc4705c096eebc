import { idTime, lowerBound, upperBound } from './ids.domain.ts';
import type { IdPrefix } from './ids.domain.ts';

const DAY_MS = 86_400_000;
/** Lists in time reach this far from where they start. */
const REACH_MS = 90 * DAY_MS;
/** What is dated later than this from now is not shown. */
const FUTURE_MS = 3_600_000;

export interface TimeQuery {
  readonly cursor: { readonly id: string; readonly direction: 'next' | 'previous' } | null;
  readonly before: number | null;
  readonly after: number | null;
}

/** Ids strictly between the two, and which end to start from. */
export interface IdRange {
  readonly above: string;
  readonly below: string;
  readonly walk: 'newest-first' | 'oldest-first';
}

const least = (ids: readonly string[]): string => ids.reduce((left, right) => (left < right ? left : right));
const greatest = (ids: readonly string[]): string =>
  ids.reduce((left, right) => (left > right ? left : right));

/**
 * The range of ids that a list in time covers. `before` is exclusive, `after` inclusive to 4 ms; `after` alone walks
 * from the oldest, as does going back from a cursor.
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
