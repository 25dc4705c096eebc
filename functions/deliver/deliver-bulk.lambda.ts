import { laneWorker } from './deliver.wiring.ts';

/** Consumes the bulk lane's queue: the same work for applications with many deliveries at a time. */
export const handler = laneWorker('bulk');
