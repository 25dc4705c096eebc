import type { OrgId } from '../platform/ids/brand.domain.ts';
import { idTime } from '../platform/ids/ids.domain.ts';
import type { Ids } from '../platform/ids/ids.domain.ts';
import type { Task, TaskKey } from './task.domain.ts';
import type { StoredResponseOf } from '../catalog/catalog.port.ts';
import type { Page, PageRequest } from '../platform/pages/page.ts';
import type { Select } from './task-selection.flow.ts';
import type { Step } from '../platform/steps/steps.ts';

/** What a run of a task finds: the right to work on it, or why there is none. `until`: ms since 1970. */
export type Leased =
  | { readonly kind: 'leased'; readonly task: Task }
  | { readonly kind: 'busy'; readonly until: number }
  | { readonly kind: 'over' }
  | { readonly kind: 'absent' };

/** The port to tasks; each of them goes after 90 days. */
export interface TaskStore {
  create(task: Task, storedResponseOf?: StoredResponseOf<Task>): Promise<void>;
  find(key: TaskKey): Promise<Task | undefined>;
  list(orgId: OrgId, page: PageRequest, keep: (task: Task) => boolean): Promise<Page<Task>>;
  /** One run at a time works on a running task; the same `holder` may ask again. */
  lease(key: TaskKey, holder: string, untilMs: number, nowMs: number): Promise<Leased>;
  /** Writes down how far the holder has come, and until when he keeps the lease (null: no longer). False: it is over. */
  advance(task: Task, holder: string, leaseUntil: number | null): Promise<boolean>;
  /** Ends a running task as failed; answers it as it stands then; undefined: there is none. */
  cancel(key: TaskKey, reason: string, nowMs: number): Promise<Task | undefined>;
}

/** The port to the queue of tasks. */
export interface TaskQueue {
  send(queueMessage: TaskMessage, delaySeconds: number): Promise<void>;
}

/** A task's turn, as it travels through the queue. */
export interface TaskMessage extends TaskKey {
  /** For the fairness of the queue alone. */
  readonly appId: Task['appId'];
}

/** What somebody asks for. `until` null: now. `rate` null: what is usual. */
export interface TaskOrder extends Pick<
  Task,
  'orgId' | 'appId' | 'endpointId' | 'kind' | 'since' | 'filters'
> {
  readonly until: number | null;
  readonly rate: number | null;
}

/** How many messages an order would send; not `complete`: more than could be counted in time. */
export interface Estimate {
  readonly messages: number;
  readonly complete: boolean;
}

export interface Tasks extends Pick<TaskStore, 'find' | 'list'> {
  start(order: TaskOrder, storedResponseOf?: StoredResponseOf<Task>): Promise<Task>;
  estimate(order: TaskOrder): Promise<Estimate>;
  cancel(key: TaskKey): Promise<Task | undefined>;
}

export interface TasksDeps {
  readonly store: TaskStore;
  readonly queue: TaskQueue;
  readonly select: Select;
  readonly ids: Ids;
  readonly now: () => number;
  readonly step: Step;
}

/** Messages a second: as many as one batch of deliveries sends to a receiver that takes 200 ms. */
const USUAL_RATE = 50;
/** The queue's record waits this long for the row that follows it. */
const FIRST_DELAY_SECONDS = 1;
/** Well inside the time that a request may take. */
const ESTIMATE_MS = 15_000;

const taskOf = ({ until, rate, ...order }: TaskOrder, id: string, nowMs: number): Task => {
  const createdAt = idTime(id) ?? nowMs;
  return {
    ...order,
    id,
    // What is accepted or tried from now on is not this task's business, least of all its own attempts.
    until: Math.min(until ?? createdAt, createdAt),
    rate: rate ?? USUAL_RATE,
    state: { kind: 'running' },
    cursor: null,
    sent: 0,
    pacedUntil: createdAt,
    createdAt,
    updatedAt: createdAt,
  };
};

/** Background tasks as clients know them; flows/run-task.ts does their work. */
export const makeTasks = ({ store, queue, select, ids, now, step }: TasksDeps): Tasks => ({
  find: (key) => store.find(key),
  list: (orgId, page, keep) => store.list(orgId, page, keep),

  /** The record goes first: without its row it ends by itself, while a row without a record would never be worked on. */
  async start(order, storedResponseOf) {
    const task = taskOf(order, ids.task(now()), now());
    await queue.send({ orgId: task.orgId, appId: task.appId, id: task.id }, FIRST_DELAY_SECONDS);
    await step('task.queued');
    await store.create(task, storedResponseOf);
    await step('task.created');
    return task;
  },

  async estimate(order) {
    const deadline = now() + ESTIMATE_MS;
    let task = taskOf(order, ids.task(now()), now());
    let messages = 0;
    while (now() < deadline) {
      const selected = await select(task, 'count');
      if (selected.kind === 'impossible') return { messages: 0, complete: true };
      messages += selected.deliveries.length;
      if (selected.done) return { messages, complete: true };
      task = { ...task, cursor: selected.next ?? task.cursor };
    }
    return { messages, complete: false };
  },

  cancel: (key) => store.cancel(key, 'cancelled', now()),
});
