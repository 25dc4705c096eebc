import { parseTaskErrand } from '../messaging/task-queue.ts';
import { queueWorker } from './queue-worker.ts';
import { wireRunTask } from './wiring.ts';

/** Recover, replay-missing and bulk-replay, a few seconds at a time. */
export const handler = queueWorker(
  wireRunTask,
  ({ runTask }, _records, context) =>
    ({ messageId, body }) =>
      runTask(parseTaskErrand(body), messageId, () => context.getRemainingTimeInMillis()),
);
