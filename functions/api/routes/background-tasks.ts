import { isId } from '../../platform/ids/ids.domain.ts';
import { isReplay, isStatistics } from '../../replay/task.domain.ts';
import type { Task } from '../../replay/task.domain.ts';
import type { Caller } from '../authentication/auth.ts';
import { Refusal } from '../errors.ts';
import type { Reply } from '../errors.ts';
import type { Deps } from '../deps.ts';
import type { OrgId } from '../../platform/ids/brand.domain.ts';
import { LIST_REACH_DAYS } from '../../platform/limits/retention.domain.ts';
import { memoize } from '../memoize.ts';
import { name } from '../../platform/wire/fields.ts';
import { mustFindEndpoint } from '../endpoint-rules.ts';
import { anyOperation, applicationOperation, organizationOperation, tagged } from '../operation.ts';
import { listSchema, order, pageQuery, pageReply } from '../wire/pagination.ts';
import { backgroundTaskOut, printStarted, printTask, taskKind, taskStatus } from '../schemas/task.ts';
import type { QueryOf } from '../wire/query.ts';

const ROOT = '/api/v1/background-task';
const ONE = '/api/v1/background-task/{task_id}';

const query = () => ({
  ...pageQuery('qtask_'),
  order: order('descending'),
  status: taskStatus().optional(),
  task: taskKind().optional(),
});

/** The answer to the start of a task. */
export const started = (task: Task): Reply => ({ status: 202, body: printStarted(task) });

/** Whether the caller may see the task: applications see those of their own endpoints. */
const isVisible = (task: Task, caller: Caller): boolean =>
  caller.kind === 'organization' || (isReplay(task) && task.appId === caller.appId);

/** Throws Refusal (404) unless the caller may see the task. */
const visible = (task: Task | undefined, caller: Caller): Task => {
  if (task === undefined || !isVisible(task, caller)) throw new Refusal('not_found');
  return task;
};

const taskList = memoize(() => listSchema(backgroundTaskOut(), 'ListResponse_BackgroundTaskOut_'));

const listReply = async (
  deps: Deps,
  orgId: OrgId,
  asked: QueryOf<typeof query>,
  accepts: (task: Task) => boolean,
): Promise<Reply> => {
  const { limit, iterator: cursor } = asked;
  const page = await deps.tasks.list(
    orgId,
    { limit, cursor, order: asked.order },
    (task) =>
      (asked.status === undefined || asked.status === task.state.kind) &&
      (asked.task === undefined || asked.task === task.kind) &&
      accepts(task),
  );
  return pageReply(page, cursor, (item) => ({ id: item.id, json: printTask(item) }));
};

const list = organizationOperation({
  operationId: 'v1.background-task.list',
  method: 'GET',
  path: ROOT,
  summary: `List the background tasks of the past ${LIST_REACH_DAYS} days`,
  query,
  responses: () => ({ 200: taskList() }),
  handle: ({ deps, orgId, query: asked }) => listReply(deps, orgId, asked, () => true),
});

const inApplication = () => ({
  ...query(),
  endpoint_id: name('ep_1srOrx2ZWZBpBUvZwXKQmoEYga2')
    .optional()
    .meta({ description: 'Only tasks of this endpoint, by id or uid' }),
});

const listOfApplication = applicationOperation({
  operationId: 'v1.background-task.list-by-application',
  needs: 'ViewBase',
  method: 'GET',
  path: '/api/v1/app/{app_id}/background-task',
  summary: `List the background tasks of an application of the past ${LIST_REACH_DAYS} days`,
  query: inApplication,
  responses: () => ({ 200: taskList() }),
  handle: async ({ deps, application, caller, query: asked }) => {
    const { endpoint_id: named } = asked;
    const endpoint = named === undefined ? undefined : await mustFindEndpoint(deps, application, named);
    return listReply(
      deps,
      application.orgId,
      asked,
      (task) =>
        task.appId === application.id &&
        isVisible(task, caller) &&
        (endpoint === undefined || (isReplay(task) && task.endpointId === endpoint.id)),
    );
  },
});

const get = anyOperation({
  operationId: 'v1.background-task.get',
  needs: 'ViewBase',
  method: 'GET',
  path: ONE,
  summary: 'Get a background task with its progress',
  responses: () => ({ 200: backgroundTaskOut() }),
  handle: async ({ deps, caller, param }) => {
    const id = param('task_id');
    const found = isId('qtask_', id) ? await deps.tasks.find({ orgId: caller.orgId, id }) : undefined;
    const task = visible(found, caller);
    const hasResults = isStatistics(task) && task.state.kind === 'finished';
    return { status: 200, body: printTask(task, hasResults ? await deps.tasks.results(task) : null) };
  },
});

const cancel = anyOperation({
  operationId: 'v1.background-task.cancel',
  needs: 'CreateAttempts',
  method: 'POST',
  path: `${ONE}/cancel`,
  summary:
    'Cancel a running task; messages that it queued already, those of at most five seconds, are still sent',
  responses: () => ({ 200: backgroundTaskOut() }),
  handle: async ({ deps, caller, param }) => {
    const key = { orgId: caller.orgId, id: param('task_id') };
    visible(isId('qtask_', key.id) ? await deps.tasks.find(key) : undefined, caller);
    return { status: 200, body: printTask(visible(await deps.tasks.cancel(key), caller)) };
  },
});

export const backgroundTaskOperations = tagged('Background Task', [list, listOfApplication, get, cancel]);
