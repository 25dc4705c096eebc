import type { Step } from '../../platform/steps/steps.ts';
import { failed } from '../task.domain.ts';
import type { StatisticsTask } from '../task.domain.ts';
import { readCursor } from './statistics-cursor.ts';
import { partText } from './statistics-page.flow.ts';
import { makeSubscriptionsPage } from './subscriptions-page.flow.ts';
import { makeUsagePage } from './usage-page.flow.ts';
import type { UsagePageDeps } from './usage-page.flow.ts';
import { PAGE_BYTES } from '../../platform/limits/memory.domain.ts';

export interface StatisticsDeps extends UsagePageDeps {
  readonly step: Step;
}

/** One response must hold the whole result. */
const TOO_MANY = `the result exceeds ${PAGE_BYTES / 1_000_000} MB: ask for the statistics of fewer applications at once, by \`appIds\``;

/**
 * Computes the next part of a task's statistics and returns the task's state after it. The part is stored before the task
 * advances; a repeat after a crash computes it again and stores it over the first.
 */
export const makeStatisticsPage = (deps: StatisticsDeps) => {
  const { results, now, step } = deps;
  const usagePage = makeUsagePage(deps);
  const subscriptionsPage = makeSubscriptionsPage(deps);

  return async (task: StatisticsTask): Promise<StatisticsTask> => {
    const start = readCursor(task.cursor);
    const page = await (task.kind === 'application.stats' ? usagePage : subscriptionsPage)(task, start);
    await step('task.selected');
    const { items, bytes } = page.part;
    const total = start.bytes + bytes;
    if (total > PAGE_BYTES) return failed(task, TOO_MANY, now());
    if (items.length > 0) await results.put(task, start.parts, partText(page.part), task.createdAt);
    await step('task.part-stored');
    const parts = start.parts + (items.length > 0 ? 1 : 0);
    return {
      ...task,
      state: page.done ? { kind: 'finished' } : task.state,
      cursor: JSON.stringify({ ...page.cursor, parts, bytes: total }),
      count: task.count + items.length,
      updatedAt: now(),
    };
  };
};
