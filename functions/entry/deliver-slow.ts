import { prepareDeliveries } from './delivery-work.ts';
import { queueWorker } from './queue-worker.ts';
import { wireDeliver } from './wiring.ts';

/** Off the slow lane's queue: the same work for endpoints that were slow lately, fifty records at a time. */
export const handler = queueWorker(
  () => wireDeliver('slow'),
  (delivering, records, context) =>
    prepareDeliveries(delivering, records, () => context.getRemainingTimeInMillis()),
);
