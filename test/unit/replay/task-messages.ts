import type { TaskMessage, TaskQueue } from '../../../functions/replay/tasks.flow.ts';

export interface QueuedTaskMessage {
  readonly queueMessage: TaskMessage;
  readonly messageId: string;
  readonly at: number;
}

/** A queue whose messages wait until they are due. A test that takes one puts it back when its run failed. */
export const makeTaskMessages = (now: () => number) => {
  const waiting: QueuedTaskMessage[] = [];
  let count = 0;
  const queue: TaskQueue = {
    send: (queueMessage, delaySeconds) => {
      count += 1;
      waiting.push({ queueMessage, messageId: `record-${count}`, at: now() + delaySeconds * 1000 });
      return Promise.resolve();
    },
  };
  return { queue, waiting };
};

const refuse = () => Promise.reject(new Error('no contents are erased here'));

/** For tests of tasks that send messages. */
export const NOTHING_PURGED = { messages: { list: refuse }, expunge: { messageContent: refuse } };
