import { describe, expect, it } from 'vitest';
import { column } from '../client.ts';
import { EXHAUSTED, startDelivering } from '../deliveries.ts';

/** How a canceled delivery looks to clients that know status 4 and to those that do not. */

const CANCELED = {
  ...{ responseStatusCode: 0, response: 'Canceled: the endpoint is disabled.', responseDurationMs: 0 },
  cause: 'canceled:endpoint_disabled',
  decision: { kind: 'canceled', reason: 'endpoint_disabled' },
} as const;

/** A message whose delivery was canceled after one attempt. */
const start = async () => {
  const client = await startDelivering();
  client.recordAttempt();
  return { ...client, canceled: client.recordAttempt(CANCELED) };
};

/** Attempt lists by current and legacy paths; each also contains the failed attempt. */
const ATTEMPTS = [
  '/api/v1/app/acme/attempt/endpoint/ep1',
  '/api/v1/app/acme/attempt/msg/evt1',
  '/api/v1/app/acme/attempt/msg/evt1?endpoint_id=ep1',
  '/api/v1/app/acme/msg/evt1/attempt',
  '/api/v1/app/acme/msg/evt1/endpoint/ep1/attempt',
];
const MESSAGES = '/api/v1/app/acme/endpoint/ep1/msg';
const withQuery = (path: string, query: string) => `${path}${path.includes('?') ? '&' : '?'}${query}`;

describe('a canceled delivery', () => {
  it.each(
    ATTEMPTS.flatMap((path): [string, string, number[]][] => [
      [path, 'limit=9', [2, 2]],
      [path, 'expanded_statuses=false', [2, 2]],
      [path, 'expanded_statuses=true', [4, 2]],
      [path, 'status=2', [2, 2]],
      [path, 'status=2&expanded_statuses=false', [2, 2]],
      [path, 'status=2&expanded_statuses=true', [2]],
      [path, 'status=4', [4]],
      [path, 'status=4&expanded_statuses=false', [4]],
      [path, 'status=4&expanded_statuses=true', [4]],
      [path, 'status=0&expanded_statuses=true', []],
      [path, 'status=3', []],
    ]),
  )('appears in %s?%s with the status that the client knows', async (path, query, statuses) => {
    const { send } = await start();
    const answer = await send('GET', withQuery(path, query));
    expect([answer.status, column(answer, 'status')]).toEqual([200, statuses]);
    const words = new Map([
      [2, 'fail'],
      [4, 'canceled'],
    ]);
    expect(column(answer, 'statusText')).toEqual(statuses.map((one) => words.get(one)));
  });

  it.each<[string, number[]]>([
    ['limit=9', [2]],
    ['expanded_statuses=true', [4]],
    ['status=2', [2]],
    ['status=2&expanded_statuses=true', []],
    ['status=4', [4]],
    ['status=4&expanded_statuses=true', [4]],
    ['status=0', []],
    ['status=3', []],
  ])(
    'appears in the messages of an endpoint with ?%s and never has a next attempt',
    async (query, statuses) => {
      const { send } = await start();
      const answer = await send('GET', withQuery(MESSAGES, query));
      expect(column(answer, 'status')).toEqual(statuses);
      expect(answer.text).not.toContain('nextAttempt');
    },
  );

  it('is distinguished from a failed message by the expanded status filter', async () => {
    const { send, recordAttempt } = await startDelivering();
    recordAttempt(EXHAUSTED);
    expect(column(await send('GET', `${MESSAGES}?status=2&expanded_statuses=true`), 'status')).toEqual([2]);
    expect(column(await send('GET', `${MESSAGES}?status=4&expanded_statuses=true`), 'status')).toEqual([]);
  });

  it('is returned by id with the reason in place of a response', async () => {
    const { send, canceled } = await start();
    const path = `/api/v1/app/acme/msg/evt1/attempt/${canceled.id}`;
    const common = { response: CANCELED.response, responseStatusCode: 0, responseDurationMs: 0 };
    expect((await send('GET', path)).json).toMatchObject({ ...common, status: 2, statusText: 'fail' });
    expect((await send('GET', `${path}?expanded_statuses=true`)).json).toMatchObject({
      ...{ ...common, status: 4, statusText: 'canceled' },
    });
    expect((await send('GET', `${path}?expanded_statuses=perhaps`)).status).toBe(400);
  });

  it('appears as failed among the destinations of its message, whose clients do not know status 4', async () => {
    const { send } = await start();
    const { data } = (await send('GET', '/api/v1/app/acme/msg/evt1/endpoint')).json;
    expect(data).toMatchObject([{ status: 2, statusText: 'fail', nextAttempt: null }]);
  });

  it('does not replace an earlier success', async () => {
    const { send, recordAttempt } = await startDelivering();
    recordAttempt({ succeeded: true, responseStatusCode: 200, decision: { kind: 'succeeded' } });
    recordAttempt(CANCELED);
    for (const [query, statuses] of [
      ['expanded_statuses=true', [0]],
      ['status=4&expanded_statuses=true', []],
      ['status=2', []],
      ['status=0', [0]],
    ] as const)
      expect(column(await send('GET', withQuery(MESSAGES, query)), 'status'), query).toEqual(statuses);
  });
});
