import type { Application } from '../../catalog/applications/application.domain.ts';
import type { Endpoint } from '../../catalog/endpoints/endpoint.domain.ts';
import { MANAGEMENT_ORGANIZATION } from '../../events/operational-webhooks/operational-webhook.domain.ts';
import type { OrgId } from '../../platform/ids/brand.domain.ts';
import { createApplication } from '../applications.ts';
import type { Deps } from '../deps.ts';
import { createEndpoint, listEndpoints, removeEndpoint, upsertEndpoint } from '../endpoint-commands.ts';
import { checkEndpoint, findEndpoint, mustFindEndpoint } from '../endpoint-rules.ts';
import { Refusal } from '../errors.ts';
import type { Reply } from '../errors.ts';
import { operationalWebhookOperation, tagged } from '../operation.ts';
import { replaceHeaders } from '../routes/endpoint-headers.ts';
import { operationalRotateIn, readKey, rotateKey } from '../routes/endpoint-secrets.ts';
import {
  endpointFields,
  endpointSecretOut,
  operationalEndpointIn,
  operationalEndpointOut,
  operationalEndpointUpsert,
  printOperationalEndpoint,
} from '../schemas/endpoint.ts';
import {
  distinctHeaders,
  endpointHeadersIn,
  endpointHeadersOut,
  printHeaders,
} from '../schemas/endpoint-headers.ts';
import { listSchema, order, pageQuery, pageReply } from '../wire/pagination.ts';

/**
 * The endpoints that get an organization's operational webhooks: those of one application of the management organization,
 * whose uid is the organization's id. It is created with the first endpoint.
 */

const ROOT = '/api/v1/operational-webhook/endpoint';
const ONE = '/api/v1/operational-webhook/endpoint/{endpoint_id}';

interface Scope {
  readonly deps: Deps;
  readonly orgId: OrgId;
  readonly application: Application | null;
  readonly nowMs: number;
}

/** Of two requests that create it at once, one finds that of the other. */
const ensureApplication = async ({ deps, orgId, application, nowMs }: Scope): Promise<Application> => {
  if (application !== null) return application;
  const fields = { uid: orgId, name: orgId, throttleRate: null, metadata: {} };
  await createApplication(deps, MANAGEMENT_ORGANIZATION, fields, nowMs);
  return existing((await deps.applications.find(MANAGEMENT_ORGANIZATION, orgId)) ?? null);
};

/** Throws Refusal (404): without the application there is no endpoint. */
const existing = (application: Application | null): Application => {
  if (application === null) throw new Refusal('not_found');
  return application;
};

const created = (endpoint: Endpoint): Reply => ({ status: 201, body: printOperationalEndpoint(endpoint) });
/** Unlike the update of an application's endpoint, the contract's upsert answers 200 for a new one too. */
const upserted = (endpoint: Endpoint): Reply => ({ status: 200, body: printOperationalEndpoint(endpoint) });

const list = operationalWebhookOperation({
  operationId: 'v1.operational-webhook.endpoint.list',
  method: 'GET',
  path: ROOT,
  summary: "List the endpoints that get the organization's operational webhooks",
  query: () => ({ ...pageQuery('ep_'), order: order('descending') }),
  responses: () => ({
    200: listSchema(operationalEndpointOut(), 'ListResponse_OperationalWebhookEndpointOut_'),
  }),
  handle: ({ deps, application, query }) =>
    application === null
      ? pageReply({ items: [], done: true }, null, () => undefined)
      : listEndpoints(deps, application, query, printOperationalEndpoint),
});

const post = operationalWebhookOperation({
  operationId: 'v1.operational-webhook.endpoint.create',
  method: 'POST',
  path: ROOT,
  summary: "Create an endpoint that gets the organization's operational webhooks",
  body: operationalEndpointIn,
  responses: () => ({ 201: operationalEndpointOut() }),
  handle: async ({ storedResponseOf, body, ...scope }) => {
    const { deps, nowMs } = scope;
    const fields = endpointFields(body);
    await checkEndpoint(deps, MANAGEMENT_ORGANIZATION, fields);
    const draft = { fields, secret: body.secret ?? null, headers: distinctHeaders(body.headers ?? {}) };
    const application = await ensureApplication(scope);
    const creating = { deps, nowMs, reply: created, storedResponseOf: storedResponseOf(created) };
    return createEndpoint(creating, application, draft);
  },
});

