import { parseTaskMessage } from './task-queue.sqs.ts';
import { queueWorker } from '../platform/lambda/queue-worker.ts';
import { STARTS } from '../platform/limits/queues.domain.ts';
import { wireRunTask } from './run-task.wiring.ts';

/** Runs background tasks, a part per invocation. */
export const handler = queueWorker(
  wireRunTask,
  ({ runTask }, _records, context) =>
    ({ messageId, body }) =>
      runTask(parseTaskMessage(body), messageId, () => context.getRemainingTimeInMillis()),
  (body) => {
    const { orgId, appId, id: taskId } = parseTaskMessage(body);
    return { orgId, taskId, ...(appId !== null && { appId }) };
  },
  STARTS.tasks,
);
