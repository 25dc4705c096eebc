import { makeApiHandler } from './api-handler.ts';
import { wireApi } from './api.wiring.ts';

/** Reads. The same router as its siblings; its role can write nothing. */
export const handler = makeApiHandler(wireApi);
