import type { Attempt } from '../../deliver/attempts/attempt.domain.ts';
import type { AppId, EndpointId, OrgId } from '../../platform/ids/brand.domain.ts';
import {
  HOUR_MS,
  NOTHING,
  WORTH_KEEPING,
  covered,
  dirtyHours,
  plus,
  settledSince,
  spanOf,
} from './endpoint-hours.domain.ts';
import type {
  EndpointHour,
  EndpointKey,
  DirtyHour,
  KeptHour,
  Span,
  HourlyCounts,
} from './endpoint-hours.domain.ts';
import type { Step } from '../../platform/steps/steps.ts';
import { throwFirstFailure } from '../../platform/settle.domain.ts';

/** The port that answers counts. */
export interface AttemptCounts {
  /** What is kept of the hours that begin in the span. */
  kept(endpoint: EndpointKey, span: Span): Promise<readonly KeptHour[]>;
  /** Counts attempts row by row with at most so many reads; where those do not reach, some are missing. */
  count(endpoint: EndpointKey, spans: readonly Span[], mostReads: number): Promise<Counted>;
}

export type Counted = HourlyCounts & { readonly complete: boolean };

/** Marks that cannot be read are left out. `next`: where the next page begins; undefined: this one was empty. */
export interface DirtyHoursPage {
  readonly hours: readonly EndpointHour[];
  readonly next: string | undefined;
}

/** The port to what is kept of hours. */
export interface HourlyStatistics extends AttemptCounts {
  /** Hours that were marked dirty, oldest first, page by page; `after` is the `next` of the page before. */
  noted(shard: number, after?: string): Promise<DirtyHoursPage>;
  /** Writes counts; false where the hour was reopened or counted by another since it was read. */
  keep(hour: EndpointHour, seen: KeptHour, counted: NonNullable<KeptHour['counted']>): Promise<boolean>;
  strike(hour: EndpointHour): Promise<void>;
}

/** The port for notes about hours; safe to repeat. */
export type MarkDirtyHours = (notes: readonly DirtyHour[]) => Promise<void>;
type Project = (attempts: readonly Attempt[]) => Promise<void>;

/**
 * Notes hours behind `project`. Last, and by a clock that is read after the rows were written: only then does a note
 * cover all of them. Whoever writes rows of the list of attempts goes through here, or counts may miss them.
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
 * Reads (of 1 MB, some 2,500 attempts each) that one answer may cost; a partition gives about twelve a second. An
 * endpoint of 1,000 attempts a second can be ahead of them: its newest attempts then show a few minutes late.
 */
const MOST_READS = 400;

/** Attempts at an endpoint that were made from `since` to `until` (both included), by how they ended. */
export const makeCountAttempts =
  (counts: AttemptCounts): CountAttempts =>
  async (orgId, appId, endpointId, since, until) => {
    const endpoint = { orgId, appId, endpointId };
    if (since > until) return NOTHING;
    const span = spanOf(since, until);
    const { hourlyCounts, rest } = covered(span, await counts.kept(endpoint, span));
    return plus(hourlyCounts, await counts.count(endpoint, rest, MOST_READS));
  };

export interface UpdateHourlyStatisticsDeps {
  readonly book: HourlyStatistics;
  readonly shards: number;
  readonly now: () => number;
  readonly remainingMs: () => number;
  readonly step: Step;
}

/** More than the busiest hour has: 2,000 attempts a second are 2,900 reads. */
const READS_OF_AN_HOUR = 10_000;
/** A run ends while this much of its time is left: an hour at the highest rate takes about as long to count. */
const TIME_LEFT_MS = 60_000;

/** Counts busy hours ahead of readers, as far as they have settled. Safe to repeat and to run twice at once. */
export const makeUpdateHourlyStatistics = ({
  book,
  shards,
  now,
  remainingMs,
  step,
}: UpdateHourlyStatisticsDeps) => {
  const unseen = (hour: number): KeptHour => ({ hour, revision: 0, counted: null });

  const one = async (noted: EndpointHour): Promise<boolean> => {
    const { hour } = noted;
    const [seen = unseen(hour)] = await book.kept(noted, { from: hour, to: hour + 1 });
    const span = settledSince(seen, now());
    const through = span?.to ?? seen.counted?.through ?? hour;
    if (span !== undefined) {
      const added = await book.count(noted, [span], READS_OF_AN_HOUR);
      await step('update-hourly-statistics.counted');
      const total = plus(seen.counted ?? NOTHING, added);
      const worth = total.succeeded + total.failed + total.canceled >= WORTH_KEEPING;
      if (!added.complete || (worth && !(await book.keep(noted, seen, { ...total, through })))) return false;
      await step('update-hourly-statistics.stored');
    }
    if (through === hour + HOUR_MS) await book.strike(noted);
    return span !== undefined;
  };

  /** Each hour and each shard by itself; the first failure is thrown once the others were counted. */
  return async (): Promise<{ readonly noted: number; readonly counted: number }> => {
    const outcomes: PromiseSettledResult<boolean>[] = [];
    const countShard = async (shard: number) => {
      let page = await book.noted(shard);
      while (page.next !== undefined && remainingMs() > TIME_LEFT_MS) {
        outcomes.push(...(await Promise.allSettled(page.hours.map(one))));
        page = await book.noted(shard, page.next);
      }
    };
    const read: PromiseSettledResult<void>[] = [];
    for (let shard = 0; shard < shards; shard += 1)
      read.push(...(await Promise.allSettled([countShard(shard)])));
    throwFirstFailure([...read, ...outcomes]);
    const counted = outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value);
    return { noted: outcomes.length, counted: counted.length };
  };
};
