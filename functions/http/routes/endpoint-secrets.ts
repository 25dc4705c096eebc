import type { Endpoint } from '../../domain/endpoint.ts';
import { formatReadable, parseSecret } from '../../signing/secret.ts';
import type { Deps } from '../deps.ts';
import { mustFindEndpoint } from '../endpoint-rules.ts';
import { applicationOperation, noBody, noQuery } from '../operation.ts';
import { endpointSecretOut } from '../schemas/endpoint.ts';

const tag = 'Endpoint';

/** What receivers verify with; of an asymmetric pair the public half alone. */
const readable = (deps: Deps, endpoint: Endpoint): string => {
  const parsed = parseSecret(deps.secrets.open(endpoint.secret.sealed, endpoint.id));
  if (parsed.kind !== 'ok') throw new Error(`the stored secret of ${endpoint.id} is ${parsed.kind}`);
  return formatReadable(parsed.key);
};

const get = applicationOperation({
  operationId: 'v1.endpoint.get-secret',
  method: 'GET',
  path: '/api/v1/app/{app_id}/endpoint/{endpoint_id}/secret',
  tag,
  summary: 'Get what receivers verify signatures with',
  query: noQuery,
  body: noBody,
  responses: { 200: endpointSecretOut },
  handle: async ({ deps, application, param }) => {
    const endpoint = await mustFindEndpoint(deps, application, param('endpoint_id'));
    return { status: 200, body: { key: readable(deps, endpoint) } };
  },
});

export const endpointSecretOperations = [get];
