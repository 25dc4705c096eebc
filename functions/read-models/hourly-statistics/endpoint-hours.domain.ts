import type { Attempt } from '../../deliver/attempts/attempt.domain.ts';
import type { AppId, EndpointId, OrgId } from '../../platform/ids/brand.domain.ts';

/**
 * Read model: attempts at an endpoint, counted by the hour. Nothing is counted up when an attempt is recorded: rows of
 * the list of attempts are counted, and what was counted for busy hours is kept, but only for instants so long ago
 * that nothing more is expected of them. An attempt that comes later than that reopens its hour.
 */

export const HOUR_MS = 3_600_000;
/** Counts are kept for instants this long ago and no later ones: half a minute of request, and a stream's own retries. */
export const SETTLED_MS = 300_000;
/** By how much the clocks of two functions may differ. */
const SKEW_MS = 60_000;
/** Ids tell instants this far apart. */
const TICK_MS = 4;
/** Fewer attempts than this in an hour are read faster than a row for them is kept. */
export const WORTH_KEEPING = 256;

export interface EndpointKey {
  readonly orgId: OrgId;
  readonly appId: AppId;
  readonly endpointId: EndpointId;
}

/** An hour by its first instant (ms since 1970). */
export interface EndpointHour extends EndpointKey {
  readonly hour: number;
}

export interface HourlyCounts {
  readonly succeeded: number;
  readonly failed: number;
  readonly canceled: number;
}

/** Instants from `from` up to, not including, `to`; both at the edge of a tick of ids. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What is kept of an hour: the counts from its beginning up to `through`, unless it was reopened since. */
export interface KeptHour {
  readonly hour: number;
  /** How often it was reopened. */
  readonly revision: number;
  readonly counted: (HourlyCounts & { readonly through: number }) | null;
}

/** `busy`: worth counting ahead of readers. `reopened`: what was kept of it no longer holds. */
export type DirtyHour = EndpointHour & { readonly kind: 'busy' | 'reopened' };

export const NOTHING: HourlyCounts = { succeeded: 0, failed: 0, canceled: 0 };

export const plus = (left: HourlyCounts, right: HourlyCounts): HourlyCounts => ({
  succeeded: left.succeeded + right.succeeded,
  failed: left.failed + right.failed,
  canceled: left.canceled + right.canceled,
});

export const hourOf = (atMs: number): number => Math.floor(atMs / HOUR_MS) * HOUR_MS;

/** One attempt in 62 speaks for its hour, chosen by its id: hours with many are nearly sure to be noted. */
const speaks = ({ id }: Pick<Attempt, 'id'>): boolean => id.endsWith('0');

/**
 * What attempts mean for the counts of their hours. `writtenBy` is a reading of the clock after their rows were
 * written: who counted an hour that is noted as reopened may have missed them.
 */
export const dirtyHours = (attempts: readonly Attempt[], writtenBy: number): readonly DirtyHour[] => {
  const notes = new Map<string, DirtyHour>();
  for (const attempt of attempts) {
    const late = attempt.at <= writtenBy - SETTLED_MS + SKEW_MS;
    if (!late && !speaks(attempt)) continue;
    const { orgId, appId, endpointId } = attempt;
    const hour = hourOf(attempt.at);
    const name = `${orgId}#${appId}#${endpointId}#${hour}`;
    if (!late && notes.has(name)) continue;
    notes.set(name, { orgId, appId, endpointId, hour, kind: late ? 'reopened' : 'busy' });
  }
  return [...notes.values()];
};

/** The instants from `since` to `until`, both included, as ids can tell them. */
export const spanOf = (since: number, until: number): Span => ({
  from: Math.floor(since / TICK_MS) * TICK_MS,
  to: (Math.floor(until / TICK_MS) + 1) * TICK_MS,
});

/** What kept hours say about a span, and which parts of it have to be counted still, oldest first. */
export const covered = (
  span: Span,
  kept: readonly KeptHour[],
): { readonly hourlyCounts: HourlyCounts; readonly rest: readonly Span[] } => {
  let hourlyCounts = NOTHING;
  let { from } = span;
  const rest: Span[] = [];
  for (const { hour, counted } of kept.toSorted((left, right) => left.hour - right.hour)) {
    if (counted === null || hour < from || counted.through > span.to) continue;
    hourlyCounts = plus(hourlyCounts, counted);
    if (hour > from) rest.push({ from, to: hour });
    from = counted.through;
  }
  if (from < span.to) rest.push({ from, to: span.to });
  return { hourlyCounts, rest };
};

/** The part of an hour that has settled since it was last counted; undefined: none. */
export const settledSince = ({ hour, counted }: KeptHour, nowMs: number): Span | undefined => {
  const from = counted?.through ?? hour;
  const settled = Math.floor((nowMs - SETTLED_MS) / TICK_MS) * TICK_MS;
  const to = Math.min(hour + HOUR_MS, settled);
  return to > from ? { from, to } : undefined;
};
