import { makeApiHandler } from '../api/api-handler.ts';
import { wireApi } from '../api/api.wiring.ts';

/** Serves POST .../msg in a function of its own, so that no other request delays publishing. */
export const handler = makeApiHandler(wireApi);
