import { prepareDeliveries } from './delivery-work.ts';
import { queueWorker } from './queue-worker.ts';
import { wireDeliver } from './wiring.ts';

/** Off the delivery queue: sign, send, record, follow up. */
export const handler = queueWorker(wireDeliver, prepareDeliveries);
