import { countFailures } from './failed-attempts.ts';
import { prepareDeliveries } from './records.ts';
import { queueWorker } from '../platform/lambda/queue-worker.ts';
import { wireDeliver } from './deliver.wiring.ts';

/** Off the slow lane's queue: the same work for endpoints that were slow lately, fifty records at a time. */
export const handler = queueWorker(
  () => wireDeliver('slow'),
  (delivering, records, context) =>
    prepareDeliveries(
      delivering,
      records,
      () => context.getRemainingTimeInMillis(),
      countFailures(context.functionName),
    ),
);
