import { parseWideTurn } from '../messaging/wide-queue.ts';
import { queueWorker } from './queue-worker.ts';
import { wireFanOut } from './wiring.ts';

/** Messages for very many endpoints, a turn at a time. */
export const handler = queueWorker(
  wireFanOut,
  ({ fanOut }) =>
    ({ body }) =>
      fanOut.wideTurn(parseWideTurn(body)),
);
