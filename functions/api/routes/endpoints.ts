import type { Endpoint } from '../../catalog/endpoints/endpoint.domain.ts';
import { catchUpHeaders } from '../catch-up.ts';
import {
  changeEndpoint,
  createEndpoint,
  listEndpoints,
  removeEndpoint,
  upsertEndpoint,
} from '../endpoint-commands.ts';
import { checkEndpoint, findEndpoint, mustFindEndpoint } from '../endpoint-rules.ts';
import type { Reply } from '../errors.ts';
import { applicationOperation, tagged } from '../operation.ts';
import { listSchema, order, pageQuery } from '../wire/pagination.ts';
import {
  endpointChanges,
  endpointFields,
  endpointIn,
  endpointOut,
  endpointPatch,
  endpointUpdate,
  portalEndpointIn,
  portalEndpointPatch,
  portalEndpointUpdate,
  printEndpoint,
} from '../schemas/endpoint.ts';
import { distinctHeaders } from '../schemas/endpoint-headers.ts';

const ROOT = '/api/v1/app/{app_id}/endpoint';
const ONE = '/api/v1/app/{app_id}/endpoint/{endpoint_id}';

const created = (endpoint: Endpoint): Reply => ({ status: 201, body: printEndpoint(endpoint) });

const updated = (endpoint: Endpoint, { wasDisabled }: { readonly wasDisabled: boolean }): Reply => ({
  status: 200,
  body: printEndpoint(endpoint),
  headers: wasDisabled ? catchUpHeaders(endpoint) : {},
});

const list = applicationOperation({
  operationId: 'v1.endpoint.list',
  needs: 'ViewBase',
  method: 'GET',
  path: ROOT,
  summary: 'List the endpoints of an application',
  query: () => ({ ...pageQuery('ep_'), order: order('descending') }),
  responses: () => ({ 200: listSchema(endpointOut(), 'ListResponse_EndpointOut_') }),
  handle: ({ deps, application, query }) => listEndpoints(deps, application, query, printEndpoint),
});

const post = applicationOperation({
  operationId: 'v1.endpoint.create',
  needs: 'ManageEndpoint',
  method: 'POST',
  path: ROOT,
  summary: 'Create an endpoint',
  body: endpointIn,
  portalBody: portalEndpointIn,
  responses: () => ({ 201: endpointOut() }),
  handle: ({ deps, application, body, nowMs, storedResponseOf }) => {
    const headers = distinctHeaders(body.headers ?? {});
    const draft = { fields: endpointFields(body), secret: body.secret ?? null, headers };
    const creating = { deps, nowMs, reply: created, storedResponseOf: storedResponseOf(created) };
    return createEndpoint(creating, application, draft);
  },
});

const get = applicationOperation({
  operationId: 'v1.endpoint.get',
  needs: 'ViewBase',
  method: 'GET',
  path: ONE,
  summary: 'Get an endpoint',
  responses: () => ({ 200: endpointOut() }),
  handle: async ({ deps, application, param }) => ({
    status: 200,
    body: printEndpoint(await mustFindEndpoint(deps, application, param('endpoint_id'))),
  }),
});

const put = applicationOperation({
  operationId: 'v1.endpoint.update',
  needs: 'ManageEndpoint',
  method: 'PUT',
  path: ONE,
  summary: 'Replace an endpoint, or create one under a new id',
  body: endpointUpdate,
  portalBody: portalEndpointUpdate,
  responses: () => ({ 200: endpointOut(), 201: endpointOut() }),
  handle: async ({ deps, application, param, body, nowMs }) => {
    const fields = endpointFields(body);
    const current = () => findEndpoint(deps, application, param('endpoint_id'));
    await checkEndpoint(deps, application.orgId, fields, current);
    return upsertEndpoint(
      { deps, nowMs, reply: updated, created },
      application,
      param('endpoint_id'),
      fields,
    );
  },
});

const patch = applicationOperation({
  operationId: 'patch_endpoint',
  needs: 'ManageEndpoint',
  method: 'PATCH',
  path: ONE,
  summary: 'Change parts of an endpoint',
  body: endpointPatch,
  portalBody: portalEndpointPatch,
  responses: () => ({ 200: endpointOut() }),
  handle: async ({ deps, application, param, body, nowMs }) => {
    const changes = endpointChanges(body);
    // Before the lookup, as the contract's server does.
    const current = () => findEndpoint(deps, application, param('endpoint_id'));
    await checkEndpoint(deps, application.orgId, changes, current);
    const endpoint = await mustFindEndpoint(deps, application, param('endpoint_id'));
    return changeEndpoint({ deps, nowMs, reply: updated }, endpoint, changes);
  },
});

const remove = applicationOperation({
  operationId: 'v1.endpoint.delete',
  needs: 'ManageEndpoint',
  method: 'DELETE',
  path: ONE,
  summary: 'Delete an endpoint',
  responses: () => ({ 204: null }),
  handle: ({ deps, application, param, nowMs }) =>
    removeEndpoint(deps, application, param('endpoint_id'), nowMs),
});

export const endpointOperations = tagged('Endpoint', [list, post, get, put, patch, remove]);
