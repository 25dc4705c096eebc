import { countFailures } from './failed-attempts.ts';
import { wireDeliver } from './deliver.wiring.ts';
import { startDeliveryBatch } from './queue/delivery-batch.ts';
import { queueMessageLogFields } from './queue/queue-message.ts';
import { queueWorker } from '../platform/lambda/queue-worker.ts';

/** Consumes the delivery queue: signs, sends, records and follows up, and releases parked deliveries. */
export const handler = queueWorker(
  () => wireDeliver('fast'),
  (lane, records, context) =>
    startDeliveryBatch(
      lane,
      records,
      () => context.getRemainingTimeInMillis(),
      countFailures(context.functionName),
    ),
  queueMessageLogFields,
);
