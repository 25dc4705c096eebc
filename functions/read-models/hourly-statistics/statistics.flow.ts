import { HOUR_MS, MINUTE_MS } from '../../platform/limits/time.domain.ts';
import type { Attempt } from '../../deliver/attempts/attempt.domain.ts';
import type { AppId, EndpointId, OrgId } from '../../platform/ids/brand.domain.ts';
import {
  NOTHING,
  NO_FAILURES,
  MIN_ATTEMPTS_TO_STORE,
  addFailures,
  dirtyHours,
  plus,
  settledSince,
  spanOf,
  storedFailures,
  sumStored,
} from './endpoint-hours.domain.ts';
import type {
  EndpointHour,
  EndpointKey,
  DirtyHour,
  FailuresByHour,
  StoredHour,
  Span,
  HourlyCounts,
} from './endpoint-hours.domain.ts';
import type { Step } from '../../platform/steps/steps.ts';
import { throwFirstFailure } from '../../platform/settle.domain.ts';

/** The port that counts attempts. */
export interface AttemptCounts {
  /** The stored hours that begin in the span. */
  storedHours(endpoint: EndpointKey, span: Span): Promise<readonly StoredHour[]>;
  /** Counts attempts with at most `maxReads` queries; not `complete` if those did not suffice. */
  count(endpoint: EndpointKey, spans: readonly Span[], maxReads: number): Promise<Counted>;
  /** The same for failures alone, which are read without successes. */
  countFailures(endpoint: EndpointKey, spans: readonly Span[], maxReads: number): Promise<CountedFailures>;
}

export type Counted = HourlyCounts & { readonly complete: boolean };

export interface CountedFailures {
  readonly failures: FailuresByHour;
  readonly complete: boolean;
}

/** Unreadable rows are left out. `next`: cursor of the next page; undefined: this page was empty. */
export interface DirtyHoursPage {
  readonly hours: readonly EndpointHour[];
  readonly next: string | undefined;
}

/** The port to stored and dirty hours. */
export interface HourlyStatistics extends AttemptCounts {
  /** A page of dirty hours, oldest first; `after` is the `next` of the page before. */
  dirtyHours(shard: number, after?: string): Promise<DirtyHoursPage>;
  /** Stores counts; false if the hour was reopened or counted by another run since it was read. */
  store(hour: EndpointHour, seen: StoredHour, counted: NonNullable<StoredHour['counted']>): Promise<boolean>;
  /** Removes the dirty mark. */
  clear(hour: EndpointHour): Promise<void>;
}

/** The port that marks hours as dirty; idempotent. */
export type MarkDirtyHours = (hours: readonly DirtyHour[]) => Promise<void>;
type Project = (attempts: readonly Attempt[]) => Promise<void>;

/**
 * Projects attempts, then marks their hours as dirty. The clock is read after the rows were written: only then does the
 * mark cover all of them. Every writer of the list of attempts must mark hours this way, or counts may miss its rows.
 */
export const makeProjectAndMarkHours =
  (project: Project, markDirtyHours: MarkDirtyHours, now: () => number): Project =>
  async (attempts) => {
    await project(attempts);
    await markDirtyHours(dirtyHours(attempts, now()));
  };

export type CountAttempts = (
  orgId: OrgId,
  appId: AppId,
  endpointId: EndpointId,
  since: number,
  until: number,
) => Promise<HourlyCounts>;

/**
 * The most queries (of 1 MB, some 2,500 attempts each) for one answer; a partition serves about twelve a second. At an
 * endpoint with 1,000 attempts a second they may not suffice: its newest attempts are then counted a few minutes late.
 */
const MAX_READS = 400;

