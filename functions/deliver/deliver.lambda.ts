import { countFailures } from './failed-attempts.ts';
import { prepareDeliveries } from './records.ts';
import { queueWorker } from '../platform/lambda/queue-worker.ts';
import { wireDeliver } from './deliver.wiring.ts';

/** Off the delivery queue: sign, send, record, follow up; and look after what is parked. */
export const handler = queueWorker(
  () => wireDeliver('fast'),
  (delivering, records, context) =>
    prepareDeliveries(
      delivering,
      records,
      () => context.getRemainingTimeInMillis(),
      countFailures(context.functionName),
    ),
);
