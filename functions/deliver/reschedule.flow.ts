import type { Delivery, DueStore } from './delivery.port.ts';
import { chunksOf } from '../platform/concurrency/chunks.ts';

/** As many as the client has connections (store/table.ts): what waits for one counts as not connected after a second. */
const AT_ONCE = 50;

/**
 * Puts first tries off until the instant that the publisher asked for (`deliverAt`). Always as due items, which have the
 * delivery and its instant for a key: two from a repeated fan-out are one, where two delayed queue messages would become
 * visible at once and be sent side by side. Answers what became of each.
 */
export const deliverLater = async (
  deps: { readonly due: Pick<DueStore, 'put'>; readonly now: () => number },
  atMs: number,
  deliveries: readonly Delivery[],
): Promise<readonly PromiseSettledResult<void>[]> => {
  const now = deps.now();
  const outcomes: PromiseSettledResult<void>[] = [];
  for (const some of chunksOf(deliveries, AT_ONCE))
    outcomes.push(...(await Promise.allSettled(some.map((delivery) => deps.due.put(delivery, atMs, now)))));
  return outcomes;
};