/** Counts the attempts at an endpoint from `since` to `until` (both inclusive) by outcome. */
export const makeCountAttempts =
  (counts: AttemptCounts): CountAttempts =>
  async (orgId, appId, endpointId, since, until) => {
    const endpoint = { orgId, appId, endpointId };
    if (since > until) return NOTHING;
    const span = spanOf(since, until);
    const { hourlyCounts, rest } = sumStored(span, await counts.storedHours(endpoint, span));
    return plus(hourlyCounts, await counts.count(endpoint, rest, MAX_READS));
  };

/**
 * Counts failed attempts and canceled deliveries at an endpoint from `since` to `until` (both inclusive) by hour and
 * cause; not `complete` if `maxReads` queries did not suffice.
 */
export type CountFailures = (
  endpoint: EndpointKey,
  since: number,
  until: number,
  maxReads?: number,
) => Promise<CountedFailures>;

export const makeCountFailures =
  (counts: Pick<AttemptCounts, 'storedHours' | 'countFailures'>): CountFailures =>
  async (endpoint, since, until, maxReads = MAX_READS) => {
    if (since > until) return { failures: NO_FAILURES, complete: true };
    const span = spanOf(since, until);
    const { failures, rest } = storedFailures(span, await counts.storedHours(endpoint, span));
    const counted = await counts.countFailures(endpoint, rest, maxReads);
    return { failures: addFailures(failures, counted.failures), complete: counted.complete };
  };

export interface UpdateHourlyStatisticsDeps {
  readonly statistics: HourlyStatistics;
  readonly shards: number;
  readonly now: () => number;
  readonly remainingMs: () => number;
  readonly step: Step;
}

/** Enough for the busiest hour: 2,000 attempts a second take 2,900 queries. */
const MAX_READS_PER_HOUR = 10_000;
/** A run starts no page with less time left: one hour at the highest rate takes about this long to count. */
const TIME_LEFT_MS = MINUTE_MS;

/** Counts the settled part of busy hours ahead of readers. Idempotent; two runs may overlap. */
export const makeUpdateHourlyStatistics = ({
  statistics,
  shards,
  now,
  remainingMs,
  step,
}: UpdateHourlyStatisticsDeps) => {
  const uncounted = (hour: number): StoredHour => ({ hour, revision: 0, counted: null });

  const countHour = async (dirty: EndpointHour): Promise<boolean> => {
    const { hour } = dirty;
    const [seen = uncounted(hour)] = await statistics.storedHours(dirty, { from: hour, to: hour + 1 });
    const span = settledSince(seen, now());
    const through = span?.to ?? seen.counted?.through ?? hour;
    if (span !== undefined) {
      const added = await statistics.count(dirty, [span], MAX_READS_PER_HOUR);
      await step('update-hourly-statistics.counted');
      const total = plus(seen.counted ?? NOTHING, added);
      const busy = total.succeeded + total.failed + total.canceled >= MIN_ATTEMPTS_TO_STORE;
      if (!added.complete || (busy && !(await statistics.store(dirty, seen, { ...total, through }))))
        return false;
      await step('update-hourly-statistics.stored');
    }
    if (through === hour + HOUR_MS) await statistics.clear(dirty);
    return span !== undefined;
  };

  /** A failing hour or shard does not stop the others; the first failure is thrown at the end. */
  return async (): Promise<{ readonly dirty: number; readonly counted: number }> => {
    const outcomes: PromiseSettledResult<boolean>[] = [];
    const countShard = async (shard: number) => {
      let page = await statistics.dirtyHours(shard);
      while (page.next !== undefined && remainingMs() > TIME_LEFT_MS) {
        outcomes.push(...(await Promise.allSettled(page.hours.map(countHour))));
        page = await statistics.dirtyHours(shard, page.next);
      }
    };
    const read: PromiseSettledResult<void>[] = [];
    for (let shard = 0; shard < shards; shard += 1)
      read.push(...(await Promise.allSettled([countShard(shard)])));
    throwFirstFailure([...read, ...outcomes]);
    const counted = outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value);
    return { dirty: outcomes.length, counted: counted.length };
  };
};
