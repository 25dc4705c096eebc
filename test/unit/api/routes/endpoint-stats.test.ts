import { describe, expect, it } from 'vitest';
import { SUCCEEDED, startDelivering } from '../deliveries.ts';
import { ID_TIME, NOW } from '../fakes.ts';

const STATS = '/api/v1/app/acme/endpoint/ep1/stats';
const ATTEMPT_STATS = '/api/v1/app/acme/endpoint/ep1/attempt-stats';
const DAY_MS = 86_400_000;
const at = (ms: number) => new Date(ms).toISOString();

describe('endpoint statistics', () => {
  it('count the attempts of the last 28 days by outcome', async () => {
    const { send, recordAttempt } = await startDelivering();
    for (const ago of [0, DAY_MS, 27.9 * DAY_MS, 28.1 * DAY_MS]) recordAttempt({ at: NOW - ago });
    recordAttempt(SUCCEEDED);
    expect((await send('GET', `${STATS}/`)).text).toBe(
      '{"success":1,"pending":0,"sending":0,"fail":3,"canceled":0}',
    );
    expect((await send('GET', ATTEMPT_STATS)).text).toBe('{"success":1,"fail":3,"canceled":0}');
  });

  it('include since and exclude until; attempt-stats rounds to whole hours', async () => {
    const { send, recordAttempt } = await startDelivering();
    for (const ago of [1000, 2000, 3000, 4000]) recordAttempt({ at: ID_TIME - ago });
    const query = `?since=${at(ID_TIME - 3000)}&until=${at(ID_TIME - 2000)}`;
    expect((await send('GET', STATS + query)).json.fail).toBe(1);
    expect((await send('GET', ATTEMPT_STATS + query)).json.fail).toBe(4);
  });

  it('exclude the first instant of the next hour', async () => {
    const { send, recordAttempt } = await startDelivering();
    const hour = Math.floor(NOW / 3_600_000) * 3_600_000;
    for (const instant of [hour - 3_600_000, hour - 1, hour]) recordAttempt({ at: instant });
    const query = `?since=${at(hour - 3_600_000)}&until=${at(hour)}`;
    expect((await send('GET', STATS + query)).json.fail).toBe(2);
    expect((await send('GET', ATTEMPT_STATS + query)).json.fail).toBe(2);
    const nothing = `?since=${at(hour)}&until=${at(hour)}`;
    expect((await send('GET', STATS + nothing)).json.fail).toBe(0);
    expect((await send('GET', ATTEMPT_STATS + nothing)).json.fail).toBe(0);
  });

  it.each([
    ['until is in the future', `until=${at(NOW + 1000)}`],
    ['it is longer than 28 days and 5 minutes', `since=${at(NOW - 28 * DAY_MS - 301_000)}`],
  ])('refuse a range when %s', async (_, query) => {
    const { send } = await startDelivering();
    for (const path of [STATS, ATTEMPT_STATS]) {
      const { status, json } = await send('GET', `${path}?${query}`);
      expect([status, json.code]).toEqual([400, 'invalid_range']);
    }
  });

  it.each([
    ['since is in the future', `since=${at(NOW + DAY_MS)}`],
    ['until is before since', `since=${at(NOW - 1000)}&until=${at(NOW - DAY_MS)}`],
  ])('are zero when %s', async (_, query) => {
    const { send, recordAttempt } = await startDelivering();
    recordAttempt({ at: NOW });
    recordAttempt({ at: NOW - 500 });
    expect((await send('GET', `${STATS}?${query}`)).json).toMatchObject({ success: 0, fail: 0 });
    expect((await send('GET', `${ATTEMPT_STATS}?${query}`)).json).toMatchObject({ success: 0, fail: 0 });
  });

  it('accept a range of 28 days and 5 minutes', async () => {
    const { send } = await startDelivering();
    expect((await send('GET', `${STATS}?since=${at(NOW - 28 * DAY_MS - 300_000)}`)).status).toBe(200);
  });

  it.each(['since=tomorrow', 'until=', 'since=2026-02-30T00:00:00Z', `since=${at(NOW)}&since=${at(NOW)}`])(
    'refuse ?%s in plain text before they look up the endpoint',
    async (query) => {
      const { send } = await startDelivering();
      for (const path of [`${STATS}?${query}`, `/api/v1/app/nope/endpoint/nope/stats?${query}`]) {
        const { status, text, headers } = await send('GET', path);
        expect([status, headers.get('content-type')]).toEqual([400, 'text/plain; charset=utf-8']);
        expect(text).toMatch(/^Failed to deserialize query string/);
      }
    },
  );

  it('are 404 for an unknown endpoint', async () => {
    const { send } = await startDelivering();
    const { status, json } = await send('GET', '/api/v1/app/acme/endpoint/nope/stats');
    expect([status, json.code]).toEqual([404, 'not_found']);
  });
});
