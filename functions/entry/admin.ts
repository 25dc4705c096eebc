import { makeApiHandler } from './api.ts';
import { wireApi } from './wiring.ts';

/** Every command but publishing, and whatever no other route took. */
export const handler = makeApiHandler(wireApi);
