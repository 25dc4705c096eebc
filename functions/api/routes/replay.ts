import * as z from 'zod';
import type { Application } from '../../catalog/applications/application.domain.ts';
import type { Endpoint } from '../../catalog/endpoints/endpoint.domain.ts';
import { missedSince } from '../../catalog/endpoints/missed-since.domain.ts';
import { NO_FILTERS, secondsOf } from '../../replay/task.domain.ts';
import type { Task, TaskFilters } from '../../replay/task.domain.ts';
import type { ReplayOrder } from '../../replay/tasks.flow.ts';
import type { Deps } from '../deps.ts';
import { mustBeEnabled, mustFindEndpoint } from '../endpoint-rules.ts';
import { invalid } from '../errors.ts';
import type { Reply } from '../errors.ts';
import { dateTime, name, nameSet, tag } from '../../platform/wire/fields.ts';
import { causes } from '../wire/pagination.ts';
import type { StoredResponseOf } from '../../catalog/catalog.port.ts';
import { instant } from '../wire/json.ts';
import { applicationOperation, tagged } from '../operation.ts';
import { PROGRESS, STATUS } from '../schemas/attempt.ts';
import { estimateOut, startedOut } from '../schemas/task.ts';
import { statusCodesOf } from './attempts.ts';
import { started } from './background-tasks.ts';
import { oneOf } from '../wire/one-of.ts';
import { RECOVER_DAYS } from '../../platform/limits/retention.domain.ts';
import { DAY_MS, MINUTE_MS } from '../../platform/limits/time.domain.ts';
import { component } from '../wire/component.ts';
import type { ValueOf } from '../wire/component.ts';
import type { QueryOf } from '../wire/query.ts';

const ONE = '/api/v1/app/{app_id}/endpoint/{endpoint_id}';
const RECOVER_MS = RECOVER_DAYS * DAY_MS;
/** The tolerated difference of clients' clocks. */
const TOLERANCE_MS = 5 * MINUTE_MS;
/** A tenth of the rate of a message group in a fair queue; a higher rate would only fill the queue. */
const MOST_RATE = 300;

const query = () => ({
  dry_run: z
    .boolean()
    .default(false)
    .meta({ description: 'Only counts the messages that would be sent (200)' }),
  rate: z
    .int()
    .min(1)
    .max(MOST_RATE)
    .optional()
    .meta({ description: 'The most messages a second; 50 if omitted' }),
});

const period = () => ({
  since: dateTime(),
  until: dateTime().nullish().meta({ description: 'Now if omitted' }),
});

const causesIn = () =>
  causes()
    .nullish()
    .meta({ description: 'Only messages whose latest attempt failed for one of these causes' });

const recoverIn = component('RecoverIn', () => ({ ...period(), causes: causesIn() }));
const replayIn = component('ReplayIn', () => ({
  ...period(),
  since: dateTime().nullish().meta({
    description:
      'A little before the endpoint was last disabled, if omitted, for messages that were in flight',
  }),
}));

const bulkReplayIn = component('BulkReplayIn', () => ({
  ...period(),
  eventTypes: nameSet('eventTypes', name()).nullish(),
  channel: name('project_1337').nullish(),
  tag: tag().nullish(),
  status: oneOf(
    Object.values(STATUS),
    '0 success, 2 fail or canceled, 3 sending, 4 canceled; the others find nothing',
  ).nullish(),
  statusCodeClass: oneOf(
    [0, 100, 200, 300, 400, 500],
    'The hundreds of the latest attempt’s response status code',
  ).nullish(),
  causes: causesIn(),
}));

const filtersOf = (body: ValueOf<typeof bulkReplayIn>): TaskFilters => {
  const { status, statusCodeClass: from } = body;
  return {
    eventTypes: body.eventTypes ?? null,
    channel: body.channel ?? null,
    tag: body.tag ?? null,
    progress: status == null ? null : (PROGRESS.get(status) ?? 'never'),
    statusCodes: statusCodesOf(from),
    causes: body.causes ?? null,
  };
};

