import pLimit from 'p-limit';
import type { AttemptLog, DeliveryQueue } from '../deliver/delivery.port.ts';
import { DUPLICATE_DELAY_MS } from '../platform/limits/delivery.domain.ts';
import { settleAll } from '../platform/settle.domain.ts';
import type { Step } from '../platform/steps/steps.ts';
import { advanced, failed, pace } from './task.domain.ts';
import type { ReplayTask } from './task.domain.ts';
import type { Selection } from './task-page.flow.ts';
import type { Select } from './task-selection.flow.ts';
import { MOST_CONNECTIONS } from '../platform/limits/aws-calls.domain.ts';
import { CLOCK_SKEW_MS } from '../platform/limits/time.domain.ts';

export interface ReplayPageDeps {
  readonly deliveries: Pick<DeliveryQueue, 'send'>;
  readonly log: Pick<AttemptLog, 'markRedone'>;
  readonly select: Select;
  readonly now: () => number;
  readonly step: Step;
}

/** Parallel writes: half of the client's connections. */
const MARKS_AT_ONCE = MOST_CONNECTIONS / 2;

/**
 * Queues the deliveries of a task's next page and returns the task's state after it. Identities of deliveries are derived
 * from the task, so a repeat after a crash is deduplicated.
 */
export const makeReplayPage = ({ deliveries: queue, log, select, now, step }: ReplayPageDeps) => {
  /**
   * Marks the attempts before their retries are queued a second time: from then on each of the two retries must claim
   * the right to send. A retry that began before the mark is recorded by the time that its duplicate starts.
   */
  const bringForward = async (selections: readonly Selection[]) => {
    const pending = selections.flatMap((one) => (one.pending === null ? [] : [one.pending.attempt]));
    const limit = pLimit(MARKS_AT_ONCE);
    await settleAll(pending.map((attempt) => limit(() => log.markRedone(attempt))));
    await step('task.marked');
  };

  /** A retry that is due later than the clock skew has not begun in any function. */
  const earliest = ({ pending }: Selection): number =>
    pending === null || pending.at > now() + CLOCK_SKEW_MS ? 0 : Math.ceil(DUPLICATE_DELAY_MS / 1000);

  return async (task: ReplayTask): Promise<ReplayTask> => {
    const selected = await select(task, 'send');
    await step('task.selected');
    if (selected.kind === 'impossible') return failed(task, selected.reason, now());
    const { deliveries, next, done } = selected;
    const delays = pace(task, deliveries.length, now());
    if (deliveries.length > 0) {
      await bringForward(deliveries);
      await queue.send(
        deliveries.map((one, index) => ({
          delivery: one.delivery,
          delaySeconds: Math.max(delays[index] ?? 0, earliest(one)),
        })),
      );
    }
    await step('task.sent');
    return advanced(task, { count: deliveries.length, next, done }, now());
  };
};
