import { useQuery } from '@tanstack/preact-query';
import { dataOf } from '../../api/client.ts';
import { isMissing } from '../../api/problem.ts';
import type { Attempt, Endpoint } from '../../api/types.ts';
import { MAY_VANISH } from '../../api/vanished.ts';
import { usePolling } from '../../polling/polling.tsx';
import { useSession } from '../../session/use-session.tsx';

/** Attempts of one delivery that are listed; a delivery has at most a few dozen. */
const MOST_ATTEMPTS = 100;

export const useAttempt = (messageId: string, attemptId: string) => {
  const { api, appId } = useSession();
  return useQuery({
    queryKey: ['attempt', appId, messageId, attemptId],
    meta: MAY_VANISH,
    queryFn: async ({ signal }): Promise<Attempt> => {
      const query = { with_details: true, expanded_statuses: true };
      const path = { app_id: appId, msg_id: messageId, attempt_id: attemptId };
      return dataOf(
        await api.GET('/api/v1/app/{app_id}/msg/{msg_id}/attempt/{attempt_id}', {
          params: { path, query },
          signal,
        }),
      );
    },
  });
};

/** The endpoint; null: it was deleted. */
export const useEndpointOf = (endpointId: string) => {
  const { api, appId } = useSession();
  return useQuery({
    queryKey: ['endpoint-of-delivery', appId, endpointId],
    meta: MAY_VANISH,
    queryFn: async ({ signal }): Promise<Endpoint | null> => {
      try {
        const path = { app_id: appId, endpoint_id: endpointId };
        return dataOf(
          await api.GET('/api/v1/app/{app_id}/endpoint/{endpoint_id}', { params: { path }, signal }),
        );
      } catch (thrown) {
        if (isMissing(thrown)) return null;
        throw thrown;
      }
    },
  });
};

export interface Timeline {
  /** Newest first. */
  readonly attempts: readonly Attempt[];
  readonly complete: boolean;
}

/** All attempts of the message at the endpoint. */
export const useTimeline = (messageId: string, endpointId: string) => {
  const { api, appId } = useSession();
  const queryKey = ['timeline', appId, messageId, endpointId];
  const found = useQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<Timeline> => {
      const query = {
        endpoint_id: endpointId,
        with_details: true,
        with_content: false,
        expanded_statuses: true,
        limit: MOST_ATTEMPTS,
      };
      const path = { app_id: appId, msg_id: messageId };
      const { data, done } = dataOf(
        await api.GET('/api/v1/app/{app_id}/attempt/msg/{msg_id}', { params: { path, query }, signal }),
      );
      return { attempts: data, complete: done };
    },
  });
  usePolling(queryKey, isWaiting(found.data));
  return found;
};

/** Whether a further attempt is to be expected. */
const isWaiting = (timeline: Timeline | undefined): boolean => {
  const next = timeline?.attempts[0]?.details?.nextAttemptAt;
  return next !== null && next !== undefined;
};

/** How many attempts at the endpoint failed for the same cause in the last 24 hours. */
export const useSameCause = (endpointId: string, code: string | undefined) => {
  const { api, appId } = useSession();
  return useQuery({
    queryKey: ['same-cause', appId, endpointId],
    enabled: code !== undefined,
    queryFn: async ({ signal }) => {
      const path = { app_id: appId, endpoint_id: endpointId };
      return dataOf(
        await api.GET('/api/v1/app/{app_id}/endpoint/{endpoint_id}/failures', { params: { path }, signal }),
      );
    },
    select: ({ causes }) => causes.find((cause) => cause.code === code)?.count ?? 0,
  });
};
