import { expect, it } from 'vitest';
import { rateLimitHeaders, tooManyRequests } from '../../../../functions/api/rate-limit-headers.ts';
import { replyTo } from '../../../../functions/api/errors.ts';

it('tells clients which limits apply and what is left of them', () => {
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

it('says nothing where nothing is limited', () => {
  expect(rateLimitHeaders([])).toEqual({});
});

it('refuses with a 429 in JSON that says when to come again', () => {
  const limits = [{ name: 'organization', rate: 5, remaining: 0 }] as const;
  expect(replyTo(tooManyRequests({ kind: 'limited', limits, retryAfterSeconds: 1 }))).toMatchObject({
    status: 429,
    body: { code: 'too_many_requests' },
    headers: { 'retry-after': '1', ratelimit: '"organization";r=0;t=1' },
  });
});
