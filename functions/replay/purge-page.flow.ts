import { ANY_MESSAGE } from '../messages/message-filter.domain.ts';
import pLimit from 'p-limit';
import type { Expunge } from '../expunge/expunge.flow.ts';
import { holdsContent } from '../messages/message.domain.ts';
import type { Message } from '../messages/message.domain.ts';
import { idTime, lowerBound } from '../platform/ids/ids.domain.ts';
import { LIST_REACH_DAYS } from '../platform/limits/retention.domain.ts';
import { DAY_MS } from '../platform/limits/time.domain.ts';
import { settleAll } from '../platform/settle.domain.ts';
import type { Step } from '../platform/steps/steps.ts';
import type { MessageReader } from '../publish/messages.port.ts';
import { advanced } from './task.domain.ts';
import type { PurgeTask, TaskPage } from './task.domain.ts';
import { windowOf } from './task-page.flow.ts';

export interface PurgePageDeps {
  readonly messages: Pick<MessageReader, 'list'>;
  readonly expunge: Pick<Expunge, 'messageContent'>;
  readonly now: () => number;
  readonly step: Step;
}

/** Parallel writes: half of the client's connections. */
const EXPUNGED_AT_ONCE = 25;
/** A list by time reaches so far (ms) from its cursor, whether or not it found messages there. */
const REACH_MS = LIST_REACH_DAYS * DAY_MS;

/**
 * Erases the contents of the next page of an application's messages, oldest first, and returns the task's state after it.
 * A repeat after a crash finds what it had erased by the task's id in the rows: those messages count once, and their
 * objects are removed. Deliveries that wait are canceled when they are due. A deleted application is purged too.
 */
export const makePurgePage = ({ messages, expunge, now, step }: PurgePageDeps) => {
  const isOurs = (task: PurgeTask, { payload }: Message): boolean =>
    payload.kind !== 'gone' || payload.by === task.id;

  const nextPage = async (task: PurgeTask) => {
    const { before, cursor, ...window } = windowOf('msg_', task);
    const reach = (idTime(cursor.id) ?? task.since) + REACH_MS;
    const end = Math.min(before, reach);
    const query = { ...ANY_MESSAGE, ...window, cursor, before: end };
    const page = await messages.list(task.orgId, task.appId, query, now());
    const [newest] = page.items;
    const isDone = page.done && end === before;
    const at = page.done ? lowerBound('msg_', end) : (page.resumeAt ?? newest?.id ?? null);
    return { items: page.items, next: at, done: isDone };
  };

  return async (task: PurgeTask): Promise<PurgeTask> => {
    const { items, next, done } = await nextPage(task);
    await step('task.selected');
    const limit = pLimit(EXPUNGED_AT_ONCE);
    await settleAll(
      items
        .filter(holdsContent)
        .map((message) =>
          limit(() => expunge.messageContent(message, isOurs(task, message) ? task.id : undefined)),
        ),
    );
    await step('task.purged');
    const page: TaskPage = { count: items.filter((message) => isOurs(task, message)).length, next, done };
    return advanced(task, page, now());
  };
};
