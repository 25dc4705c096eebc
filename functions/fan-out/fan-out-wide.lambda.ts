import { parseFanOutPage } from './wide-queue.sqs.ts';
import { queueWorker } from '../platform/lambda/queue-worker.ts';
import { wireFanOut } from './fan-out.wiring.ts';

/** Messages for very many endpoints, a turn at a time. */
export const handler = queueWorker(
  wireFanOut,
  ({ fanOut }) =>
    ({ body }) =>
      fanOut.fanOutPage(parseFanOutPage(body)),
  (body) => {
    const { orgId, appId, id: messageId } = parseFanOutPage(body).message;
    return { orgId, appId, messageId };
  },
);
