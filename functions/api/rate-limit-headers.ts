import type { Admitted, LimitState } from '../publish/publish-limits/publish-limits.flow.ts';
import { Refusal } from './errors.ts';

/** The window of every rate limit, in seconds. */
const WINDOW = 1;

/**
 * The RateLimit header fields (IETF draft ratelimit-headers): the policies that apply, and the remaining requests of each
 * as this execution environment knows them. Empty if no limit applies.
 */
export const rateLimitHeaders = (limits: readonly LimitState[]): Readonly<Record<string, string>> =>
  limits.length === 0
    ? {}
    : {
        'ratelimit-policy': limits.map(({ name, rate }) => `"${name}";q=${rate};w=${WINDOW}`).join(', '),
        ratelimit: limits.map(({ name, remaining }) => `"${name}";r=${remaining};t=${WINDOW}`).join(', '),
      };

/** The 429 for a publish above a rate limit. */
export const tooManyRequests = ({
  limits,
  retryAfterSeconds,
}: Extract<Admitted, { kind: 'limited' }>): Refusal =>
  new Refusal('too_many_requests', undefined, {
    ...rateLimitHeaders(limits),
    'retry-after': String(retryAfterSeconds),
  });
