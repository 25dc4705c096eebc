import { useQuery } from '@tanstack/preact-query';
import { dataOf } from '../../api/client.ts';
import type { Attempt } from '../../api/types.ts';
import { usePolling } from '../../polling/polling.tsx';
import { useSession } from '../../session/use-session.tsx';

const MOST_ATTEMPTS = 250;
const MOST_ENDPOINTS = 250;

/** A message at one endpoint. */
export interface Delivery {
  readonly endpointId: string;
  readonly url: string;
  readonly status: number;
  readonly nextAttempt: string | null;
  /** Newest first. */
  readonly attempts: readonly Attempt[];
}

export interface Deliveries {
  readonly deliveries: readonly Delivery[];
  /** False: older attempts are not among them. */
  readonly complete: boolean;
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

/** The deliveries of a message, kept fresh while one is not at its end. */
export const useDeliveries = (messageId: string) => {
  const { api, appId } = useSession();
  const queryKey = ['deliveries-of-message', appId, messageId];
  const found = useQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<Deliveries> => {
      const path = { app_id: appId, msg_id: messageId };
      const query = {
        limit: MOST_ATTEMPTS,
        with_content: false,
        with_details: true,
        expanded_statuses: true,
      };
      const [destinations, attempts] = await Promise.all([
        api.GET('/api/v1/app/{app_id}/msg/{msg_id}/endpoint', {
          params: { path, query: { limit: MOST_ENDPOINTS } },
          signal,
        }),
        api.GET('/api/v1/app/{app_id}/attempt/msg/{msg_id}', { params: { path, query }, signal }),
      ]);
      const { data, done } = dataOf(attempts);
      return { deliveries: groupByEndpoint(dataOf(destinations).data, data), complete: done };
    },
  });
  const isWaiting = found.data?.deliveries.some(({ nextAttempt }) => nextAttempt !== null) ?? false;
  usePolling(queryKey, isWaiting || found.data?.deliveries.length === 0);
  return found;
};
