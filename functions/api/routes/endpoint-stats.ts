import * as z from 'zod';
import { mustFindEndpoint } from '../endpoint-rules.ts';
import { Refusal } from '../errors.ts';
import { dateTime } from '../wire/fields.ts';
import { STATISTICS_DAYS } from '../../platform/limits/retention.domain.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../platform/limits/time.domain.ts';
import { applicationOperation, noBody } from '../operation.ts';
import { memoize } from '../memoize.ts';

const tag = 'Endpoint';
const ONE = '/api/v1/app/{app_id}/endpoint/{endpoint_id}';
const RANGE_MS = STATISTICS_DAYS * DAY_MS;
/** The tolerated difference of clients' clocks. */
const TOLERANCE_MS = 5 * MINUTE_MS;

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
    since: dateTime()
      .optional()
      .meta({ description: 'From this instant on; 28 days before `until` if omitted' }),
    until: dateTime().optional().meta({ description: 'Before this instant; now if omitted' }),
  }),
);

/**
 * The first and the last instant of the range: `until` is exclusive, and its default, now, is inclusive. Throws Refusal
 * (400) for a range in the future or longer than 28 days. A reversed range is empty and no error.
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

/** Extends a range to whole hours; an empty range stays empty. */
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
  summary: 'Count the attempts at an endpoint by outcome',
  plainQuery: true,
  query,
  body: noBody,
  responses: () => ({ 200: endpointStats() }),
  handle: async ({ deps, application, param, query: asked, nowMs }) => {
    const { orgId, appId, id } = await mustFindEndpoint(deps, application, param('endpoint_id'));
    const { first, last } = rangeOf(asked, nowMs);
    const { succeeded, failed, canceled } = await deps.countAttempts(orgId, appId, id, first, last);
    // Attempts are recorded after they ended, so none is pending or sending.
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
