import { makeApiHandler } from './api.ts';
import { wireApi } from './wiring.ts';

/** Reads. The same router as its siblings; its role can write nothing. */
export const handler = makeApiHandler(wireApi);
