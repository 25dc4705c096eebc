import type { Attempt } from '../../api/types.ts';

/** A message at one endpoint. */
export interface Delivery {
  readonly endpointId: string;
  readonly url: string;
  readonly status: number;
  readonly nextAttempt: string | null;
  /** Newest first. */
  readonly attempts: readonly Attempt[];
}

interface Destination {
  readonly id: string;
  readonly url: string;
  readonly status: number;
  readonly nextAttempt: string | null;
}

/** Destinations with their attempts, and attempts at endpoints that are not listed, newest delivery first. */
export const groupByEndpoint = (
  destinations: readonly Destination[],
  attempts: readonly Attempt[],
): readonly Delivery[] => {
  const byEndpoint = Map.groupBy(attempts, ({ endpointId }) => endpointId);
  const listed = destinations.map(({ id, url, status, nextAttempt }) => ({
    endpointId: id,
    url,
    status,
    nextAttempt,
    attempts: byEndpoint.get(id) ?? [],
  }));
  const known = new Set(destinations.map(({ id }) => id));
  const others = [...byEndpoint].flatMap(([endpointId, own]): Delivery[] => {
    const [latest] = own;
    if (known.has(endpointId) || latest === undefined) return [];
    const next = latest.details?.nextAttemptAt ?? null;
    return [{ endpointId, url: latest.url, status: latest.status, nextAttempt: next, attempts: own }];
  });
  const time = ({ attempts: own }: Delivery) => own[0]?.timestamp ?? '';
  return [...listed, ...others].toSorted((one, other) => (time(one) < time(other) ? 1 : -1));
};
