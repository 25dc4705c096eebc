import { describe, expect, it } from 'vitest';
import { complaints, makeClient } from '../client.ts';

const HEADERS = '/api/v1/app/acme/endpoint/ep1/headers';
const decode = 'value_error.jsondecode';

const start = async () => {
  const client = await makeClient();
  await client.send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
  await client.send('POST', '/api/v1/app/acme/endpoint', { url: 'https://x', uid: 'ep1' });
  return client;
};

describe('headers of an endpoint', () => {
  it('are replaced, patched, and read without the values of sensitive ones', async () => {
    const { send } = await start();
    const headers = { 'X-One': '1', Authorization: 'secret', 'x-api-key': 'k', Host: 'h', 'webhook-id': 'w' };
    const put = await send('PUT', `${HEADERS}/`, { headers });
    expect([put.status, put.text]).toEqual([204, '']);
    const patch = await send('PATCH', HEADERS, { headers: { 'X-Two': '2', 'x-one': null, Host: null } });
    expect(patch.status).toBe(204);
    expect((await send('GET', HEADERS)).json).toEqual({
      headers: { 'X-Two': '2', 'webhook-id': 'w' },
      sensitive: ['Authorization', 'x-api-key'],
    });
  });

  it.each([
    ['Svix-Id', '1'],
    ['x-amz-date', '1'],
    ['X-Google', '1'],
    ['Content-Type', 'text/plain'],
    ['user-agent', 'x'],
    ['no spaces', 'x'],
    ['', 'x'],
    ['x-long', 'x'.repeat(4097)],
    ['x-control', 'a\nb'],
  ])('refuse %j', async (name, value) => {
    const { send } = await start();
    const put = await send('PUT', HEADERS, { headers: { [name]: value } });
    expect(complaints(put)).toEqual([`body/headers ${decode}`]);
    const patch = await send('PATCH', HEADERS, { headers: { [name]: value } });
    expect(complaints(patch)).toEqual(['body/headers/__all__ value_error']);
  });

  it('never grow beyond what can be stored', async () => {
    const { send } = await start();
    const many = (prefix: string) =>
      Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`${prefix}-${n}`, 'x'.repeat(4096)]));
    expect((await send('PATCH', HEADERS, { headers: many('a') })).status).toBe(204);
    expect((await send('PATCH', HEADERS, { headers: many('b') })).status).toBe(422);
    expect((await send('PUT', HEADERS, { headers: { ...many('a'), ...many('b') } })).status).toBe(422);
  });

  it.each([
    [{}, `body// ${decode}`],
    [{ headers: null }, `body/headers ${decode}`],
    [{ headers: { a: 1 } }, `body/headers/a ${decode}`],
  ])('are no %j', async (body, complaint) => {
    const { send } = await start();
    expect(complaints(await send('PUT', HEADERS, body))).toEqual([complaint]);
  });

  it('are 404 for an unknown endpoint', async () => {
    const { send } = await start();
    expect((await send('GET', '/api/v1/app/acme/endpoint/nope/headers')).status).toBe(404);
  });
});
