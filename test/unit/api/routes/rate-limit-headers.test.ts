import { describe, expect, it } from 'vitest';
import { rateLimitHeaders, tooManyRequests } from '../../../../functions/api/rate-limit-headers.ts';
import { replyTo } from '../../../../functions/api/errors.ts';

describe('publish rate limit', () => {
  it('reports each limit and what remains of it in the RateLimit headers', () => {
    expect(
      rateLimitHeaders([
        { name: 'application', rate: 10, remaining: 3 },
        { name: 'organization', rate: 100, remaining: 42 },
      ]),
    ).toEqual({
      'ratelimit-policy': '"application";q=10;w=1, "organization";q=100;w=1',
      ratelimit: '"application";r=3;t=1, "organization";r=42;t=1',
    });
  });

  it('sends no RateLimit headers without a limit', () => {
    expect(rateLimitHeaders([])).toEqual({});
  });

  it('answers 429 with Retry-After over the limit', () => {
    const limits = [{ name: 'organization', rate: 5, remaining: 0 }] as const;
    expect(replyTo(tooManyRequests({ kind: 'limited', limits, retryAfterSeconds: 1 }))).toMatchObject({
      status: 429,
      body: { code: 'too_many_requests' },
      headers: { 'retry-after': '1', ratelimit: '"organization";r=0;t=1' },
    });
  });
});
