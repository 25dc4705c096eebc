import pLimit from 'p-limit';
import type { Delivery, DueStore } from '../delivery.port.ts';
import { MOST_CONNECTIONS } from '../../platform/limits/aws-calls.domain.ts';

/**
 * Delays first attempts until the instant that the publisher asked for (`deliverAt`). Always as due items, whose key is
 * the delivery and its instant, so that a repeated fan-out writes the same items. Two delayed queue messages would become
 * visible together and both be sent. Returns one outcome for each delivery.
 */
export const deliverAt = async (
  deps: { readonly due: Pick<DueStore, 'put'>; readonly now: () => number },
  atMs: number,
  deliveries: readonly Delivery[],
): Promise<readonly PromiseSettledResult<void>[]> => {
  const now = deps.now();
  const limit = pLimit(MOST_CONNECTIONS); // a request that waits a second for a connection fails
  return Promise.allSettled(deliveries.map((delivery) => limit(() => deps.due.put(delivery, atMs, now))));
};
