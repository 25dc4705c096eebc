import { ANY_ATTEMPT } from '../read-models/attempt-filter.domain.ts';
import type { AttemptFilter } from '../read-models/attempt-filter.domain.ts';
import type { AppId, EndpointId, OrgId } from '../platform/ids/brand.domain.ts';

/** A background task that sends many messages to one endpoint. */
export type ReplayKind = 'endpoint.recover' | 'endpoint.replay' | 'endpoint.bulk-replay';
/** A background task that erases the contents of all messages of an application. */
export type PurgeKind = 'application.purge_content';

/** A background task that computes statistics of an organization. */
export type StatisticsKind = 'application.stats' | 'event-type.aggregate';

export type TaskState =
  | { readonly kind: 'running' }
  | { readonly kind: 'finished' }
  | { readonly kind: 'failed'; readonly reason: string };

/** Filters of a bulk replay by the latest attempt; of a recover its causes, of the last failure within the window. */
export interface TaskFilters extends AttemptFilter {
  /** Delivery status; `never` is a status of the contract that no message ever has. */
  readonly progress: 'succeeded' | 'unsuccessful' | 'canceled' | 'sending' | 'never' | null;
}

export const NO_FILTERS: TaskFilters = { ...ANY_ATTEMPT, progress: null };

export interface TaskKey {
  readonly orgId: OrgId;
  readonly id: string;
}

/** What all tasks share. Instants are ms since 1970; the window includes both of its ends. */
interface AnyTask extends TaskKey {
  readonly since: number;
  readonly until: number;
  /** The most messages a second. */
  readonly rate: number;
  readonly state: TaskState;
  /** How far it is, of messages or attempts the id; null at the start. */
  readonly cursor: string | null;
  /** Messages that were queued or expunged, or applications that were counted, so far. */
  readonly count: number;
  /** The rate limit is used up until this instant. */
  readonly pacedUntil: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A task over the messages of an application. */
interface MessageTask extends AnyTask {
  readonly appId: AppId;
}

export interface ReplayTask extends MessageTask {
  readonly kind: ReplayKind;
  readonly endpointId: EndpointId;
  readonly filters: TaskFilters;
}

export interface PurgeTask extends MessageTask {
  readonly kind: PurgeKind;
}

export interface StatisticsTask extends AnyTask {
  readonly kind: StatisticsKind;
  readonly appId: null;
  /** The applications that were asked for; null: all. */
  readonly apps: readonly AppId[] | null;
}

export type Task = ReplayTask | PurgeTask | StatisticsTask;

/** Whether the task is about one endpoint. Such tasks are shown to the application's own tokens. */
export const isReplay = (task: Task): task is ReplayTask => 'endpointId' in task;
export const isStatistics = (task: Task): task is StatisticsTask => task.appId === null;

/** The most time (ms) that a page's messages take at the task's rate: half of what is queued ahead of its send time. */
export const PAGE_MS = 2_500;

/** The most messages of a task's page: `most`, or fewer so that they take at most PAGE_MS. */
export const pageSize = ({ rate }: Pick<Task, 'rate'>, most: number): number =>
  Math.min(most, Math.max(1, Math.floor((rate * PAGE_MS) / 1000)));

/** Whole seconds that sending takes at a rate. */
export const secondsOf = (messages: number, rate: number): number => Math.ceil(messages / rate);

/** One page of a task's work. */
export interface TaskPage {
  readonly count: number;
  readonly next: string | null;
  readonly done: boolean;
}

/** The delay (whole seconds from now) of each of a page's messages that keeps the rate over all pages. */
export const pace = (
  { pacedUntil, rate }: Pick<Task, 'pacedUntil' | 'rate'>,
  count: number,
  nowMs: number,
): readonly number[] => {
  const start = Math.max(pacedUntil, nowMs);
  return Array.from({ length: count }, (_, index) => Math.floor((start - nowMs) / 1000 + index / rate));
};

/** The task's state after a page. */
export const advanced = <One extends ReplayTask | PurgeTask>(
  task: One,
  page: TaskPage,
  nowMs: number,
): One => ({
  ...task,
  state: page.done ? { kind: 'finished' } : task.state,
  cursor: page.next ?? task.cursor,
  count: task.count + page.count,
  pacedUntil: Math.max(task.pacedUntil, nowMs) + (page.count / task.rate) * 1000,
  updatedAt: nowMs,
});

export const failed = <One extends Task>(task: One, reason: string, nowMs: number): One => ({
  ...task,
  state: { kind: 'failed', reason },
  updatedAt: nowMs,
});
