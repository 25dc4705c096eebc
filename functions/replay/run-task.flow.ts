import { idTime } from '../platform/ids/ids.domain.ts';
import { advanced, failed, pace } from './task.domain.ts';
import type { Task } from './task.domain.ts';
import { DUPLICATE_DELAY_MS } from '../deliver/follow-up.flow.ts';
import type { AttemptLog, DeliveryQueue } from '../deliver/delivery.port.ts';
import { TASK_LEASE_SECONDS } from '../platform/limits/background-task.domain.ts';
import { chunksOf } from '../platform/concurrency/chunks.ts';
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

/** A run that went silent is over after this; its own record comes back and may go on at once. */
const LEASE_MS = TASK_LEASE_SECONDS * 1000;
/** A page and what follows from it fit into this. */
const STOP_MS = 10_000;
/** Deliveries wait in their queue for at most about this long; the task waits in its own. */
const AHEAD_MS = 60_000;
/** A row that is not there a minute after its record will never come: its request failed. */
const CREATION_MS = 60_000;
const RETRY_SECONDS = 1;
/** Writes side by side: half of the client's connections. */
const MARKS_AT_ONCE = 25;
/** A retry that is due later than this by our clock has begun nowhere. */
const CLOCKS_DIFFER_MS = 5_000;
/** A delivery may wait this long for its turn and for memory between its read and its request. */
const LONGEST_WAIT_MS = 30_000;

/**
 * Works on a task page by page, and hands it on to a next run when its time is over. Each page is put on the way before
 * the row says so, under names that are the same whenever it is done again, so a crash sends nothing twice.
 */
export const makeRunTask = (deps: RunTaskDeps) => {
  const { store, queue, now, step } = deps;

  const secondsUntil = (instant: number) => Math.max(0, Math.ceil((instant - now()) / 1000));

  const handOn = async (task: Task, queueMessage: TaskMessage, holder: string) => {
    if (!(await store.advance(task, holder, null))) return;
    await step('task.released');
    // Half of what is on its way has gone by then, so the rate is kept without a gap.
    const waitMs = task.pacedUntil - now() - AHEAD_MS / 2;
    await queue.send(queueMessage, Math.max(0, Math.floor(waitMs / 1000)));
    await step('task.handed-on');
  };

  /**
   * Marked first: from then on the retry that waits and the one that is brought forward both ask for the right to send.
   * A retry that may have begun before the mark is recorded by the time that its duplicate starts.
   */
  const bringForward = async (selections: readonly Selection[]) => {
    const pending = selections.flatMap((one) => (one.pending === null ? [] : [one.pending.attempt]));
    for (const some of chunksOf(pending, MARKS_AT_ONCE))
      await settleAll(some.map((attempt) => deps.log.markRedone(attempt)));
    await step('task.marked');
  };

  const earliest = ({ pending }: Selection): number =>
    pending === null || pending.at > now() + CLOCKS_DIFFER_MS
      ? 0
      : Math.ceil((DUPLICATE_DELAY_MS + LONGEST_WAIT_MS) / 1000);

  /** The task after its next page; undefined where it was ended meanwhile. */
  const rebuildPage = async (task: Task, holder: string): Promise<Task | undefined> => {
    const selected = await deps.select(task, 'send');
    await step('task.selected');
    if (selected.kind === 'impossible') {
      const over = failed(task, selected.reason, now());
      return (await store.advance(over, holder, null)) ? over : undefined;
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

  /** `holder` names the queue's record: when it comes again after a crash, it goes on where it was. */
  return async (queueMessage: TaskMessage, holder: string, remainingMs: () => number): Promise<void> => {
    const leased = await store.lease(queueMessage, holder, now() + LEASE_MS, now());
    switch (leased.kind) {
      case 'busy':
        // Not dropped: the holder's record may lie in the dead letters for good, and this be its replay.
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
            return handOn(task, queueMessage, holder);
          task = await rebuildPage(task, holder);
        }
      }
    }
  };
};
