import { makeApiHandler } from './api-handler.ts';
import { wireApi } from './api.wiring.ts';

/** Serves reads. It runs the same router as publish and admin, but its role has no permission to write. */
export const handler = makeApiHandler(wireApi);
