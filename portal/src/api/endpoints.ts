import { keepPreviousData, useQueries, useQuery } from '@tanstack/preact-query';
import type { Counts } from '../lib/health.ts';
import type { Step } from '../lib/periods.ts';
import { useSession } from '../session/use-session.tsx';
import type { Session } from '../session/session.ts';
import { dataOf } from './client.ts';
import { MAY_VANISH } from './vanished.ts';
import { HOUR_MS } from '../lib/time.ts';

const PAGE = 50;
const DAY_HOURS = 24;
const FRESH_MS = 60_000;

export const endpointsKey = (appId: string) => ['endpoints', appId] as const;
export const endpointKey = (appId: string, endpointId: string) => ['endpoint', appId, endpointId] as const;

/** A page of the application's endpoints, newest first. */
export const useEndpoints = (iterator: string | null) => {
  const { api, appId } = useSession();
  return useQuery({
    queryKey: [...endpointsKey(appId), iterator],
    meta: MAY_VANISH,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const query = { limit: PAGE, order: 'descending' as const, ...(iterator === null ? {} : { iterator }) };
      const params = { path: { app_id: appId }, query };
      return dataOf(await api.GET('/api/v1/app/{app_id}/endpoint', { params, signal }));
    },
  });
};

export const useEndpoint = (endpointId: string) => {
  const { api, appId } = useSession();
  return useQuery({
    queryKey: endpointKey(appId, endpointId),
    meta: MAY_VANISH,
    queryFn: async ({ signal }) => {
      const params = { path: { app_id: appId, endpoint_id: endpointId } };
      return dataOf(await api.GET('/api/v1/app/{app_id}/endpoint/{endpoint_id}', { params, signal }));
    },
  });
};

const countsQuery = ({ api, appId }: Session, endpointId: string, { sinceMs, untilMs }: Step) => ({
  queryKey: ['attempt-stats', appId, endpointId, sinceMs, untilMs],
  // Hours that are over hardly change: an attempt is counted in the hour of its start.
  staleTime: untilMs === null ? FRESH_MS : 10 * FRESH_MS,
  queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Counts> => {
    const until = untilMs === null ? {} : { until: new Date(untilMs).toISOString() };
    const query = { since: new Date(sinceMs).toISOString(), ...until };
    const params = { path: { app_id: appId, endpoint_id: endpointId }, query };
    return dataOf(
      await api.GET('/api/v1/app/{app_id}/endpoint/{endpoint_id}/attempt-stats', { params, signal }),
    );
  },
});

/** The last 24 hours, from the beginning of an hour on, so that the same counts are asked for an hour long. */
const lastDay = (): Step => ({
  sinceMs: Math.floor(Date.now() / HOUR_MS) * HOUR_MS - (DAY_HOURS - 1) * HOUR_MS,
  untilMs: null,
});

/** Attempts at an endpoint in the last 24 hours. */
export const useDayCounts = (endpointId: string) =>
  useQuery(countsQuery(useSession(), endpointId, lastDay()));

/** Attempts at an endpoint in each of the steps; undefined until all are there. */
export const useStepCounts = (endpointId: string, steps: readonly Step[]) => {
  const session = useSession();
  const queries = useQueries({ queries: steps.map((step) => countsQuery(session, endpointId, step)) });
  const failed = queries.find(({ error }) => error !== null);
  const counts = queries.map(({ data }) => data).filter((data) => data !== undefined);
  return {
    data: counts.length === steps.length ? counts : undefined,
    error: failed?.error ?? null,
    errorUpdatedAt: Math.max(...queries.map(({ errorUpdatedAt }) => errorUpdatedAt)),
    isFetching: queries.some(({ isFetching }) => isFetching),
    refetch: () => void Promise.all(queries.filter(({ isError }) => isError).map(({ refetch }) => refetch())),
  };
};

/** When the endpoint was off lately; with `count`, what it missed. */
export const useOffSpans = (endpointId: string, count: boolean) => {
  const { api, appId } = useSession();
  return useQuery({
    queryKey: ['off-spans', appId, endpointId, count],
    staleTime: FRESH_MS,
    queryFn: async ({ signal }) => {
      const params = { path: { app_id: appId, endpoint_id: endpointId }, query: { count } };
      const { data } = dataOf(
        await api.GET('/api/v1/app/{app_id}/endpoint/{endpoint_id}/off-spans', { params, signal }),
      );
      return data;
    },
  });
};

export const headersKey = (appId: string, endpointId: string) =>
  ['endpoint-headers', appId, endpointId] as const;

/** The endpoint's own headers. */
export const useEndpointHeaders = (endpointId: string) => {
  const { api, appId } = useSession();
  return useQuery({
    queryKey: headersKey(appId, endpointId),
    queryFn: async ({ signal }) => {
      const params = { path: { app_id: appId, endpoint_id: endpointId } };
      return dataOf(await api.GET('/api/v1/app/{app_id}/endpoint/{endpoint_id}/headers', { params, signal }));
    },
  });
};
