import { useQuery } from '@tanstack/preact-query';
import { dataOf } from '../../api/client.ts';
import { MAY_VANISH } from '../../api/vanished.ts';
import { usePolling } from '../../polling/polling.tsx';
import { useSession } from '../../session/use-session.tsx';

/** Its schemas are large, and change rarely. */
const FRESH_MS = 60_000;

/** One event type with its schemas. */
export const useEventType = (name: string) => {
  const { api, appId } = useSession();
  const queryKey = ['event-type', appId, name];
  usePolling(queryKey, true, FRESH_MS);
  return useQuery({
    queryKey,
    meta: MAY_VANISH,
    staleTime: FRESH_MS,
    queryFn: async ({ signal }) =>
      dataOf(
        await api.GET('/api/v1/event-type/{event_type_name}', {
          params: { path: { event_type_name: name } },
          signal,
        }),
      ),
  });
};
