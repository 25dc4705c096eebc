import { LATEST_DELIVERY_MS } from '../../platform/limits/streams.domain.ts';
import type { Endpoint } from './endpoint.domain.ts';

/**
 * From which instant (ms) messages may have been accepted that an endpoint missed because it was disabled at `disabledAt`:
 * a message that was accepted a moment before was fanned out, or its delivery taken from a queue, after it. Messages that
 * were delivered are never sent again, so an earlier start is safe; but it does not reach into the time before the endpoint
 * existed, or into that in which it was off before, which is caught up separately.
 */
export const missedSince = (
  { createdAt, offSpans = [] }: Pick<Endpoint, 'createdAt' | 'offSpans'>,
  disabledAt: number,
): number => {
  const enabledBefore = offSpans.flatMap(({ since, until }) =>
    since < disabledAt && until !== null ? [until] : [],
  );
  return Math.max(disabledAt - LATEST_DELIVERY_MS, createdAt, ...enabledBefore);
};
