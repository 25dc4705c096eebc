import { spanOf, sumStored } from '../../read-models/hourly-statistics/endpoint-hours.domain.ts';
import type { EndpointKey, Span } from '../../read-models/hourly-statistics/endpoint-hours.domain.ts';
import type { AttemptCounts } from '../../read-models/hourly-statistics/statistics.flow.ts';
import { appId } from '../../platform/ids/brand.domain.ts';
import { TICK_MS } from '../../platform/ids/ids.domain.ts';
import { HOUR_MS, MINUTE_MS } from '../../platform/limits/time.domain.ts';
import type { StatisticsTask } from '../task.domain.ts';
import type { OpenApplication, StatisticsCursor } from './statistics-cursor.ts';
import { PART_BYTES, STATISTICS_PAGE_MS, addTo, applicationsAfter, newPart } from './statistics-page.flow.ts';
import type { EndpointPlace, NamedApplication, Part, StatisticsPageDeps } from './statistics-page.flow.ts';

export interface UsagePageDeps extends StatisticsPageDeps {
  readonly counts: Pick<AttemptCounts, 'storedHours' | 'count'>;
}

/** Queries of one count, of 1 MB each: a few seconds at what a partition serves. */
const MAX_READS = 200;
const SHORTEST_SPAN_MS = MINUTE_MS;
/** Deliveries that are under way when their endpoint is deleted are recorded within this time. */
const LATE_MS = HOUR_MS;

export interface StatisticsPage {
  readonly part: Part;
  readonly cursor: StatisticsCursor;
  readonly done: boolean;
}

const concerns = ({ createdAt, deletedAt }: EndpointPlace, { since, until }: StatisticsTask): boolean =>
  createdAt <= until && (deletedAt === null || deletedAt + LATE_MS >= since);

/**
 * Counts the attempts of applications from `since` to `until`, deleted endpoints included, from the hourly counts and the list
 * of attempts. The cursor is within an endpoint, so that no amount of attempts is too much for one page.
 */
export const makeUsagePage = (deps: UsagePageDeps) => {
  const { counts, endpointPlaces, now } = deps;

  /** The attempts within a span; undefined if they need more reads than one count may make. */
  const attemptsIn = async (endpoint: EndpointKey, span: Span): Promise<number | undefined> => {
    const { hourlyCounts, rest } = sumStored(span, await counts.storedHours(endpoint, span));
    const counted = await counts.count(endpoint, rest, MAX_READS);
    const { succeeded, failed } = hourlyCounts;
    return counted.complete ? succeeded + failed + counted.succeeded + counted.failed : undefined;
  };

  /** Counts from an instant on: as long a span as one count can. Returns where it ended. */
  const countFrom = async (endpoint: EndpointKey, from: number, to: number) => {
    for (let length = to - from; ; length = Math.floor(length / 2 / TICK_MS) * TICK_MS) {
      const end = from + Math.max(length, Math.min(SHORTEST_SPAN_MS, to - from));
      const attempts = await attemptsIn(endpoint, { from, to: end });
      if (attempts !== undefined) return { attempts, end };
      if (length <= SHORTEST_SPAN_MS) throw new Error('a minute has more attempts than one count can read');
    }
  };

  /** Counts endpoints of an application until the deadline. `done`: all of them. */
  const countApplication = async (
    task: StatisticsTask,
    start: OpenApplication,
    deadline: number,
  ): Promise<{ readonly open: OpenApplication; readonly done: boolean }> => {
    const whole = spanOf(task.since, task.until);
    const id = appId(start.id);
    let open = start;
    for (;;) {
      const { items, done } = await endpointPlaces(task.orgId, id, open.endpoint);
      for (const endpoint of items) {
        let from = concerns(endpoint, task) ? (open.from ?? whole.from) : whole.to;
        while (from < whole.to) {
          const key = { orgId: task.orgId, appId: id, endpointId: endpoint.id };
          const counted = await countFrom(key, from, whole.to);
          from = counted.end;
          open = { ...open, attempts: open.attempts + counted.attempts, from };
          if (now() >= deadline) break;
        }
        if (from < whole.to) return { open, done: false };
        open = { ...open, endpoint: endpoint.id, from: null };
      }
      if (done) return { open, done: true };
      if (now() >= deadline) return { open, done: false };
    }
  };

  return async (task: StatisticsTask, start: StatisticsCursor): Promise<StatisticsPage> => {
    const deadline = now() + STATISTICS_PAGE_MS;
    const part = newPart();
    let cursor = start;
    const { items, next, done } = await applicationsAfter(deps, task, cursor.after);
    const count = async ({ id, uid }: NamedApplication): Promise<boolean> => {
      const begun = cursor.open?.id === id ? cursor.open : { id, attempts: 0, endpoint: null, from: null };
      const counted = await countApplication(task, begun, deadline);
      cursor = { ...cursor, open: counted.open };
      if (!counted.done) return false;
      addTo(part, { appId: id, appUid: uid, messageDestinations: counted.open.attempts });
      cursor = { ...cursor, after: id, open: null };
      return true;
    };
    for (const application of items) {
      const isCounted = await count(application);
      const isLast = isCounted && application.id === items.at(-1)?.id;
      if (!isLast && (!isCounted || part.bytes >= PART_BYTES || now() >= deadline))
        return { part, cursor, done: false };
    }
    return { part, cursor: { ...cursor, after: next }, done };
  };
};
