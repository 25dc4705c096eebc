import { parseFanOutPage } from './wide-queue.sqs.ts';
import { STARTS } from '../platform/limits/queues.domain.ts';
import { queueWorker } from '../platform/lambda/queue-worker.ts';
import { wireFanOut } from './fan-out.wiring.ts';

/** Consumes the fan-out queue: messages for many endpoints, a page of endpoints at a time. */
export const handler = queueWorker(
  () => wireFanOut({ measures: false }),
  ({ fanOut }) =>
    ({ body }) =>
      fanOut.fanOutPage(parseFanOutPage(body)),
  (body) => {
    const { orgId, appId, id: messageId } = parseFanOutPage(body).message;
    return { orgId, appId, messageId };
  },
  STARTS.fanOutWide,
);
