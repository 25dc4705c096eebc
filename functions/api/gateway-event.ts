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

type Headers = Parts['headers'];

const valuesOf = (headers: Headers, wanted: string): readonly string[] =>
  headers.filter(([name]) => name.toLowerCase() === wanted).flatMap(([, value]) => value.split(','));

/** Undefined where the body came in chunks (a length beside them does not count), or a proxy dropped its length. */
const declaredLength = (headers: Headers): number | undefined => {
  if (valuesOf(headers, 'transfer-encoding').length > 0) return undefined;
  const [length, ...others] = new Set(valuesOf(headers, 'content-length').map((value) => value.trim()));
  return length !== undefined && others.length === 0 && /^\d+$/.test(length) ? Number(length) : undefined;
};

const REPLACEMENT = '\ufffd';

/**
 * Whether the gateway changed the body. It hands over text where the content type says text, and by then has replaced
 * bytes that are no UTF-8 by U+FFFD, which nearly always changes the length. Where none was declared, such a character
 * counts as damage; clients that mean it declare a length, or escape it.
 */
const isDamaged = (event: GatewayEvent, headers: Headers, body: Buffer | null): boolean => {
  if (body === null) return false;
  const declared = declaredLength(headers);
  if (declared !== undefined) return declared !== body.byteLength;
  return !event.isBase64Encoded && (event.body ?? '').includes(REPLACEMENT);
};

/**
 * The request as it was sent, body bytes included. Path and query stand beside it and not in its URL, which would resolve
 * `..`, strip blanks and turn backslashes, so that another path would be routed than the one that was sent.
 */
export const requestFrom = (event: GatewayEvent): Incoming => {
  const { method, path, search, headers } = partsOf(event);
  const body = bodyOf(event, method);
  const request = new Request('https://posthorn/', {
    method: speakable(method),
    headers: headers.filter(([, value]) => readable(value)).map(([name, value]) => [name, value]),
    body,
  });
  return { request, path, search, damaged: isDamaged(event, headers, body) };
};

/** Either gateway reads this form. */
export const resultFrom = async (response: Response): Promise<GatewayResult> => ({
  statusCode: response.status,
  headers: Object.fromEntries(response.headers),
  body: await response.text(),
  isBase64Encoded: false,
});
