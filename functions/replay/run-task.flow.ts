import pLimit from 'p-limit';
import { idTime } from '../platform/ids/ids.domain.ts';
import { PAGE_MS, advanced, failed, pace } from './task.domain.ts';
import type { Task } from './task.domain.ts';
import type { AttemptLog, DeliveryQueue } from '../deliver/delivery.port.ts';
import { DUPLICATE_DELAY_MS } from '../platform/limits/delivery.domain.ts';
import { TASK_LEASE_SECONDS } from '../platform/limits/function-timeouts.domain.ts';
import { MINUTE_MS } from '../platform/limits/time.domain.ts';
import { settleAll } from '../platform/settle.domain.ts';
import type { Selection } from './task-page.flow.ts';
import type { Step } from '../platform/steps/steps.ts';
import type { Select } from './task-selection.flow.ts';
import type { TaskMessage, TaskQueue, TaskStore } from './tasks.flow.ts';

export interface RunTaskDeps {
  readonly store: TaskStore;
  readonly queue: TaskQueue;
  readonly deliveries: Pick<DeliveryQueue, 'send'>;
  readonly log: Pick<AttemptLog, 'markRedone'>;
  readonly select: Select;
  readonly now: () => number;
  readonly step: Step;
}

/** Lease of a run. After a crash the same queue message may continue at once, another one when the lease expires. */
const LEASE_MS = TASK_LEASE_SECONDS * 1000;
/** Time reserved for one page and its follow-up. */
const STOP_MS = 10_000;
/**
 * Before the next page, deliveries are queued at most this far ahead of their send time; beyond that the task itself waits
 * in its queue. With the page they are twice as far ahead: that much is still sent after a cancel.
 */
const AHEAD_MS = PAGE_MS;
/** The task's row is written after its queue message. If it is missing after this time, the request failed. */
const CREATION_MS = MINUTE_MS;
const RETRY_SECONDS = 1;
/** Parallel writes: half of the client's connections. */
const MARKS_AT_ONCE = 25;
/** A retry that is due later than this has not begun in any function, whatever their clocks. */
const MAX_CLOCK_SKEW_MS = 5_000;

/**
 * Runs a task page by page, and queues it again when the invocation's time is over. Deliveries of a page are queued
 * before the task's row advances. Their identities are derived from the task, so a repeat after a crash is deduplicated.
 */
export const makeRunTask = (deps: RunTaskDeps) => {
  const { store, queue, now, step } = deps;

  const secondsUntil = (instant: number) => Math.max(0, Math.ceil((instant - now()) / 1000));

  const requeue = async (task: Task, queueMessage: TaskMessage, holder: string) => {
    if (!(await store.advance(task, holder, null))) return;
    await step('task.released');
    // Half of the queued deliveries are sent by then, so the rate is kept without a gap.
    const waitMs = task.pacedUntil - now() - AHEAD_MS / 2;
    await queue.send(queueMessage, Math.max(0, Math.floor(waitMs / 1000)));
    await step('task.requeued');
  };

  /**
   * Marks the attempts before their retries are queued a second time: from then on each of the two retries must claim
   * the right to send. A retry that began before the mark is recorded by the time that its duplicate starts.
   */
  const bringForward = async (selections: readonly Selection[]) => {
    const pending = selections.flatMap((one) => (one.pending === null ? [] : [one.pending.attempt]));
    const limit = pLimit(MARKS_AT_ONCE);
    await settleAll(pending.map((attempt) => limit(() => deps.log.markRedone(attempt))));
    await step('task.marked');
  };

  const earliest = ({ pending }: Selection): number =>
    pending === null || pending.at > now() + MAX_CLOCK_SKEW_MS ? 0 : Math.ceil(DUPLICATE_DELAY_MS / 1000);

  /** Runs the next page and returns the advanced task; undefined if the task ended meanwhile. */
  const runPage = async (task: Task, holder: string): Promise<Task | undefined> => {
    const selected = await deps.select(task, 'send');
    await step('task.selected');
    if (selected.kind === 'impossible') {
      const ended = failed(task, selected.reason, now());
      return (await store.advance(ended, holder, null)) ? ended : undefined;
    }
    const { deliveries, next, done } = selected;
    const delays = pace(task, deliveries.length, now());
    if (deliveries.length > 0) {
      await bringForward(deliveries);
      await deps.deliveries.send(
        deliveries.map((one, index) => ({
          delivery: one.delivery,
          delaySeconds: Math.max(delays[index] ?? 0, earliest(one)),
        })),
      );
    }
    await step('task.sent');
    const after = advanced(task, { count: deliveries.length, next, done }, now());
    const written = await store.advance(after, holder, done ? null : now() + LEASE_MS);
    await step('task.advanced');
    return written ? after : undefined;
  };

  /** `holder`: the id of the queue message, which may continue under its own lease when it is received again. */
  return async (queueMessage: TaskMessage, holder: string, remainingMs: () => number): Promise<void> => {
    const leased = await store.lease(queueMessage, holder, now() + LEASE_MS, now());
    switch (leased.kind) {
      case 'busy':
        // Not dropped: the holder's message may be dead-lettered, and this one its replay.
        return queue.send(queueMessage, secondsUntil(leased.until) + RETRY_SECONDS);
      case 'over':
        return;
      case 'absent':
        if (now() - (idTime(queueMessage.id) ?? 0) < CREATION_MS)
          await queue.send(queueMessage, RETRY_SECONDS);
        return;
      case 'leased': {
        let task: Task | undefined = leased.task;
        while (task?.state.kind === 'running') {
          if (remainingMs() < STOP_MS || task.pacedUntil - now() > AHEAD_MS)
            return requeue(task, queueMessage, holder);
          task = await runPage(task, holder);
        }
      }
    }
  };
};
