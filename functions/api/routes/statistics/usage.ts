import * as z from 'zod';
import type { AppId, OrgId } from '../../../platform/ids/brand.domain.ts';
import { MOST_STATISTICS_APPLICATIONS } from '../../../platform/limits/requests.domain.ts';
import { settleAll } from '../../../platform/settle.domain.ts';
import type { Task } from '../../../replay/task.domain.ts';
import type { Deps } from '../../deps.ts';
import { invalid } from '../../errors.ts';
import { memoize } from '../../memoize.ts';
import { organizationOperation, tagged } from '../../operation.ts';
import { printStarted, startedOut } from '../../schemas/task.ts';
import { started } from '../background-tasks.ts';
import { dateTime, name, nameSet } from '../../../platform/wire/fields.ts';
import { component } from '../../wire/component.ts';

const usageIn = component('AppUsageStatsIn', () => ({
  since: dateTime(),
  until: dateTime(),
  appIds: nameSet('appIds', name('app_1srOrx2ZWZBpBUvZwXKQmoEYga2'), {
    most: MOST_STATISTICS_APPLICATIONS,
  })
    .nullish()
    .meta({ description: 'Ids or uids; all applications if omitted' }),
}));

const usageOut = memoize(() =>
  startedOut('AppUsageStatsStarted')
    .extend({ unresolvedAppIds: z.array(z.string()) })
    .meta({ id: 'AppUsageStatsOut' }),
);

interface Resolved {
  /** null: all. */
  readonly apps: readonly AppId[] | null;
  readonly unresolved: readonly string[];
}

/** Finds the applications that were asked for. Throws Invalid if there is none of them. */
const resolve = async (deps: Deps, orgId: OrgId, asked: readonly string[] | null): Promise<Resolved> => {
  if (asked === null) return { apps: null, unresolved: [] };
  const found = await settleAll(asked.map((idOrUid) => deps.applications.find(orgId, idOrUid)));
  const apps = new Set(found.flatMap((application) => application?.id ?? []));
  const unresolved = asked.filter((_, index) => found[index] === undefined);
  if (apps.size === 0) throw invalid(['body', 'app_ids'], 'appIds: none of these applications exists');
  return { apps: [...apps], unresolved };
};

const aggregateUsage = organizationOperation({
  operationId: 'v1.statistics.aggregate-app-stats',
  method: 'POST',
  path: '/api/v1/stats/usage/app',
  summary: 'Count the attempts of each application in a background task',
  body: usageIn,
  responses: () => ({ 202: usageOut() }),
  handle: async ({ deps, orgId, body, storedResponseOf }) => {
    const { since, until } = body;
    if (since > until) throw invalid(['body', 'until'], 'until cannot be before since');
    const { apps, unresolved } = await resolve(deps, orgId, body.appIds ?? null);
    const answer = (task: Task) => ({
      status: 202,
      body: { ...printStarted(task), unresolvedAppIds: unresolved },
    });
    const order = { orgId, kind: 'application.stats' as const, since, until, apps };
    return answer(await deps.tasks.start(order, storedResponseOf(answer)));
  },
});

const aggregateEventTypes = organizationOperation({
  operationId: 'v1.statistics.aggregate-event-types',
  method: 'PUT',
  path: '/api/v1/stats/usage/event-types',
  summary: 'Find which event types the endpoints of each application subscribe to, in a background task',
  responses: () => ({ 202: startedOut('AggregateEventTypesOut') }),
  handle: async ({ deps, orgId, nowMs }) => {
    const order = { orgId, kind: 'event-type.aggregate' as const, since: nowMs, until: nowMs, apps: null };
    return started(await deps.tasks.start(order));
  },
});

export const statisticsOperations = tagged('Statistics', [aggregateUsage, aggregateEventTypes]);
