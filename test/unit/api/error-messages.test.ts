import { describe, expect, it } from 'vitest';
import { PAYLOAD_RETENTION_DAYS } from '../../../functions/platform/limits/retention.domain.ts';
import { makeClient } from './client.ts';

/** The message names the field as the client spelled it and says what is allowed. */

const start = async () => {
  const client = await makeClient();
  await client.send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
  await client.send('POST', '/api/v1/app/acme/endpoint', { url: 'https://example.com', uid: 'ep1' });
  return client;
};

const APP = 'POST /api/v1/app';
const EP = 'POST /api/v1/app/acme/endpoint';
const MSG = 'POST /api/v1/app/acme/msg';
const url = 'https://example.com';

describe('validation error message', () => {
  it.each<[string, object, RegExp]>([
    [APP, { name: 'x', throttleRate: 0 }, /throttleRate.*1/],
    [APP, { name: 'x', rateLimit: 0 }, /rateLimit.*1/],
    [APP, { name: 'x', throttleRate: 70_000 }, /throttleRate: .*0 to 65535/],
    [APP, { name: 'x', uid: 'u'.repeat(257) }, /uid: .*256 bytes/],
    [APP, { name: 'x', uid: 'app_x' }, /uid: .*must not start with app_/],
    [APP, { name: 'x', uid: 'a b' }, /uid: .*\[a-zA-Z0-9/],
    [APP, { name: 'a\u0001' }, /name: .*U\+0000 to U\+0008/],
    [APP, { name: '' }, /names must be at least one character/],
    [APP, { name: 5 }, /name: .*a string/],
    [EP, { url, throttleRate: -1 }, /throttleRate: .*0 to 65535/],
    [EP, { url, filterTypes: [] }, /filterTypes: .*at least one/],
    [EP, { url, eventTypes: [] }, /eventTypes.*at least one/],
    [EP, { url, filterTypes: ['a b'] }, /filterTypes: .*\[a-zA-Z0-9/],
    [EP, { url, secret: 'whsec_AAAA' }, /secret.*24 to 75 bytes/],
    [EP, { url, secret: 'x' }, /secret: .*whsec_/],
    [EP, { url: 'ftp://x' }, /url.*http or https/i],
    [EP, { url: 'x' }, /url: .*such as https:/],
    [MSG, { eventType: 'a', payload: {}, eventId: 'msg_x' }, /eventId: .*must not start with msg_/],
    [MSG, { eventType: 'a', data: 5 }, /data: Payload must be an object/],
    [MSG, { eventType: 'a', payload: {}, payloadRetentionPeriod: 4 }, /payloadRetentionPeriod: .*5/],
    [
      MSG,
      { eventType: 'a', payload: {}, payloadRetentionHours: 99_999 },
      new RegExp(`payloadRetentionHours: .*${PAYLOAD_RETENTION_DAYS.most * 24}`),
    ],
    [MSG, { eventType: 'a', payload: {}, deliverAt: 'soon' }, /deliverAt: .*such as 2026-/],
    [MSG, { eventType: 'a', payload: {}, application: { name: '', uid: 'a b' } }, /application\.uid: /],
    [`${EP}/ep1/secret/rotate`, { gracePeriodSeconds: 700_000 }, /gracePeriodSeconds: .*7 days/],
    [`${EP}/ep1/bulk-replay`, { since: '2026-11-22T00:00:00Z', status: 9 }, /status: .*0, 1, 2, 3, 4/],
  ])('of %s with %j matches %s', async (route, body, text) => {
    const { send } = await start();
    const [method = '', path = ''] = route.split(' ');
    const { status, json } = await send(method, path, body);
    expect(status).toBe(422);
    const detail: { readonly msg: string }[] = json.detail;
    expect(detail.map(({ msg }) => msg).join(' | ')).toMatch(text);
  });

  it.each([
    ['/api/v1/app?limit=251', 'limit', '250'],
    ['/api/v1/app?iterator=x', 'iterator', 'app_'],
    ['/api/v1/app/acme/msg?channel=a%20b', 'channel', '[a-zA-Z0-9'],
    ['/api/v1/app/acme/msg?event_types=a,', 'event_types', 'at least one character'],
    ['/api/v1/app/acme/endpoint/ep1/msg?status=9', 'status', '0, 1, 2, 3, 4'],
    ['/api/v1/app?order=up', 'order', 'ascending, descending'],
    ['/api/v1/app/acme/msg?before=soon', 'before', 'such as 2026-'],
    ['/api/v1/app?limit=x', 'limit', 'a whole number'],
  ])('of GET %s names %s and says %s', async (path, name, allowed) => {
    const { send } = await start();
    const { text } = await send('GET', path);
    expect(text).toContain(name);
    expect(text).toContain(allowed);
  });
});
