import { makeApiHandler } from './api-handler.ts';
import { wireApi } from './api.wiring.ts';

/** Every command but publishing, and whatever no other route took. */
export const handler = makeApiHandler(wireApi);
