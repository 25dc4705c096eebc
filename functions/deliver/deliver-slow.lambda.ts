import { laneWorker } from './deliver.wiring.ts';

/** Consumes the slow lane's queue: the same work for endpoints that were slow lately, fifty records at a time. */
export const handler = laneWorker('slow');
