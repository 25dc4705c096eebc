import type { Attempt } from '../../deliver/attempts/attempt.domain.ts';
import { TICK_MS, idTime } from '../../platform/ids/ids.domain.ts';
import { STREAM_RETRY_FOR_MS } from '../../platform/limits/streams.domain.ts';
import { GENEROUS_CLOCK_SKEW_MS, HOUR_MS } from '../../platform/limits/time.domain.ts';
import type { AppId, EndpointId, OrgId } from '../../platform/ids/brand.domain.ts';

/**
 * Read model: attempts at an endpoint, counted by the hour. No counter is incremented when an attempt is recorded:
 * rows of the list of attempts are counted, and the counts of busy hours are stored, but only up to an instant so long
 * ago that no more attempts are expected before it. An attempt that is projected later reopens its hour.
 */

/** Counts are stored up to this long ago: a request takes up to 30 s, and stream readers retry. */
export const SETTLED_MS = STREAM_RETRY_FOR_MS;
/** An hour with fewer attempts is counted on demand: that is cheaper than storing a row for it. */
export const MIN_ATTEMPTS_TO_STORE = 256;

export interface EndpointKey {
  readonly orgId: OrgId;
  readonly appId: AppId;
  readonly endpointId: EndpointId;
}

/** An hour by its first instant (ms since 1970). */
export interface EndpointHour extends EndpointKey {
  readonly hour: number;
}

/** Numbers of attempts by cause; those of canceled deliveries begin with `canceled:`. */
export type CauseCounts = Readonly<Record<string, number>>;

export interface HourlyCounts {
  readonly succeeded: number;
  readonly failed: number;
  readonly canceled: number;
  /** Failed attempts and canceled deliveries by cause. */
  readonly causes: CauseCounts;
}

/** Failed attempts and canceled deliveries by the first instant of their hour and by cause. */
export type FailuresByHour = ReadonlyMap<number, CauseCounts>;

/** Instants from `from` (inclusive) to `to` (exclusive), both multiples of the id resolution. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The stored counts of an hour from its beginning to `through`; `counted` null: never counted, or reopened since. */
export interface StoredHour {
  readonly hour: number;
  /** How often it was reopened. */
  readonly revision: number;
  readonly counted: (HourlyCounts & { readonly through: number }) | null;
}

/** `busy`: worth counting ahead of readers. `reopened`: its stored counts are invalid. */
export type DirtyHour = EndpointHour & { readonly kind: 'busy' | 'reopened' };

export const NOTHING: HourlyCounts = { succeeded: 0, failed: 0, canceled: 0, causes: {} };
export const NO_FAILURES: FailuresByHour = new Map();
/** The cause of a failed attempt whose row names none. */
export const UNKNOWN_CAUSE = 'status_unexpected';

const plusCauses = (left: CauseCounts, right: CauseCounts): CauseCounts => {
  const sums = new Map(Object.entries(left));
  for (const [cause, count] of Object.entries(right)) sums.set(cause, (sums.get(cause) ?? 0) + count);
  return Object.fromEntries(sums);
};

export const plus = (left: HourlyCounts, right: HourlyCounts): HourlyCounts => ({
  succeeded: left.succeeded + right.succeeded,
  failed: left.failed + right.failed,
  canceled: left.canceled + right.canceled,
  causes: plusCauses(left.causes, right.causes),
});

export const addFailures = (left: FailuresByHour, right: FailuresByHour): FailuresByHour => {
  if (right.size === 0) return left;
  const sum = new Map(left);
  for (const [hour, causes] of right) sum.set(hour, plusCauses(sum.get(hour) ?? {}, causes));
  return sum;
};

/** Counts failures by the hour in their attempts' ids. */
export const failuresOf = (
  attempts: readonly { readonly id: string; readonly cause: string }[],
): FailuresByHour => {
  const hours = Map.groupBy(attempts, ({ id }) => hourOf(idTime(id) ?? 0));
  return new Map(
    [...hours].map(([hour, inside]) => {
      const causes = [...Map.groupBy(inside, ({ cause }) => cause)];
      return [hour, Object.fromEntries(causes.map(([cause, some]) => [cause, some.length]))];
    }),
  );
};

