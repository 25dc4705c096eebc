import * as z from 'zod';
import type { Application } from '../../catalog/applications/application.domain.ts';
import { disabledAt } from '../../catalog/endpoints/endpoint.domain.ts';
import type { Endpoint } from '../../catalog/endpoints/endpoint.domain.ts';
import type { EndpointChanges, EndpointFields } from '../../catalog/catalog.port.ts';
import type { Deps } from '../deps.ts';
import { catchUpHeaders } from '../catch-up.ts';
import {
  HEADERS_AT,
  checkEndpoint,
  checkSignedHeaders,
  endpointLimitsOf,
  findEndpoint,
  limitRefusal,
  mustFindEndpoint,
  newSecret,
} from '../endpoint-rules.ts';
import { Refusal } from '../errors.ts';
import type { Reply } from '../errors.ts';
import type { StoredResponseFor } from '../idempotency.ts';
import { applicationOperation, noBody, noQuery } from '../operation.ts';
import { listSchema, order, pageQuery, printPage } from '../wire/pagination.ts';
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

const tag = 'Endpoint';
const ROOT = '/api/v1/app/{app_id}/endpoint';
const ONE = '/api/v1/app/{app_id}/endpoint/{endpoint_id}';

interface Draft {
  readonly fields: EndpointFields;
  /** null: one is generated. */
  readonly secret: string | null;
  readonly headers: Endpoint['headers'];
}

const created = (endpoint: Endpoint): Reply => ({ status: 201, body: printEndpoint(endpoint) });

const create = async (
  deps: Deps,
  application: Application,
  draft: Draft,
  nowMs: number,
  storedResponseFor?: StoredResponseFor,
): Promise<Reply> => {
  const { orgId, id: appId } = application;
  await checkSignedHeaders(deps, orgId, draft.headers, HEADERS_AT.whole);
  await checkEndpoint(deps, orgId, draft.fields);
  const id = deps.ids.endpoint(nowMs);
  const plainText = draft.secret ?? (await newSecret(deps, orgId));
  await deps.secrets.ready();
  const enabled: Endpoint = {
    orgId,
    appId,
    id,
    ...draft.fields,
    failSince: null,
    lastDisabledAt: null,
    headers: draft.headers,
    secret: { sealed: deps.secrets.seal(plainText, id), expiresAt: null },
    oldSecrets: [],
    createdAt: nowMs,
    updatedAt: nowMs,
  };
  const endpoint = enabled.disabled ? disabledAt(enabled, nowMs) : enabled;
  const storedResponseOf = storedResponseFor && ((made: Endpoint) => storedResponseFor(created(made)));
  const limits = await endpointLimitsOf(deps, orgId);
  const outcome = await deps.endpoints.create(endpoint, storedResponseOf, limits);
  switch (outcome.kind) {
    case 'written':
      return created(outcome.item);
    case 'conflict':
      throw new Refusal('conflict');
    case 'not-found':
      throw new Refusal('not_found');
    case 'limit-reached':
      throw limitRefusal(outcome);
  }
};

const change = async (
  deps: Deps,
  { orgId, appId, id, disabled: wasDisabled }: Endpoint,
  changes: Partial<EndpointFields>,
  nowMs: number,
): Promise<Reply> => {
  // A client that enables or disables the endpoint clears the state of an auto-disable.
  const decided: EndpointChanges =
    changes.disabled === undefined ? changes : { ...changes, failSince: null, disabledReason: null };
  const limits = await endpointLimitsOf(deps, orgId);
  const outcome = await deps.endpoints.change(orgId, appId, id, () => decided, nowMs, limits);
  switch (outcome.kind) {
    case 'written': {
      const { item } = outcome;
      return { status: 200, body: printEndpoint(item), headers: wasDisabled ? catchUpHeaders(item) : {} };
    }
    case 'conflict':
      throw new Refusal('conflict');
    case 'not-found':
    case 'refused':
      throw new Refusal('not_found');
    case 'limit-reached':
      throw limitRefusal(outcome);
  }
};

