import { describe, expect, it } from 'vitest';
import { complaints, makeClient } from './client.ts';

/** `__proto__` as a key: JavaScript objects drop it when it is assigned. */
const KEY = '__proto__';
const DECODE = 'value_error.jsondecode';

const start = async () => {
  const client = await makeClient();
  await client.send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
  return client;
};

describe('the key __proto__', () => {
  it.each([
    ['POST', '/api/v1/app', `{"name":"x","metadata":{"${KEY}":"1"}}`, 'metadata'],
    ['PATCH', '/api/v1/app/acme', `{"metadata":{"a":"b","${KEY}":"1"}}`, 'metadata'],
    ['POST', '/api/v1/app/acme/endpoint', `{"url":"https://x","metadata":{"${KEY}":"1"}}`, 'metadata'],
    [
      'POST',
      '/api/v1/app/acme/endpoint',
      `{"url":"https://x","metadata":{"\\u005f_proto__":"1"}}`,
      'metadata',
    ],
  ])('in a map is refused with its location: %s %s %s', async (method, path, body, field) => {
    const { send, simulation } = await start();
    expect(complaints(await send(method, path, body))).toEqual([`body/${field}/${KEY} ${DECODE}`]);
    expect([simulation.applications.size, simulation.endpoints.size]).toEqual([1, 0]);
  });

  it('in a payload is stored and returned like any other key, at every depth', async () => {
    const { send } = await start();
    const payload = `{"${KEY}":{"a":1},"b":{"${KEY}":[{"${KEY}":null}]}}`;
    const { json } = await send('POST', '/api/v1/app/acme/msg', `{"eventType":"a","payload":${payload}}`);
    expect((await send('GET', `/api/v1/app/acme/msg/${json.id}`)).text).toContain(`"payload":${payload}`);
  });

  it('as a schema version is stored and validated like any other', async () => {
    const { send } = await start();
    const body = (schema: string) => `{"name":"a","description":"","schemas":{"${KEY}":${schema}}}`;
    const made = await send(
      'POST',
      '/api/v1/event-type',
      body(`{"type":"object","properties":{"${KEY}":true}}`),
    );
    expect([made.status, made.text]).toEqual([201, expect.stringContaining(`{"${KEY}":{"type"`)]);
    const wrong = await send('PUT', '/api/v1/event-type/b', body('{"type":"nothing"}'));
    expect(complaints(wrong)).toEqual([`body/schemas ${DECODE}`]);
    expect((await send('PUT', '/api/v1/event-type/b', body('5'))).status).toBe(422);
  });

  it('in an example of a schema is sent as it was written', async () => {
    const { send, simulation } = await start();
    await send('POST', '/api/v1/app/acme/endpoint', { url: 'https://x', uid: 'ep' });
    const schema = `{"examples":[{"${KEY}": 1}]}`;
    await send('POST', '/api/v1/event-type', `{"name":"a","description":"","schemas":{"1":${schema}}}`);
    await send('POST', '/api/v1/app/acme/endpoint/ep/send-example', { eventType: 'a' });
    expect(simulation.published.map(({ body }) => Buffer.from(body).toString())).toEqual([`{"${KEY}": 1}`]);
  });

  it('is a valid name of channels, event types, uids and event ids', async () => {
    const { send, simulation } = await start();
    await send('POST', '/api/v1/event-type', { name: KEY, description: '' });
    const endpoint = { url: 'https://x/', uid: KEY, channels: [KEY], eventTypes: [KEY] };
    const made = await send('POST', '/api/v1/app/acme/endpoint', endpoint);
    expect([made.status, made.json]).toEqual([201, expect.objectContaining(endpoint)]);
    const message = { eventType: KEY, eventId: KEY, channels: [KEY], payload: {} };
    const { json } = await send('POST', '/api/v1/app/acme/msg', message);
    expect(json).toMatchObject({ eventId: KEY, eventType: KEY, channels: [KEY] });
    expect((await send('GET', `/api/v1/app/acme/msg/${KEY}`)).json.id).toBe(json.id);
    expect(simulation.published[0]?.channels).toEqual([KEY]);
  });

  it('at the top level of a body is ignored like every unknown field', async () => {
    const { send } = await start();
    expect((await send('POST', '/api/v1/app', `{"name":"x","${KEY}":{"uid":"y"}}`)).json.uid).toBeUndefined();
  });
});
