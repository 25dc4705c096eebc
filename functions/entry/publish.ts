import { makeApiHandler } from './api.ts';
import { wireApi } from './wiring.ts';

/** POST .../msg, apart from everything else, so that nothing delays accepting messages. */
export const handler = makeApiHandler(wireApi);
