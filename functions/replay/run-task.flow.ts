import { idTime } from '../platform/ids/ids.domain.ts';
import { makeStatisticsPage } from './statistics/statistics.flow.ts';
import type { StatisticsDeps } from './statistics/statistics.flow.ts';
import { PAGE_MS, isReplay, isStatistics } from './task.domain.ts';
import type { Task } from './task.domain.ts';
import { TASK_LEASE_SECONDS } from '../platform/limits/function-timeouts.domain.ts';
import { MINUTE_MS } from '../platform/limits/time.domain.ts';
import { makePurgePage } from './purge-page.flow.ts';
import type { PurgePageDeps } from './purge-page.flow.ts';
import { makeReplayPage } from './replay-page.flow.ts';
import type { ReplayPageDeps } from './replay-page.flow.ts';
import type { TaskMessage, TaskQueue, TaskStore } from './tasks.flow.ts';

export interface RunTaskDeps extends ReplayPageDeps, PurgePageDeps, StatisticsDeps {
  readonly store: TaskStore;
  readonly queue: TaskQueue;
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

/**
 * Runs a task page by page, and queues it again when the invocation's time is over. The work of a page is done before the
 * task's row advances, and is safe to repeat after a crash between the two.
 */
export const makeRunTask = (deps: RunTaskDeps) => {
  const { store, queue, now, step } = deps;
  const replayPage = makeReplayPage(deps);
  const purgePage = makePurgePage(deps);
  const statisticsPage = makeStatisticsPage(deps);

  const nextPage = (task: Task): Promise<Task> => {
    if (isReplay(task)) return replayPage(task);
    return isStatistics(task) ? statisticsPage(task) : purgePage(task);
  };

  const secondsUntil = (instant: number) => Math.max(0, Math.ceil((instant - now()) / 1000));

  const requeue = async (task: Task, queueMessage: TaskMessage, holder: string) => {
    if (!(await store.advance(task, holder, null))) return;
    await step('task.released');
    // Half of the queued deliveries are sent by then, so the rate is kept without a gap.
    const waitMs = task.pacedUntil - now() - AHEAD_MS / 2;
    await queue.send(queueMessage, Math.max(0, Math.floor(waitMs / 1000)));
    await step('task.requeued');
  };

  /** Runs the next page and returns the advanced task; undefined if the task ended meanwhile. */
  const runPage = async (task: Task, holder: string): Promise<Task | undefined> => {
    const after = await nextPage(task);
    const written = await store.advance(
      after,
      holder,
      after.state.kind === 'running' ? now() + LEASE_MS : null,
    );
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
