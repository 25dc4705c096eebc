import type { OrgId } from '../platform/ids/brand.domain.ts';
import { idTime } from '../platform/ids/ids.domain.ts';
import type { Ids } from '../platform/ids/ids.domain.ts';
import type { PurgeTask, ReplayTask, StatisticsTask, Task, TaskKey } from './task.domain.ts';
import type { StoredResponseOf } from '../catalog/catalog.port.ts';
import type { Page, PageRequest } from '../platform/pages/page.ts';
import { readCursor } from './statistics/statistics-cursor.ts';
import type { TaskResults } from './statistics/statistics-page.flow.ts';
import type { Select } from './task-selection.flow.ts';
import type { Step } from '../platform/steps/steps.ts';

/** The result of acquiring a task's lease. `until`: ms since 1970. */
export type Leased =
  | { readonly kind: 'leased'; readonly task: Task }
  | { readonly kind: 'busy'; readonly until: number }
  | { readonly kind: 'over' }
  | { readonly kind: 'absent' };

/** The port to stored tasks, which expire with the messages that they are about. */
export interface TaskStore {
  create(task: Task, storedResponseOf?: StoredResponseOf<Task>): Promise<void>;
  find(key: TaskKey): Promise<Task | undefined>;
  list(orgId: OrgId, page: PageRequest, keep: (task: Task) => boolean): Promise<Page<Task>>;
  /** Acquires the lease of a running task; the current `holder` may renew it. */
  lease(key: TaskKey, holder: string, untilMs: number, nowMs: number): Promise<Leased>;
  /** Stores progress and extends the lease (null: releases it). false: the task ended or `holder` lost the lease. */
  advance(task: Task, holder: string, leaseUntil: number | null): Promise<boolean>;
  /** Ends a running task as failed and returns the stored task; undefined: no such task. */
  cancel(key: TaskKey, reason: string, nowMs: number): Promise<Task | undefined>;
}

/** The port to the queue of tasks. */
export interface TaskQueue {
  send(queueMessage: TaskMessage, delaySeconds: number): Promise<void>;
}

/** A message of the task queue: runs one task. */
export interface TaskMessage extends TaskKey {
  /** The message group of the fair queue; null: the organization. */
  readonly appId: Task['appId'];
}

interface MessageOrder {
  /** null: now. */
  readonly until: number | null;
  /** null: the default. */
  readonly rate: number | null;
}

/** A request for a task that sends messages to an endpoint. */
export type ReplayOrder = Pick<ReplayTask, 'orgId' | 'appId' | 'endpointId' | 'kind' | 'since' | 'filters'> &
  MessageOrder;

/** A request for a task that erases the contents of an application's messages. */
export type PurgeOrder = Pick<PurgeTask, 'orgId' | 'appId' | 'kind' | 'since'> & MessageOrder;

/** A request for a task that computes statistics. */
export type StatisticsOrder = Pick<StatisticsTask, 'orgId' | 'kind' | 'since' | 'apps'> &
  Pick<MessageOrder, 'until'>;

/** A request for a task. */
export type TaskOrder = ReplayOrder | PurgeOrder | StatisticsOrder;

/**
 * How many messages a task would send at which rate (a second); not `complete`: counting stopped at the time limit.
 */
export interface Estimate {
  readonly rate: number;
  readonly messages: number;
  readonly complete: boolean;
}

export interface Tasks extends Pick<TaskStore, 'find' | 'list'> {
  start(order: TaskOrder, storedResponseOf?: StoredResponseOf<Task>): Promise<Task>;
  /** `limitMs`: the time limit. */
  estimate(order: ReplayOrder, limitMs?: number): Promise<Estimate>;
  cancel(key: TaskKey): Promise<Task | undefined>;
  /** The result of a task that computes statistics, as JSON texts of lists. */
  results(task: StatisticsTask): Promise<readonly string[]>;
}

