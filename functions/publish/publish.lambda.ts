import { makeApiHandler } from '../api/api-handler.ts';
import { wireApi } from '../api/api.wiring.ts';

/** POST .../msg, apart from everything else, so that nothing delays accepting messages. */
export const handler = makeApiHandler(wireApi);
