import type { TaskResults } from '../../../functions/replay/statistics/statistics-page.flow.ts';
import type { StatisticsDeps } from '../../../functions/replay/statistics/statistics.flow.ts';

/** The results of tasks; passes test/contract/store/statistics.test.ts. */
export const makeMemoryResults = (): TaskResults => {
  const parts = new Map<string, string>();
  const keyOf = (orgId: string, id: string, part: number) => JSON.stringify([orgId, id, part]);
  return {
    put: async ({ orgId, id }, part, json) => void parts.set(keyOf(orgId, id, part), json),
    read: async ({ orgId, id }, count) =>
      Array.from({ length: count }, (_, part) => parts.get(keyOf(orgId, id, part)) ?? '[]'),
  };
};

const unused = () => Promise.reject(new Error('this test computes no statistics'));

/** For runs of tasks that compute no statistics. */
export const NO_STATISTICS: Omit<StatisticsDeps, 'now' | 'step'> = {
  applications: { find: unused, list: unused },
  endpointPlaces: unused,
  counts: { storedHours: unused, count: unused },
  results: { put: unused, read: unused },
};
