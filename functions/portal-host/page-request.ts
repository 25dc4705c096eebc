import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda';
import type { PageRequest, PageResponse } from './serve-page.ts';

/** The event of an HTTP API (payload format 2.0) or of a REST API. */
export type GatewayEvent = APIGatewayProxyEventV2 | APIGatewayProxyEvent;

export interface GatewayResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: true;
}

/** REST APIs send null for no headers. */
const header = (headers: GatewayEvent['headers'] | null, name: string): string =>
  Object.entries(headers ?? {}).find(([each]) => each.toLowerCase() === name)?.[1] ?? '';

/**
 * The path below the route `/portal`. The route's variable says where it begins, whatever prefix a custom domain puts
 * before it; the path itself keeps a slash at its end, which gateways may strip from the variable.
 */
const below = (path: string, proxy: string | undefined): string | undefined => {
  if (proxy === undefined || proxy === '') return path.endsWith('/') ? '' : undefined;
  const at = path.lastIndexOf(proxy);
  return at < 0 ? proxy : path.slice(at);
};

export const pageRequestFrom = (event: GatewayEvent): PageRequest => {
  const [method, path] =
    'rawPath' in event ? [event.requestContext.http.method, event.rawPath] : [event.httpMethod, event.path];
  return {
    method,
    path: below(path, event.pathParameters?.['proxy']),
    acceptEncoding: header(event.headers, 'accept-encoding'),
    ifNoneMatch: header(event.headers, 'if-none-match'),
  };
};

/** Both kinds of API decode the body. */
export const gatewayResultFrom = ({ status, headers, body }: PageResponse): GatewayResult => ({
  statusCode: status,
  headers,
  body,
  isBase64Encoded: true,
});
