import type { Delivery } from './delivery.ts';
import type { Schedule } from './schedule.ts';

/** Puts first tries off until the instant that the publisher asked for (`deliverAt`). */
export const deliverLater = async (
  deps: { readonly schedule: Schedule; readonly now: () => number },
  atMs: number,
  deliveries: readonly Delivery[],
): Promise<void> => {
  const now = deps.now();
  await Promise.all(deliveries.map((delivery) => deps.schedule(delivery, atMs, now)));
};
