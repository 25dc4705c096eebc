import { makeApiHandler } from './api-handler.ts';
import { wireApi } from './api.wiring.ts';

/** Serves all commands except publishing, and requests that match no other route. */
export const handler = makeApiHandler(wireApi);
