import { useQuery } from '@tanstack/preact-query';
import { useSession } from '../session/use-session.tsx';
import { dataOf } from './client.ts';
import type { Endpoint, EventType } from './types.ts';
import { MAY_VANISH } from './vanished.ts';

const PAGE = 250;
/** The most pages that are read for a list to choose from. */
const MOST_PAGES = 8;

export interface Everything<Item> {
  readonly items: readonly Item[];
  /** False: there are more. */
  readonly complete: boolean;
}

interface ListPage<Item> {
  readonly data: readonly Item[];
  readonly done: boolean;
  readonly iterator: string | null;
}

/** Reads a list page by page, up to its bound. */
export const allPages = async <Item>(
  read: (iterator: string | undefined) => Promise<ListPage<Item>>,
  mostPages = MOST_PAGES,
): Promise<Everything<Item>> => {
  const items: Item[] = [];
  let iterator: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const { data, done, iterator: next } = await read(iterator);
    items.push(...data);
    if (done || next === null) return { items, complete: true };
    iterator = next;
  }
  return { items, complete: false };
};

const position = (iterator: string | undefined) => (iterator === undefined ? {} : { iterator });

/** The event types that this reader may see, without their schemas. */
export const useEventTypeNames = () => {
  const { api, appId } = useSession();
  return useQuery({
    queryKey: ['event-type-names', appId],
    meta: MAY_VANISH,
    staleTime: 300_000,
    queryFn: ({ signal }) =>
      allPages<EventType>(async (iterator) =>
        dataOf(
          await api.GET('/api/v1/event-type', {
            params: { query: { limit: PAGE, ...position(iterator) } },
            signal,
          }),
        ),
      ),
  });
};

/** The endpoints to choose from. */
export const useEndpointChoice = () => {
  const { api, appId } = useSession();
  return useQuery({
    queryKey: ['endpoint-choice', appId],
    meta: MAY_VANISH,
    staleTime: 60_000,
    queryFn: ({ signal }) =>
      allPages<Endpoint>(async (iterator) =>
        dataOf(
          await api.GET('/api/v1/app/{app_id}/endpoint', {
            params: { path: { app_id: appId }, query: { limit: PAGE, ...position(iterator) } },
            signal,
          }),
        ),
      ),
  });
};