export interface TasksDeps {
  readonly store: TaskStore;
  readonly queue: TaskQueue;
  readonly select: Select;
  readonly results: Pick<TaskResults, 'read'>;
  readonly ids: Ids;
  readonly now: () => number;
  readonly step: Step;
}

/** Messages a second: what one batch of ten sends to a receiver that takes 200 ms. */
const REPLAY_RATE = 50;
/**
 * Messages a second that are erased. With rows of the largest size (8 KB, nine write units) spread over the application's
 * shards, half of what a partition can write is left to publishing.
 */
const PURGE_RATE = 500;
/** Delay of the queue message, since the task's row is written after it. */
const FIRST_DELAY_SECONDS = 1;
/** Statistics send nothing, so that their rate is never used. */
const UNPACED_RATE = 1;
/** Counting is not paced. */
const UNPACED = Number.POSITIVE_INFINITY;
/** Time limit of an estimate, well within the API's request timeout. */
const ESTIMATE_MS = 15_000;

const startedTask = <Id extends Task['appId']>(
  { orgId, appId, since, until, rate }: MessageOrder & Pick<Task, 'orgId' | 'since'> & { readonly appId: Id },
  defaultRate: number,
  id: string,
  nowMs: number,
) => {
  const createdAt = idTime(id) ?? nowMs;
  return {
    ...{ orgId, appId, since, id },
    // Later messages and attempts, including those that the task makes, are not part of the task.
    until: Math.min(until ?? createdAt, createdAt),
    rate: rate ?? defaultRate,
    state: { kind: 'running' as const },
    cursor: null,
    count: 0,
    pacedUntil: createdAt,
    createdAt,
    updatedAt: createdAt,
  };
};

const replayTaskOf = (order: ReplayOrder, id: string, nowMs: number): ReplayTask => {
  const { kind, endpointId, filters } = order;
  return { ...startedTask(order, REPLAY_RATE, id, nowMs), kind, endpointId, filters };
};

const taskOf = (order: TaskOrder, id: string, nowMs: number): Task => {
  switch (order.kind) {
    case 'application.purge_content':
      return { ...startedTask(order, PURGE_RATE, id, nowMs), kind: order.kind };
    case 'application.stats':
    case 'event-type.aggregate': {
      const { kind, apps } = order;
      return { ...startedTask({ ...order, appId: null, rate: null }, UNPACED_RATE, id, nowMs), kind, apps };
    }
    case 'endpoint.recover':
    case 'endpoint.replay':
    case 'endpoint.bulk-replay':
      return replayTaskOf(order, id, nowMs);
  }
};

/** Starts, lists, estimates and cancels background tasks; run-task.flow.ts runs them. */
export const makeTasks = ({ store, queue, select, results, ids, now, step }: TasksDeps): Tasks => ({
  find: (key) => store.find(key),
  list: (orgId, page, keep) => store.list(orgId, page, keep),

  /** Queues before it stores: a queue message without a row is dropped, but a row without one would never run. */
  async start(order, storedResponseOf) {
    const task = taskOf(order, ids.task(now()), now());
    await queue.send({ orgId: task.orgId, appId: task.appId, id: task.id }, FIRST_DELAY_SECONDS);
    await step('task.queued');
    await store.create(task, storedResponseOf);
    await step('task.created');
    return task;
  },

  async estimate(order, limitMs = ESTIMATE_MS) {
    const deadline = now() + limitMs;
    const { rate, ...planned } = replayTaskOf(order, ids.task(now()), now());
    let task: ReplayTask = { ...planned, rate: UNPACED };
    let messages = 0;
    while (now() < deadline) {
      const selected = await select(task, 'count');
      if (selected.kind === 'impossible') return { rate, messages: 0, complete: true };
      messages += selected.deliveries.length;
      if (selected.done) return { rate, messages, complete: true };
      task = { ...task, cursor: selected.next ?? task.cursor };
    }
    return { rate, messages, complete: false };
  },

  cancel: (key) => store.cancel(key, 'cancelled', now()),

  results: (task) => results.read(task, readCursor(task.cursor).parts),
});
