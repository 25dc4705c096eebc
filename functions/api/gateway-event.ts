import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Incoming } from './router.ts';

/** The event of an HTTP API (payload format 2.0) or of a REST API. */
export type GatewayEvent = APIGatewayProxyEventV2 | APIGatewayProxyEvent;

export interface GatewayResult {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

interface Parts {
  readonly method: string;
  readonly path: string;
  readonly search: string;
  readonly headers: readonly (readonly [string, string])[];
}

type Values = Readonly<Record<string, string | undefined>> | null | undefined;
type Lists = Readonly<Record<string, readonly string[] | undefined>> | null | undefined;

const pairsOf = (values: Values, lists: Lists): [string, string][] => {
  const many = Object.entries(lists ?? {}).flatMap(([name, list]) =>
    (list ?? []).map((value): [string, string] => [name, value]),
  );
  if (many.length > 0) return many;
  return Object.entries(values ?? {}).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  );
};

const partsOf = (event: GatewayEvent): Parts => {
  if ('rawPath' in event) {
    return {
      method: event.requestContext.http.method,
      path: event.rawPath,
      search: event.rawQueryString,
      headers: pairsOf(event.headers, null),
    };
  }
  // REST APIs pass decoded parameters; encoding them again restores the query.
  const query = new URLSearchParams(
    pairsOf(event.queryStringParameters, event.multiValueQueryStringParameters),
  );
  return {
    method: event.httpMethod,
    path: event.path,
    search: query.toString(),
    headers: pairsOf(event.headers, event.multiValueHeaders),
  };
};

/**
 * Methods that `Request` rejects. No operation has them, so another name that no operation has gives the same response.
 */
const FORBIDDEN_BY_FETCH = new Set(['CONNECT', 'TRACE', 'TRACK']);
const supportedByFetch = (method: string): string =>
  FORBIDDEN_BY_FETCH.has(method) ? `X-${method}` : method;

/** Headers whose value is not printable ASCII are ignored, because they cannot be decoded as text. */
const readable = (value: string): boolean => /^[\t\x20-\x7e]*$/.test(value);

type Headers = Parts['headers'];

/** A host with an optional port, as browsers accept it in a URL. */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i;

const headerOf = (headers: Headers, header: string): string | undefined =>
  headers.find(([name]) => name.toLowerCase() === header)?.[1];

/** The base path of a custom domain, which API Gateway leaves in the path of the event: the routes begin below it. */
const withoutBasePath = (path: string, basePath: string): string =>
  path === basePath || path.startsWith(`${basePath}/`) ? path.slice(basePath.length) || '/' : path;

/** The path of a REST API's stage, which the path of the event leaves out. Custom domains have none. */
const stagePath = (event: GatewayEvent): string => {
  if ('rawPath' in event) return '';
  const { path, stage } = event.requestContext;
  return path.startsWith(`/${stage}/`) && !event.path.startsWith(`/${stage}/`) ? `/${stage}` : '';
};

/**
 * The URL that the client sent the request to, without the path of the API: scheme and host, and the stage's path if the
 * host is API Gateway's own (a proxy with a host of its own adds that path itself). null: the event names no valid host.
 */
const baseUrlOf = (event: GatewayEvent, headers: Headers): string | null => {
  const { domainName } = event.requestContext;
  const host = headerOf(headers, 'host') ?? domainName;
  if (host === undefined || !HOST.test(host)) return null;
  // API Gateway always sends the scheme; emulators without TLS do not.
  const scheme = headerOf(headers, 'x-forwarded-proto')?.split(',')[0]?.trim() === 'https' ? 'https' : 'http';
  return `${scheme}://${host}${host === domainName ? stagePath(event) : ''}`;
};

const bodyOf = (event: GatewayEvent, method: string): Buffer<ArrayBuffer> | null => {
  if (method === 'GET' || method === 'HEAD') return null;
  return Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
};

const valuesOf = (headers: Headers, header: string): readonly string[] =>
  headers.filter(([name]) => name.toLowerCase() === header).flatMap(([, value]) => value.split(','));

/** The Content-Length; undefined for a chunked body, or if a proxy removed the header. */
const declaredLength = (headers: Headers): number | undefined => {
  if (valuesOf(headers, 'transfer-encoding').length > 0) return undefined;
  const [length, ...others] = new Set(valuesOf(headers, 'content-length').map((value) => value.trim()));
  return length !== undefined && others.length === 0 && /^\d+$/.test(length) ? Number(length) : undefined;
};

const REPLACEMENT = '\ufffd';

/**
 * Whether API Gateway changed the body. For text content types it replaces bytes that are not UTF-8 by U+FFFD, which
 * nearly always changes the length. Without a Content-Length, a U+FFFD counts as a change; clients that mean this
 * character send a length, or escape it.
 */
const isDamaged = (event: GatewayEvent, headers: Headers, body: Buffer | null): boolean => {
  if (body === null) return false;
  const declared = declaredLength(headers);
  if (declared !== undefined) return declared !== body.byteLength;
  return !event.isBase64Encoded && (event.body ?? '').includes(REPLACEMENT);
};

/**
 * The request as it was sent, with the bytes of its body. `basePath`: of the stage's domain, `/webhooks` or empty. Path and query are separate from its URL, because a URL resolves
 * `..`, strips spaces and replaces backslashes, so that another path than the one sent would be routed.
 */
export const requestFrom = (event: GatewayEvent, basePath = ''): Incoming => {
  const { method, path: whole, search, headers } = partsOf(event);
  const path = withoutBasePath(whole, basePath);
  const body = bodyOf(event, method);
  const request = new Request('https://posthorn/', {
    method: supportedByFetch(method),
    headers: headers.filter(([, value]) => readable(value)).map(([name, value]) => [name, value]),
    body,
  });
  const host = baseUrlOf(event, headers);
  const baseUrl = host === null || path === whole ? host : `${host}${basePath}`;
  return { request, path, search, damaged: isDamaged(event, headers, body), baseUrl };
};

/** The result for API Gateway, in a form that both kinds of API accept. A compressed body is sent as base64, which they decode. */
export const resultFrom = async (response: Response): Promise<GatewayResult> => {
  const isBase64Encoded = response.headers.has('content-encoding');
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    body: isBase64Encoded
      ? Buffer.from(await response.arrayBuffer()).toString('base64')
      : await response.text(),
    isBase64Encoded,
  };
};