const list = applicationOperation({
  operationId: 'v1.endpoint.list',
  needs: 'ViewBase',
  method: 'GET',
  path: ROOT,
  tag,
  summary: 'List the endpoints of an application',
  query: () => z.object({ ...pageQuery('ep_'), order: order('descending') }),
  body: noBody,
  responses: () => ({ 200: listSchema(endpointOut(), 'ListResponse_EndpointOut_') }),
  handle: async ({ deps, application, query }) => {
    const { limit, iterator: cursor } = query;
    const { orgId, id: appId } = application;
    const page = await deps.endpoints.list(orgId, appId, { limit, cursor, order: query.order });
    const items = page.items.map((item) => ({ id: item.id, json: printEndpoint(item) }));
    return { status: 200, body: printPage(page, items, cursor?.direction ?? 'next') };
  },
});

const post = applicationOperation({
  operationId: 'v1.endpoint.create',
  needs: 'ManageEndpoint',
  method: 'POST',
  path: ROOT,
  tag,
  summary: 'Create an endpoint',
  query: noQuery,
  body: endpointIn,
  portalBody: portalEndpointIn,
  responses: () => ({ 201: endpointOut() }),
  handle: ({ deps, application, body, nowMs, storedResponseFor }) => {
    const headers = distinctHeaders(body.headers ?? {});
    const draft = { fields: endpointFields(body), secret: body.secret ?? null, headers };
    return create(deps, application, draft, nowMs, storedResponseFor);
  },
});

const get = applicationOperation({
  operationId: 'v1.endpoint.get',
  needs: 'ViewBase',
  method: 'GET',
  path: ONE,
  tag,
  summary: 'Get an endpoint',
  query: noQuery,
  body: noBody,
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
  tag,
  summary: 'Replace an endpoint, or create one under a new id',
  query: noQuery,
  body: endpointUpdate,
  portalBody: portalEndpointUpdate,
  responses: () => ({ 200: endpointOut(), 201: endpointOut() }),
  handle: async ({ deps, application, param, body, nowMs }) => {
    const fields = endpointFields(body);
    await checkEndpoint(deps, application.orgId, fields);
    const existing = await findEndpoint(deps, application, param('endpoint_id'));
    if (existing !== undefined) return change(deps, existing, fields, nowMs);
    return create(deps, application, { fields, secret: null, headers: {} }, nowMs);
  },
});

const patch = applicationOperation({
  operationId: 'patch_endpoint',
  needs: 'ManageEndpoint',
  method: 'PATCH',
  path: ONE,
  tag,
  summary: 'Change parts of an endpoint',
  query: noQuery,
  body: endpointPatch,
  portalBody: portalEndpointPatch,
  responses: () => ({ 200: endpointOut() }),
  handle: async ({ deps, application, param, body, nowMs }) => {
    const changes = endpointChanges(body);
    // Before the lookup, as the contract's server does.
    await checkEndpoint(deps, application.orgId, changes);
    return change(deps, await mustFindEndpoint(deps, application, param('endpoint_id')), changes, nowMs);
  },
});

const remove = applicationOperation({
  operationId: 'v1.endpoint.delete',
  needs: 'ManageEndpoint',
  method: 'DELETE',
  path: ONE,
  tag,
  summary: 'Delete an endpoint',
  query: noQuery,
  body: noBody,
  responses: () => ({ 204: null }),
  handle: async ({ deps, application, param, nowMs }) => {
    const { orgId, appId, id } = await mustFindEndpoint(deps, application, param('endpoint_id'));
    const outcome = await deps.endpoints.remove(orgId, appId, id, nowMs);
    if (outcome.kind === 'not-found') throw new Refusal('not_found');
    return { status: 204 };
  },
});

export const endpointOperations = [list, post, get, put, patch, remove];