interface Asked {
  readonly deps: Deps;
  readonly application: Application;
  readonly nowMs: number;
  readonly param: (name: 'endpoint_id') => string;
  readonly query: QueryOf<typeof query>;
  readonly storedResponseOf: (reply: (task: Task) => Reply) => StoredResponseOf<Task> | undefined;
}

const endpointOf = ({ deps, application, param }: Asked): Promise<Endpoint> =>
  mustFindEndpoint(deps, application, param('endpoint_id'));

/** Starts a task, or only estimates it for a dry run. */
const startOrEstimate = async (
  { deps, nowMs, query: { dry_run: dryRun, rate }, storedResponseOf }: Asked,
  { orgId, appId, id: endpointId, disabled }: Endpoint,
  kind: ReplayOrder['kind'],
  { since, until = null }: { readonly since: number; readonly until?: number | null | undefined },
  filters: TaskFilters = NO_FILTERS,
): Promise<Reply> => {
  const order: ReplayOrder = { orgId, appId, endpointId, kind, since, until, filters, rate: rate ?? null };
  if (!dryRun) {
    mustBeEnabled({ disabled });
    return started(await deps.tasks.start(order, storedResponseOf(started)));
  }
  const { rate: perSecond, ...counted } = await deps.tasks.estimate(order);
  const times = { since: instant(since), until: instant(until ?? nowMs) };
  const seconds = secondsOf(counted.messages, perSecond);
  return { status: 200, body: { task: kind, ...times, ...counted, rate: perSecond, seconds } };
};

const recover = applicationOperation({
  operationId: 'v1.endpoint.recover',
  needs: 'CreateAttempts',
  method: 'POST',
  path: `${ONE}/recover`,
  summary: 'Resend the failed messages of a period',
  query,
  body: recoverIn,
  responses: () => ({ 200: estimateOut(), 202: startedOut('RecoverOut') }),
  handle: async ({ body, ...asked }) => {
    if ((body.until ?? asked.nowMs) - body.since > RECOVER_MS + TOLERANCE_MS) {
      throw invalid(['body', 'since'], `Cannot recover more than ${RECOVER_DAYS} days of messages`);
    }
    const filters = { ...NO_FILTERS, causes: body.causes ?? null };
    return startOrEstimate(asked, await endpointOf(asked), 'endpoint.recover', body, filters);
  },
});

const replayMissing = applicationOperation({
  operationId: 'v1.endpoint.replay-missing',
  needs: 'CreateAttempts',
  method: 'POST',
  path: `${ONE}/replay-missing`,
  summary: 'Send the messages of a period that were never attempted at the endpoint',
  query,
  body: replayIn,
  responses: () => ({ 200: estimateOut(), 202: startedOut('ReplayOut') }),
  handle: async ({ body, ...asked }) => {
    const endpoint = await endpointOf(asked);
    const { lastDisabledAt } = endpoint;
    const since = body.since ?? (lastDisabledAt === null ? null : missedSince(endpoint, lastDisabledAt));
    if (since === null)
      throw invalid(['body', 'since'], 'Required, because this endpoint was never disabled');
    return startOrEstimate(asked, endpoint, 'endpoint.replay', { since, until: body.until });
  },
});

const bulkReplay = applicationOperation({
  operationId: 'v1.endpoint.bulk-replay',
  needs: 'CreateAttempts',
  method: 'POST',
  path: `${ONE}/bulk-replay`,
  summary: 'Resend the messages of a period that match the filters',
  query,
  body: bulkReplayIn,
  responses: () => ({ 200: estimateOut(), 202: startedOut('BulkReplayOut') }),
  handle: async ({ body, ...asked }) => {
    const filters = filtersOf(body);
    return startOrEstimate(asked, await endpointOf(asked), 'endpoint.bulk-replay', body, filters);
  },
});

export const replayOperations = tagged('Endpoint', [recover, replayMissing, bulkReplay]);
