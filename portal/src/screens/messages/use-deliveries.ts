import { useQuery } from '@tanstack/preact-query';
import { dataOf } from '../../api/client.ts';
import { usePolling } from '../../polling/polling.tsx';
import { groupByEndpoint } from './group-by-endpoint.ts';
import type { Delivery } from './group-by-endpoint.ts';
import { useSession } from '../../session/use-session.tsx';

const MOST_ATTEMPTS = 250;
const MOST_ENDPOINTS = 250;

export interface Deliveries {
  readonly deliveries: readonly Delivery[];
  /** False: older attempts are not among them. */
  readonly complete: boolean;
}

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
