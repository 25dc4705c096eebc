import { prepareDeliveries } from './delivery-work.ts';
import { queueWorker } from './queue-worker.ts';
import { wireDeliver } from './wiring.ts';

/** Off the delivery queue: sign, send, record, follow up; and look after what is parked. */
export const handler = queueWorker(
  () => wireDeliver('fast'),
  (delivering, records, context) =>
    prepareDeliveries(delivering, records, () => context.getRemainingTimeInMillis()),
);
