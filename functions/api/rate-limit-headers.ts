import type { Admitted, LimitState } from '../publish/publish-limits/publish-limits.flow.ts';
import { Refusal } from './errors.ts';

/** Seconds of every limit's window. */
const WINDOW = 1;

/**
 * The RateLimit header fields (IETF draft ratelimit-headers): the policies that apply, and what is left of each as this
 * environment knows it. Nothing where nothing is limited.
 */
export const rateLimitHeaders = (limits: readonly LimitState[]): Readonly<Record<string, string>> =>
  limits.length === 0
    ? {}
    : {
        'ratelimit-policy': limits.map(({ name, rate }) => `"${name}";q=${rate};w=${WINDOW}`).join(', '),
        ratelimit: limits.map(({ name, remaining }) => `"${name}";r=${remaining};t=${WINDOW}`).join(', '),
      };

/** The 429 of a publish beyond a limit. */
export const tooManyRequests = ({
  limits,
  retryAfterSeconds,
}: Extract<Admitted, { kind: 'limited' }>): Refusal =>
  new Refusal('too_many_requests', undefined, {
    ...rateLimitHeaders(limits),
    'retry-after': String(retryAfterSeconds),
  });
