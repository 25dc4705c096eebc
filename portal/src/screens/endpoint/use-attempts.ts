import { keepPreviousData, useQuery } from '@tanstack/preact-query';
import { dataOf } from '../../api/client.ts';
import type { Attempt } from '../../api/types.ts';
import { listQuery } from '../../lib/filters.ts';
import type { Filters } from '../../lib/filters.ts';
import { usePolling } from '../../polling/polling.tsx';
import { useSession } from '../../session/use-session.tsx';

export interface AttemptPage {
  readonly data: readonly Attempt[];
  readonly done: boolean;
  readonly iterator: string | null;
  readonly prevIterator?: string | null;
}

interface Asked {
  readonly endpointId: string;
  readonly filters: Filters;
  readonly nowMs: number;
  readonly iterator: string | null;
  readonly limit: number;
}

/** Attempts at an endpoint, newest first. The first page stays fresh. */
export const useAttempts = ({ endpointId, filters, nowMs, iterator, limit }: Asked) => {
  const { api, appId } = useSession();
  const asked = listQuery({ ...filters, endpoint: null }, nowMs);
  const queryKey = ['attempts', appId, endpointId, asked, iterator, limit];
  usePolling(queryKey, iterator === null);
  return useQuery({
    queryKey,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<AttemptPage> => {
      const position = iterator === null ? {} : { iterator };
      const query = { ...asked, ...position, limit, with_content: false, with_msg: true, with_details: true };
      const params = { path: { app_id: appId, endpoint_id: endpointId }, query };
      return dataOf(await api.GET('/api/v1/app/{app_id}/attempt/endpoint/{endpoint_id}', { params, signal }));
    },
  });
};
