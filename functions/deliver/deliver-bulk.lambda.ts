import { wireDeliver } from './deliver.wiring.ts';
import { reportOutcomes } from './outcome-facts.ts';
import { startDeliveryBatch } from './queue/delivery-batch.ts';
import { queueMessageLogFields } from './queue/queue-message.ts';
import { facts } from '../platform/lambda/facts.ts';
import { queueWorker } from '../platform/lambda/queue-worker.ts';

/** Consumes the bulk lane's queue: the same work for applications with many deliveries at a time. */
export const handler = queueWorker(
  () => wireDeliver('bulk'),
  (lane, records, context) =>
    startDeliveryBatch(
      lane,
      records,
      () => context.getRemainingTimeInMillis(),
      reportOutcomes(facts, context.functionName),
    ),
  queueMessageLogFields,
);
