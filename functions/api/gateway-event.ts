import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Incoming } from './router.ts';

/** What either kind of API Gateway hands over: payload format 2.0 of HTTP APIs, or a REST API's event. */
export type GatewayEvent = APIGatewayProxyEventV2 | APIGatewayProxyEvent;

export interface GatewayResult {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly isBase64Encoded: false;
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
  // REST APIs decode parameters; written again they mean the same.
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

/** No operation has one of these, and a Request cannot be made of them: another name, which none has either. */
const UNSPEAKABLE = new Set(['CONNECT', 'TRACE', 'TRACK']);
const speakable = (method: string): string => (UNSPEAKABLE.has(method) ? `X-${method}` : method);

/** Values that are not printable ASCII cannot be read as header text: such headers count as not sent. */
const readable = (value: string): boolean => /^[\t\x20-\x7e]*$/.test(value);

const bodyOf = (event: GatewayEvent, method: string): Buffer<ArrayBuffer> | null => {
  if (method === 'GET' || method === 'HEAD') return null;
  return Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
};

/**
 * The request as it was sent, body bytes included. Path and query stand beside it and not in its URL, which would resolve
 * `..`, strip blanks and turn backslashes, so that another path would be routed than the one that was sent.
 */
export const requestFrom = (event: GatewayEvent): Incoming => {
  const { method, path, search, headers } = partsOf(event);
  const request = new Request('https://posthorn/', {
    method: speakable(method),
    headers: headers.filter(([, value]) => readable(value)).map(([name, value]) => [name, value]),
    body: bodyOf(event, method),
  });
  return { request, path, search };
};

/** Either gateway reads this form. */
export const resultFrom = async (response: Response): Promise<GatewayResult> => ({
  statusCode: response.status,
  headers: Object.fromEntries(response.headers),
  body: await response.text(),
  isBase64Encoded: false,
});
