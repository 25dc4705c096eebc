import type { Delivery, DueStore } from './delivery.ts';

/**
 * Puts first tries off until the instant that the publisher asked for (`deliverAt`). Always as due items, which have the
 * delivery and its instant for a key: two from a repeated fan-out are one, where two delayed queue messages would become
 * visible at once and be sent side by side.
 */
export const deliverLater = async (
  deps: { readonly due: Pick<DueStore, 'put'>; readonly now: () => number },
  atMs: number,
  deliveries: readonly Delivery[],
): Promise<void> => {
  const now = deps.now();
  await Promise.all(deliveries.map((delivery) => deps.due.put(delivery, atMs, now)));
};