const isCanceled = (cause: string): boolean => cause.startsWith('canceled:');

/** The numbers of failed attempts and of canceled deliveries. */
export const outcomesIn = (causes: CauseCounts): Pick<HourlyCounts, 'failed' | 'canceled'> => {
  let [failed, canceled] = [0, 0];
  for (const [cause, count] of Object.entries(causes)) {
    if (isCanceled(cause)) canceled += count;
    else failed += count;
  }
  return { failed, canceled };
};

export const totalsOf = (succeeded: number, failures: FailuresByHour): HourlyCounts => {
  const causes = [...failures.values()].reduce(plusCauses, {});
  return { succeeded, ...outcomesIn(causes), causes };
};

export const hourOf = (atMs: number): number => Math.floor(atMs / HOUR_MS) * HOUR_MS;

/** Samples one attempt in 62 by its id, so that hours with many attempts are almost certainly marked as busy. */
const isSampled = ({ id }: Pick<Attempt, 'id'>): boolean => id.endsWith('0');

/**
 * The hours that these attempts make dirty. `writtenBy` (ms since 1970) must be read from the clock after the rows were
 * written: a count of a reopened hour may have missed them.
 */
export const dirtyHours = (attempts: readonly Attempt[], writtenBy: number): readonly DirtyHour[] => {
  const hours = new Map<string, DirtyHour>();
  for (const attempt of attempts) {
    const late = attempt.at <= writtenBy - SETTLED_MS + GENEROUS_CLOCK_SKEW_MS;
    if (!late && !isSampled(attempt)) continue;
    const { orgId, appId, endpointId } = attempt;
    const hour = hourOf(attempt.at);
    const name = `${orgId}#${appId}#${endpointId}#${hour}`;
    if (!late && hours.has(name)) continue;
    hours.set(name, { orgId, appId, endpointId, hour, kind: late ? 'reopened' : 'busy' });
  }
  return [...hours.values()];
};

/** The span from `since` to `until`, both inclusive, at the resolution of ids. */
export const spanOf = (since: number, until: number): Span => ({
  from: Math.floor(since / TICK_MS) * TICK_MS,
  to: (Math.floor(until / TICK_MS) + 1) * TICK_MS,
});

/** The stored hours that count within a span, and the spans that remain to be counted, oldest first. */
const storedWithin = (span: Span, stored: readonly StoredHour[]) => {
  const used: (HourlyCounts & { readonly hour: number })[] = [];
  let { from } = span;
  const rest: Span[] = [];
  for (const { hour, counted } of stored.toSorted((left, right) => left.hour - right.hour)) {
    if (counted === null || hour < from || counted.through > span.to) continue;
    used.push({ ...counted, hour });
    if (hour > from) rest.push({ from, to: hour });
    from = counted.through;
  }
  if (from < span.to) rest.push({ from, to: span.to });
  return { used, rest };
};

/** The sum of the stored hours within a span, and the spans that remain to be counted, oldest first. */
export const sumStored = (
  span: Span,
  stored: readonly StoredHour[],
): { readonly hourlyCounts: HourlyCounts; readonly rest: readonly Span[] } => {
  const { used, rest } = storedWithin(span, stored);
  return { hourlyCounts: used.reduce(plus, NOTHING), rest };
};

/** The same for failures by hour. */
export const storedFailures = (
  span: Span,
  stored: readonly StoredHour[],
): { readonly failures: FailuresByHour; readonly rest: readonly Span[] } => {
  const { used, rest } = storedWithin(span, stored);
  const failing = used.filter(({ causes }) => Object.keys(causes).length > 0);
  return { failures: new Map(failing.map(({ hour, causes }) => [hour, causes])), rest };
};

/** The part of an hour that has settled since it was last counted; undefined if there is none. */
export const settledSince = ({ hour, counted }: StoredHour, nowMs: number): Span | undefined => {
  const from = counted?.through ?? hour;
  const settled = Math.floor((nowMs - SETTLED_MS) / TICK_MS) * TICK_MS;
  const to = Math.min(hour + HOUR_MS, settled);
  return to > from ? { from, to } : undefined;
};
