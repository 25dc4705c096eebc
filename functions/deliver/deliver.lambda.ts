import { laneWorker } from './deliver.wiring.ts';

/** Consumes the delivery queue: signs, sends, records and follows up, and releases parked deliveries. */
export const handler = laneWorker('fast');
