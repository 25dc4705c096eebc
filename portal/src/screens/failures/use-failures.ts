import { keepPreviousData, useQuery } from '@tanstack/preact-query';
import { dataOf } from '../../api/client.ts';
import type { ApplicationFailures } from '../../api/types.ts';
import { useSession } from '../../session/use-session.tsx';
import { addFailures } from './add-failures.ts';
import type { CountedFailures } from './add-failures.ts';

/** Endpoints that one request counts over, and requests that are made for an application. */
const PAGE = 250;
const MOST_PAGES = 4;

interface Asked {
  readonly endpoint: string | null;
  readonly since: string;
  /** Shows the failures since another time until those of this one are there. */
  readonly keepsPrevious?: boolean;
}

/** Failures by cause and hour, of an endpoint or of the whole application. */
export const useFailures = ({ endpoint, since, keepsPrevious = false }: Asked) => {
  const { api, appId } = useSession();
  return useQuery({
    queryKey: ['failures', appId, endpoint, since],
    ...(keepsPrevious ? { placeholderData: keepPreviousData } : {}),
    queryFn: async ({ signal }): Promise<CountedFailures> => {
      if (endpoint !== null) {
        const path = { app_id: appId, endpoint_id: endpoint };
        const params = { path, query: { since } };
        const counted = dataOf(
          await api.GET('/api/v1/app/{app_id}/endpoint/{endpoint_id}/failures', { params, signal }),
        );
        return { ...counted, endpoints: [] };
      }
      const pages: ApplicationFailures[] = [];
      let iterator: string | null = null;
      do {
        const query = { since, limit: PAGE, ...(iterator === null ? {} : { iterator }) };
        const params = { path: { app_id: appId }, query };
        const page: ApplicationFailures = dataOf(
          await api.GET('/api/v1/app/{app_id}/failures', { params, signal }),
        );
        pages.push(page);
        iterator = page.done ? null : page.iterator;
      } while (iterator !== null && pages.length < MOST_PAGES);
      return addFailures(pages, iterator === null);
    },
  });
};
