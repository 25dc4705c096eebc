import type { Volumes } from '../../../functions/deliver/lanes/route-by-volume.flow.ts';

/** Every application always has so many deliveries that it uses the bulk lane. */
export const ALWAYS_BUSY = (): Volumes => {
  const busy = {
    level: Number.MAX_SAFE_INTEGER,
    at: Number.MAX_SAFE_INTEGER,
    busyUntil: Number.MAX_SAFE_INTEGER,
  };
  return { get: () => busy, set: () => undefined };
};
