import { useQuery } from '@tanstack/preact-query';
import { dataOf } from '../../api/client.ts';
import { useSession } from '../../session/use-session.tsx';

/** One event type with its schemas. */
export const useEventType = (name: string) => {
  const { api, appId } = useSession();
  return useQuery({
    queryKey: ['event-type', appId, name],
    staleTime: 300_000,
    queryFn: async ({ signal }) =>
      dataOf(
        await api.GET('/api/v1/event-type/{event_type_name}', {
          params: { path: { event_type_name: name } },
          signal,
        }),
      ),
  });
};
