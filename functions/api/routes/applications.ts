import * as z from 'zod';
import type { Application } from '../../catalog/applications/application.domain.ts';
import type { ApplicationFields } from '../../catalog/catalog.port.ts';
import type { Deps } from '../deps.ts';
import { listByEndpoints } from '../../catalog/applications/list-by-endpoints.flow.ts';
import { mustBeWritten } from '../endpoint-rules.ts';
import { Refusal } from '../errors.ts';
import type { Reply } from '../errors.ts';
import { createApplication, findApplication, findOrCreateApplication } from '../applications.ts';
import {
  applicationOperation,
  organizationApplicationOperation,
  organizationOperation,
  tagged,
} from '../operation.ts';
import { listSchema, order, pageQuery, pageReply } from '../wire/pagination.ts';
import {
  applicationChanges,
  applicationFields,
  applicationIn,
  applicationOut,
  applicationPatch,
  printApplication,
} from '../schemas/application.ts';

const ROOT = '/api/v1/app';
const ONE = '/api/v1/app/{app_id}';

const EXISTS = 'An application with that id or uid already exists';

const created = (application: Application): Reply => ({ status: 201, body: printApplication(application) });

const change = async (
  deps: Deps,
  application: Application,
  changes: Partial<ApplicationFields>,
  nowMs: number,
): Promise<Reply> => {
  const written = mustBeWritten(
    await deps.applications.change(application.orgId, application.id, changes, nowMs),
  );
  return { status: 200, body: printApplication(written) };
};

const exclusion = (what: string) =>
  z
    .boolean()
    .default(false)
    .meta({ description: `Leaves out applications that have ${what}` });

const exclusionQuery = () => ({
  exclude_apps_with_no_endpoints: exclusion('no endpoints'),
  exclude_apps_with_disabled_endpoints: exclusion('endpoints, and none that is enabled'),
  exclude_apps_with_svix_play_endpoints: exclusion('endpoints, all of them at Svix Play'),
});

const exclusionsOf = (query: Readonly<Record<keyof ReturnType<typeof exclusionQuery>, boolean>>) => ({
  withoutEndpoints: query.exclude_apps_with_no_endpoints,
  withDisabledOnly: query.exclude_apps_with_disabled_endpoints,
  withSvixPlayOnly: query.exclude_apps_with_svix_play_endpoints,
});

const list = organizationOperation({
  operationId: 'v1.application.list',
  method: 'GET',
  path: ROOT,
  summary: 'List applications',
  query: () => ({ ...pageQuery('app_'), order: order('ascending'), ...exclusionQuery() }),
  responses: () => ({ 200: listSchema(applicationOut(), 'ListResponse_ApplicationOut_') }),
  handle: async ({ deps, orgId, query }) => {
    const { limit, iterator: cursor } = query;
    const exclusions = exclusionsOf(query);
    const request = { limit, cursor, order: query.order };
    const page = Object.values(exclusions).includes(true)
      ? await listByEndpoints(deps, orgId, request, exclusions)
      : await deps.applications.list(orgId, request);
    return pageReply(page, cursor, (item) => ({ id: item.id, json: printApplication(item) }));
  },
});

const post = organizationOperation({
  operationId: 'v1.application.create',
  method: 'POST',
  path: ROOT,
  summary: 'Create an application, or get the one that has its uid',
  query: () => ({ get_if_exists: z.boolean().default(false) }),
  body: applicationIn,
  responses: () => ({ 200: applicationOut(), 201: applicationOut() }),
  handle: async ({ deps, orgId, query, body, nowMs, storedResponseOf }) => {
    const fields = applicationFields(body);
    const existing = async () =>
      query.get_if_exists && fields.uid !== null ? findApplication(deps, orgId, fields.uid) : undefined;
    const create = () => createApplication(deps, orgId, fields, nowMs, storedResponseOf(created));
    const { application, isNew } = await findOrCreateApplication(existing, create, EXISTS);
    return isNew ? created(application) : { status: 200, body: printApplication(application) };
  },
});

const get = applicationOperation({
  operationId: 'v1.application.get',
  needs: 'ViewBase',
  method: 'GET',
  path: ONE,
  summary: 'Get an application',
  responses: () => ({ 200: applicationOut() }),
  handle: ({ application }) => ({ status: 200, body: printApplication(application) }),
});

const put = organizationOperation({
  operationId: 'v1.application.update',
  method: 'PUT',
  path: ONE,
  summary: 'Replace an application, or create one under a new id',
  body: applicationIn,
  responses: () => ({ 200: applicationOut(), 201: applicationOut() }),
  handle: async ({ deps, orgId, param, body, nowMs }) => {
    const fields = applicationFields(body);
    const { application, isNew } = await findOrCreateApplication(
      () => findApplication(deps, orgId, param('app_id')),
      () => createApplication(deps, orgId, fields, nowMs),
    );
    return isNew ? created(application) : change(deps, application, fields, nowMs);
  },
});

const patch = organizationApplicationOperation({
  operationId: 'patch_application',
  method: 'PATCH',
  path: ONE,
  summary: 'Change parts of an application',
  body: applicationPatch,
  responses: () => ({ 200: applicationOut() }),
  handle: ({ deps, application, body, nowMs }) => change(deps, application, applicationChanges(body), nowMs),
});

const remove = organizationApplicationOperation({
  operationId: 'v1.application.delete',
  method: 'DELETE',
  path: ONE,
  summary: 'Delete an application',
  responses: () => ({ 204: null }),
  handle: async ({ deps, application: { orgId, id }, nowMs }) => {
    const outcome = await deps.applications.remove(orgId, id, nowMs);
    if (outcome.kind === 'not-found') throw new Refusal('not_found');
    return { status: 204 };
  },
});

export const applicationOperations = tagged('Application', [list, post, get, put, patch, remove]);
