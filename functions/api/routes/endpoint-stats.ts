import * as z from 'zod';
import { mustFindEndpoint } from '../endpoint-rules.ts';
import { LONGEST_PERIOD, statisticsPeriod, statisticsRange, wholeHours } from '../statistics-period.ts';
import { applicationOperation, tagged } from '../operation.ts';
import { component } from '../wire/component.ts';

const ONE = '/api/v1/app/{app_id}/endpoint/{endpoint_id}';

const count = () => z.int();
const endpointStats = component('EndpointStats', () => ({
  success: count(),
  pending: count(),
  sending: count(),
  fail: count(),
  canceled: count(),
}));
const endpointAttemptStats = component('EndpointAttemptStats', () => ({
  success: count(),
  fail: count(),
  canceled: count(),
}));

const query = () => statisticsPeriod(LONGEST_PERIOD);

const getStats = applicationOperation({
  operationId: 'v1.endpoint.get-stats',
  needs: 'ViewBase',
  method: 'GET',
  path: `${ONE}/stats`,
  summary: 'Count the attempts at an endpoint by outcome',
  plainQuery: true,
  query,
  responses: () => ({ 200: endpointStats() }),
  handle: async ({ deps, application, param, query: asked, nowMs }) => {
    const { orgId, appId, id } = await mustFindEndpoint(deps, application, param('endpoint_id'));
    const { first, last } = statisticsRange(asked, nowMs);
    const { succeeded, failed, canceled } = await deps.countAttempts(orgId, appId, id, first, last);
    // Attempts are recorded after they ended, so none is pending or sending.
    return { status: 200, body: { success: succeeded, pending: 0, sending: 0, fail: failed, canceled } };
  },
});

const getAttemptStats = applicationOperation({
  operationId: 'v1.endpoint.get-attempt-stats',
  needs: 'ViewBase',
  method: 'GET',
  path: `${ONE}/attempt-stats`,
  summary: 'Count the attempts at an endpoint in whole hours',
  plainQuery: true,
  query,
  responses: () => ({ 200: endpointAttemptStats() }),
  handle: async ({ deps, application, param, query: asked, nowMs }) => {
    const { orgId, appId, id } = await mustFindEndpoint(deps, application, param('endpoint_id'));
    const { first, last } = wholeHours(statisticsRange(asked, nowMs));
    const { succeeded, failed, canceled } = await deps.countAttempts(orgId, appId, id, first, last);
    return { status: 200, body: { success: succeeded, fail: failed, canceled } };
  },
});

export const endpointStatsOperations = tagged('Endpoint', [getStats, getAttemptStats]);
