import { replyText } from './errors.ts';
import type { Reply } from './errors.ts';

/** Pages of any origin may call the API, which only tokens protect. */
const CORS = {
  'access-control-allow-origin': '*',
  // Response headers that browsers let pages read.
  'access-control-expose-headers':
    'link, retry-after, ratelimit, ratelimit-policy, idempotency-replayed, idempotency-mismatch, schema-violations',
  vary: 'origin, access-control-request-method, access-control-request-headers',
} as const;

export const respond = (
  status: number,
  body: string | Uint8Array<ArrayBuffer> | null,
  headers: Readonly<Record<string, string>> = {},
): Response => new Response(body, { status, headers: { ...CORS, ...headers } });

export const respondWith = (reply: Reply): Response => {
  if (reply.text !== undefined) {
    return respond(reply.status, reply.text, {
      ...reply.headers,
      'content-type': 'text/plain; charset=utf-8',
    });
  }
  const text = replyText(reply);
  return text === null
    ? respond(reply.status, null, reply.headers)
    : respond(reply.status, text, { ...reply.headers, 'content-type': 'application/json' });
};

/** Answers a CORS preflight request, for any path. */
export const preflight = (request: Request): Response => {
  const requested = request.headers.get('access-control-request-headers');
  return respond(200, null, {
    'access-control-allow-methods': '*',
    'access-control-max-age': '600',
    ...(requested === null ? {} : { 'access-control-allow-headers': requested }),
  });
};
