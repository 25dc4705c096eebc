import * as z from 'zod';
import { mustFindEndpoint } from '../endpoint-rules.ts';
import { Refusal } from '../errors.ts';
import { dateTime } from '../wire/fields.ts';
import { applicationOperation, noBody } from '../operation.ts';
import { memoize } from '../memoize.ts';

const tag = 'Endpoint';
const ONE = '/api/v1/app/{app_id}/endpoint/{endpoint_id}';
const HOUR_MS = 3_600_000;
/** The longest range, and what clocks of clients may be off by. */
const RANGE_MS = 28 * 24 * HOUR_MS;
const TOLERANCE_MS = 5 * 60_000;

const count = () => z.int();
const endpointStats = memoize(() =>
  z
    .object({ success: count(), pending: count(), sending: count(), fail: count(), canceled: count() })
    .meta({ id: 'EndpointStats' }),
);
const endpointAttemptStats = memoize(() =>
  z.object({ success: count(), fail: count(), canceled: count() }).meta({ id: 'EndpointAttemptStats' }),
);

const query = memoize(() =>
  z.object({
    since: dateTime().optional().meta({ description: 'From this instant on; 28 days before `until`' }),
    until: dateTime().optional().meta({ description: 'Up to this instant, which is not included; now' }),
  }),
);

/**
 * First and last instant that count: `until` itself does not, now does. Throws Refusal (400) for what lies ahead or is too
 * long; a range that is reversed is empty and no error.
 */
const rangeOf = (asked: z.output<ReturnType<typeof query>>, nowMs: number) => {
  const until = asked.until ?? nowMs;
  const since = asked.since ?? until - RANGE_MS;
  if (until > nowMs) throw new Refusal('invalid_range', '`until` cannot be in the future');
  if (until - since > RANGE_MS + TOLERANCE_MS) {
    throw new Refusal('invalid_range', '`since` cannot be more than 28 days before `until`');
  }
  return { first: since, last: asked.until === undefined ? nowMs : until - 1 };
};

/** The same to the ends of hours; what is empty stays so. */
const wholeHours = ({ first, last }: ReturnType<typeof rangeOf>) =>
  first > last
    ? { first, last }
    : {
        first: Math.floor(first / HOUR_MS) * HOUR_MS,
        last: (Math.floor(last / HOUR_MS) + 1) * HOUR_MS - 1,
      };

const getStats = applicationOperation({
  operationId: 'v1.endpoint.get-stats',
  method: 'GET',
  path: `${ONE}/stats`,
  tag,
  summary: 'Count the attempts at an endpoint by how they ended',
  plainQuery: true,
  query,
  body: noBody,
  responses: () => ({ 200: endpointStats() }),
  handle: async ({ deps, application, param, query: asked, nowMs }) => {
    const { orgId, appId, id } = await mustFindEndpoint(deps, application, param('endpoint_id'));
    const { first, last } = rangeOf(asked, nowMs);
    const { succeeded, failed, canceled } = await deps.countAttempts(orgId, appId, id, first, last);
    // Attempts are recorded once they ended: none is pending or sending.
    return { status: 200, body: { success: succeeded, pending: 0, sending: 0, fail: failed, canceled } };
  },
});

const getAttemptStats = applicationOperation({
  operationId: 'v1.endpoint.get-attempt-stats',
  method: 'GET',
  path: `${ONE}/attempt-stats`,
  tag,
  summary: 'Count the attempts at an endpoint in whole hours',
  plainQuery: true,
  query,
  body: noBody,
  responses: () => ({ 200: endpointAttemptStats() }),
  handle: async ({ deps, application, param, query: asked, nowMs }) => {
    const { orgId, appId, id } = await mustFindEndpoint(deps, application, param('endpoint_id'));
    const { first, last } = wholeHours(rangeOf(asked, nowMs));
    const { succeeded, failed, canceled } = await deps.countAttempts(orgId, appId, id, first, last);
    return { status: 200, body: { success: succeeded, fail: failed, canceled } };
  },
});

export const endpointStatsOperations = [getStats, getAttemptStats];