const get = operationalWebhookOperation({
  operationId: 'v1.operational-webhook.endpoint.get',
  method: 'GET',
  path: ONE,
  summary: 'Get an endpoint of operational webhooks',
  responses: () => ({ 200: operationalEndpointOut() }),
  handle: async ({ deps, application, param }) => {
    const endpoint = await mustFindEndpoint(deps, existing(application), param('endpoint_id'));
    return { status: 200, body: printOperationalEndpoint(endpoint) };
  },
});

const put = operationalWebhookOperation({
  operationId: 'v1.operational-webhook.endpoint.update',
  method: 'PUT',
  path: ONE,
  summary: 'Replace an endpoint of operational webhooks, or create one under a new id',
  body: operationalEndpointUpsert,
  responses: () => ({ 200: operationalEndpointOut() }),
  handle: async ({ param, body, ...scope }) => {
    const { deps, nowMs, application: known } = scope;
    const fields = endpointFields(body);
    const current = async () =>
      known === null ? undefined : findEndpoint(deps, known, param('endpoint_id'));
    await checkEndpoint(deps, MANAGEMENT_ORGANIZATION, fields, current);
    const application = await ensureApplication(scope);
    const upserting = { deps, nowMs, reply: upserted, created: upserted };
    return upsertEndpoint(upserting, application, param('endpoint_id'), fields);
  },
});

const remove = operationalWebhookOperation({
  operationId: 'v1.operational-webhook.endpoint.delete',
  method: 'DELETE',
  path: ONE,
  summary: 'Delete an endpoint of operational webhooks',
  responses: () => ({ 204: null }),
  handle: async ({ deps, application, param, nowMs }) =>
    removeEndpoint(deps, existing(application), param('endpoint_id'), nowMs),
});

const getSecret = operationalWebhookOperation({
  operationId: 'v1.operational-webhook.endpoint.get-secret',
  method: 'GET',
  path: `${ONE}/secret`,
  summary: 'Get the key with which the receiver verifies signatures',
  responses: () => ({ 200: endpointSecretOut() }),
  handle: async ({ deps, application, param }) => ({
    status: 200,
    body: { key: await readKey(deps, existing(application), param('endpoint_id')) },
  }),
});

const rotateSecret = operationalWebhookOperation({
  operationId: 'v1.operational-webhook.endpoint.rotate-secret',
  method: 'POST',
  path: `${ONE}/secret/rotate`,
  summary: 'Rotate the signing secret; the old one also signs during the grace period',
  body: operationalRotateIn,
  responses: () => ({ 204: null }),
  handle: async ({ deps, application, param, body, nowMs }) => {
    await rotateKey(deps, existing(application), param('endpoint_id'), body, nowMs);
    return { status: 204 };
  },
});

const getHeaders = operationalWebhookOperation({
  operationId: 'v1.operational-webhook.endpoint.get-headers',
  method: 'GET',
  path: `${ONE}/headers`,
  summary: 'Get the headers that operational webhooks are sent with',
  responses: () => ({ 200: endpointHeadersOut() }),
  handle: async ({ deps, application, param }) => {
    const { headers } = await mustFindEndpoint(deps, existing(application), param('endpoint_id'));
    return { status: 200, body: printHeaders(headers) };
  },
});

const setHeaders = operationalWebhookOperation({
  operationId: 'v1.operational-webhook.endpoint.update-headers',
  method: 'PUT',
  path: `${ONE}/headers`,
  summary: 'Replace all headers of an endpoint of operational webhooks',
  body: endpointHeadersIn,
  responses: () => ({ 204: null }),
  handle: async ({ deps, application, param, body, nowMs }) =>
    replaceHeaders(deps, existing(application), param('endpoint_id'), body.headers, nowMs),
});

export const operationalWebhookEndpointOperations = tagged('Operational Webhook Endpoint', [
  ...[list, post, get, put, remove],
  ...[getSecret, rotateSecret, getHeaders, setHeaders],
]);
