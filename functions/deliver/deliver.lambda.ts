import { wireDeliver } from './deliver.wiring.ts';
import { reportOutcomes } from './outcome-facts.ts';
import { startDeliveryBatch } from './queue/delivery-batch.ts';
import { queueMessageLogFields } from './queue/queue-message.ts';
import { facts } from '../platform/lambda/facts.ts';
import { queueWorker } from '../platform/lambda/queue-worker.ts';

/** Consumes the delivery queue: signs, sends, records and follows up, and releases parked deliveries. */
export const handler = queueWorker(
  () => wireDeliver('fast'),
  (lane, records, context) =>
    startDeliveryBatch(
      lane,
      records,
      () => context.getRemainingTimeInMillis(),
      reportOutcomes(facts, context.functionName),
    ),
  queueMessageLogFields,
);
