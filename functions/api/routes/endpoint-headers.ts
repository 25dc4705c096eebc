import type { Application } from '../../catalog/applications/application.domain.ts';
import type { Endpoint } from '../../catalog/endpoints/endpoint.domain.ts';
import type { Deps } from '../deps.ts';
import {
  HEADERS_AT,
  checkSignedHeaders,
  endpointLimitsOf,
  mustBeWritten,
  mustFindEndpoint,
} from '../endpoint-rules.ts';
import type { HeadersLocation } from '../endpoint-rules.ts';
import { invalid } from '../errors.ts';
import type { Reply } from '../errors.ts';
import { applicationOperation, tagged } from '../operation.ts';
import {
  HEADERS_TOO_LONG,
  distinctHeaders,
  endpointHeadersIn,
  endpointHeadersOut,
  endpointHeadersPatchIn,
  headersProblem,
  patchHeaders,
  printHeaders,
} from '../schemas/endpoint-headers.ts';

const PATH = '/api/v1/app/{app_id}/endpoint/{endpoint_id}/headers';

type Headers = Endpoint['headers'];

interface HeadersWrite {
  /** As the client sent them; null removes one. */
  readonly given: Readonly<Record<string, string | null>>;
  readonly at: HeadersLocation;
  readonly next: (current: Headers) => Headers;
}

/** Changes the headers of an endpoint. Throws Invalid or Refusal. */
const write = async (
  deps: Deps,
  application: Application,
  idOrUid: string,
  headersWrite: HeadersWrite,
  nowMs: number,
): Promise<Reply> => {
  const { orgId, appId, id } = await mustFindEndpoint(deps, application, idOrUid);
  await checkSignedHeaders(deps, orgId, headersWrite.given, headersWrite.at);
  const change = ({ headers: current }: Endpoint) => {
    const headers = headersWrite.next(current);
    return headersProblem(headers) === undefined ? { headers } : undefined;
  };
  const limits = await endpointLimitsOf(deps, orgId);
  const outcome = await deps.endpoints.change(orgId, appId, id, change, nowMs, limits);
  mustBeWritten(outcome, invalid(['body', 'headers', '__all__'], HEADERS_TOO_LONG));
  return { status: 204 };
};

/** Replaces all headers of an endpoint. Throws Invalid or Refusal. */
export const replaceHeaders = (
  deps: Deps,
  application: Application,
  idOrUid: string,
  given: Readonly<Record<string, string>>,
  nowMs: number,
): Promise<Reply> =>
  write(
    deps,
    application,
    idOrUid,
    { given, at: HEADERS_AT.whole, next: () => distinctHeaders(given) },
    nowMs,
  );

const get = applicationOperation({
  operationId: 'v1.endpoint.get-headers',
  needs: 'ViewBase',
  method: 'GET',
  path: PATH,
  summary: 'Get the headers that an endpoint’s messages are sent with',
  responses: () => ({ 200: endpointHeadersOut() }),
  handle: async ({ deps, application, param }) => {
    const { headers } = await mustFindEndpoint(deps, application, param('endpoint_id'));
    return { status: 200, body: printHeaders(headers) };
  },
});

const put = applicationOperation({
  operationId: 'v1.endpoint.update-headers',
  needs: 'ManageEndpoint',
  method: 'PUT',
  path: PATH,
  summary: 'Replace all headers of an endpoint',
  body: endpointHeadersIn,
  responses: () => ({ 204: null }),
  handle: ({ deps, application, param, body, nowMs }) =>
    replaceHeaders(deps, application, param('endpoint_id'), body.headers, nowMs),
});

const patch = applicationOperation({
  operationId: 'v1.endpoint.patch-headers',
  needs: 'ManageEndpoint',
  method: 'PATCH',
  path: PATH,
  summary: 'Set some headers of an endpoint and remove others',
  body: endpointHeadersPatchIn,
  responses: () => ({ 204: null }),
  handle: ({ deps, application, param, body, nowMs }) =>
    write(
      deps,
      application,
      param('endpoint_id'),
      {
        given: body.headers,
        at: HEADERS_AT.patch,
        next: (current) => patchHeaders(current, body.headers, body.deleteHeaders ?? []),
      },
      nowMs,
    ),
});

export const endpointHeaderOperations = tagged('Endpoint', [get, put, patch]);
