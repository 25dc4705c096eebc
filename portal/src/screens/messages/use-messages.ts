import { keepPreviousData, useQuery } from '@tanstack/preact-query';
import { dataOf } from '../../api/client.ts';
import { listQuery } from '../../lib/filters.ts';
import type { Filters } from '../../lib/filters.ts';
import type { Session } from '../../session/session.ts';
import { usePolling } from '../../polling/polling.tsx';
import { useSession } from '../../session/use-session.tsx';

/** A message in the list. Its status is known if an endpoint is chosen. */
export interface MessageRow {
  readonly id: string;
  readonly eventId: string | null;
  readonly eventType: string;
  readonly channels: readonly string[] | null;
  readonly tags?: readonly string[];
  readonly timestamp: string;
  readonly status?: number;
  readonly nextAttempt?: string;
}

export interface MessagePage {
  readonly data: readonly MessageRow[];
  readonly done: boolean;
  readonly iterator: string | null;
  readonly prevIterator?: string | null;
}

interface Asked {
  readonly filters: Filters;
  readonly nowMs: number;
  readonly iterator: string | null;
  readonly limit: number;
}

/** A page of the list: of the application, or of one endpoint, where statuses can be filtered as well. */
export const fetchMessages = async (
  { api, appId }: Session,
  { filters, nowMs, iterator, limit }: Asked,
  signal?: AbortSignal,
): Promise<MessagePage> => {
  const { endpoint_id: endpointId, ...rest } = listQuery(filters, nowMs);
  const query = { ...rest, limit, with_content: false, ...(iterator === null ? {} : { iterator }) };
  const options = signal === undefined ? {} : { signal };
  if (endpointId === undefined) {
    const path = { app_id: appId };
    return dataOf(await api.GET('/api/v1/app/{app_id}/msg', { params: { path, query }, ...options }));
  }
  const path = { app_id: appId, endpoint_id: endpointId };
  const expanded = { ...query, expanded_statuses: true };
  return dataOf(
    await api.GET('/api/v1/app/{app_id}/endpoint/{endpoint_id}/msg', {
      params: { path, query: expanded },
      ...options,
    }),
  );
};

const PAGE = 50;

interface List extends Omit<Asked, 'limit'> {
  /** New messages are to appear by themselves. */
  readonly isLive: boolean;
}

export const useMessages = ({ filters, nowMs, iterator, isLive }: List) => {
  const session = useSession();
  const queryKey = ['messages', session.appId, filters, nowMs, iterator];
  const found = useQuery({
    queryKey,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => fetchMessages(session, { filters, nowMs, iterator, limit: PAGE }, signal),
  });
  usePolling(queryKey, isLive);
  return found;
};
