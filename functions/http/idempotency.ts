import { createHash } from 'node:crypto';
import type { Call } from './operation.ts';

/** Visible ASCII and spaces: other keys are not readable as header text, and are ignored. */
const READABLE = /^[\x20-\x7e]*$/;

/**
 * What repeats of one request have in common: credentials, key, path and query; never the body. null where no key was
 * given. An empty key is one.
 */
export const idempotencyDigest = ({ request, target }: Pick<Call, 'request' | 'target'>): string | null => {
  const key = request.headers.get('idempotency-key');
  if (key === null || !READABLE.test(key)) return null;
  const credentials = request.headers.get('authorization') ?? '';
  // No header value holds a line break, so the parts cannot run into each other.
  return createHash('sha256').update(`${credentials}\n${key}\n${target}`).digest('base64url');
};
