import pLimit from 'p-limit';
import type { Endpoint } from '../../catalog/endpoints/endpoint.domain.ts';
import { DAY_MS } from '../../platform/limits/time.domain.ts';
import type { Page } from '../../platform/pages/page.ts';
import { settleAll } from '../../platform/settle.domain.ts';
import type { CountedFailures } from '../../read-models/hourly-statistics/statistics.flow.ts';
import type { Deps } from '../deps.ts';
import { mustFindEndpoint, settingsOf } from '../endpoint-rules.ts';
import { applicationOperation, tagged } from '../operation.ts';
import {
  applicationFailuresOut,
  endpointFailuresOut,
  printEndpoints,
  printFailures,
} from '../schemas/failures.ts';
import type { EndpointFailures } from '../schemas/failures.ts';
import { statisticsPeriod, statisticsRange, wholeHours } from '../statistics-period.ts';
import type { StatisticsRange } from '../statistics-period.ts';
import { pageQuery } from '../wire/pagination.ts';

const period = () => statisticsPeriod('24 hours before `until`');

const query = period;
const pagedQuery = () => ({ ...period(), ...pageQuery('ep_') });

/** Endpoints that are counted in parallel; each makes up to sixteen queries at a time. */
const AT_ONCE = 3;
/** The most queries for one answer about an application, over all endpoints of the page. */
const MOST_READS = 3_000;

const rangeOf = (asked: Parameters<typeof statisticsRange>[0], nowMs: number) =>
  wholeHours(statisticsRange(asked, nowMs, DAY_MS));

const countAt = (
  deps: Deps,
  { orgId, appId, id: endpointId }: Endpoint,
  { first, last }: StatisticsRange,
  maxReads?: number,
): Promise<CountedFailures> => deps.countFailures({ orgId, appId, endpointId }, first, last, maxReads);

const ofEndpoint = applicationOperation({
  operationId: 'v1.endpoint.failures',
  needs: 'ViewBase',
  method: 'GET',
  path: '/api/v1/app/{app_id}/endpoint/{endpoint_id}/failures',
  summary: 'Count the failed attempts at an endpoint by cause and hour',
  query,
  responses: () => ({ 200: endpointFailuresOut() }),
  handle: async ({ deps, application, param, query: asked, nowMs }) => {
    const range = rangeOf(asked, nowMs);
    const endpoint = await mustFindEndpoint(deps, application, param('endpoint_id'));
    const [settings, counted] = await settleAll([
      settingsOf(deps, application.orgId),
      countAt(deps, endpoint, range),
    ]);
    return { status: 200, body: printFailures(range, [{ endpoint, counted }], settings) };
  },
});

/** Counts at each endpoint of a page with an equal share of the queries. */
const countAll = (
  deps: Deps,
  endpoints: readonly Endpoint[],
  range: StatisticsRange,
): Promise<EndpointFailures[]> => {
  const share = Math.floor(MOST_READS / Math.max(1, endpoints.length));
  const limit = pLimit(AT_ONCE);
  return settleAll(
    endpoints.map((endpoint) =>
      limit(async () => ({ endpoint, counted: await countAt(deps, endpoint, range, share) })),
    ),
  );
};

const printPosition = ({ items, done }: Page<Endpoint>) => ({ iterator: items.at(-1)?.id ?? null, done });

const ofApplication = applicationOperation({
  operationId: 'v1.application.failures',
  needs: 'ViewBase',
  method: 'GET',
  path: '/api/v1/app/{app_id}/failures',
  summary: 'Count the failed attempts at the endpoints of an application by cause and hour, page by page',
  query: pagedQuery,
  responses: () => ({ 200: applicationFailuresOut() }),
  handle: async ({ deps, application: { orgId, id }, query: asked, nowMs }) => {
    const range = rangeOf(asked, nowMs);
    const { limit, iterator: cursor } = asked;
    const [settings, page] = await settleAll([
      settingsOf(deps, orgId),
      deps.endpoints.list(orgId, id, { limit, cursor, order: 'ascending' }),
    ]);
    const counted = await countAll(deps, page.items, range);
    const endpoints = printEndpoints(counted);
    return {
      status: 200,
      body: { ...printFailures(range, counted, settings), endpoints, ...printPosition(page) },
    };
  },
});

export const failureOperations = [
  ...tagged('Endpoint', [ofEndpoint]),
  ...tagged('Application', [ofApplication]),
];
