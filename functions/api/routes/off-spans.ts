import * as z from 'zod';
import type { Endpoint, OffSpan } from '../../catalog/endpoints/endpoint.domain.ts';
import { missedSince } from '../../catalog/endpoints/missed-since.domain.ts';
import { NO_FILTERS } from '../../replay/task.domain.ts';
import type { Estimate } from '../../replay/tasks.flow.ts';
import type { Deps } from '../deps.ts';
import { mustFindEndpoint } from '../endpoint-rules.ts';
import { applicationOperation, tagged } from '../operation.ts';
import { instant } from '../wire/json.ts';
import { component } from '../wire/component.ts';

const query = () => ({
  count: z
    .boolean()
    .default(false)
    .meta({ description: 'Also counts the messages that were missed in each, for at most ten seconds' }),
});

const dateTime = () => z.string().meta({ format: 'date-time' });

const offSpanOut = component('OffSpanOut', () => ({
  since: dateTime(),
  until: dateTime().nullable().meta({ description: 'null: it is off now' }),
  reason: z.enum(['owner', 'failing', 'gone', 'receiver']),
  missed: z
    .object({
      since: dateTime().meta({
        description: 'Where replay-missing starts: a little before the endpoint was disabled',
      }),
      messages: z.int().meta({ description: 'What replay-missing would send now' }),
      complete: z.boolean().meta({ description: '`false`: there are more than were counted in time' }),
    })
    .optional()
    .meta({ id: 'MissedMessagesOut', description: 'With `count=true`' }),
}));

/** Time limit of counting for all spans together. */
const COUNT_MS = 10_000;

const UNCOUNTED: Pick<Estimate, 'messages' | 'complete'> = { messages: 0, complete: false };

const missedIn = (
  deps: Deps,
  { orgId, appId, id: endpointId }: Endpoint,
  { since, until }: Pick<OffSpan, 'since' | 'until'>,
  limitMs: number,
): Promise<Estimate> =>
  deps.tasks.estimate(
    {
      ...{ orgId, appId, endpointId, kind: 'endpoint.replay' },
      ...{ since, until, filters: NO_FILTERS, rate: null },
    },
    limitMs,
  );

/** What was missed in each span, in their order; those for which no time is left are not counted. */
const countMissed = async (deps: Deps, endpoint: Endpoint, spans: readonly OffSpan[]) => {
  const deadline = deps.now() + COUNT_MS;
  const counted: { readonly since: string; readonly messages: number; readonly complete: boolean }[] = [];
  for (const { since: disabledAt, until } of spans) {
    const leftMs = deadline - deps.now();
    const since = missedSince(endpoint, disabledAt);
    const { messages, complete } =
      leftMs > 0 ? await missedIn(deps, endpoint, { since, until }, leftMs) : UNCOUNTED;
    counted.push({ since: instant(since), messages, complete });
  }
  return counted;
};

const list = applicationOperation({
  operationId: 'v1.endpoint.off-spans',
  needs: 'ViewBase',
  method: 'GET',
  path: '/api/v1/app/{app_id}/endpoint/{endpoint_id}/off-spans',
  summary: 'List the last times in which an endpoint was disabled, newest first, and what it missed in each',
  query,
  responses: () => ({ 200: z.object({ data: z.array(offSpanOut()) }).meta({ id: 'OffSpansOut' }) }),
  handle: async ({ deps, application, param, query: { count } }) => {
    const endpoint = await mustFindEndpoint(deps, application, param('endpoint_id'));
    const spans = (endpoint.offSpans ?? []).toReversed();
    const missed = count ? await countMissed(deps, endpoint, spans) : [];
    const data = spans.map(({ since, until, reason }, index) => ({
      ...{ since: instant(since), until: until === null ? null : instant(until), reason },
      missed: missed[index],
    }));
    return { status: 200, body: { data } };
  },
});

export const offSpanOperations = tagged('Endpoint', [list]);
