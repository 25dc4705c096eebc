import { beforeAll, expect, it } from 'vitest';
import { freshTenant } from '../../support/api.ts';
import type { Tenant } from '../../support/api.ts';

/** Which fields PUT and PATCH keep and clear, and the two names of the throttle rate. */
let tenant: Tenant;

beforeAll(async () => {
  tenant = await freshTenant();
});

it('throttleRate and rateLimit of an application are one value; throttleRate wins', async () => {
  const rates = async (fields: object) => {
    const app = await tenant.ask('POST', '/app', { name: 'x', ...fields });
    return [app['throttleRate'], app['rateLimit']] as unknown[];
  };
  expect(await rates({ throttleRate: 5 })).toEqual([5, 5]);
  expect(await rates({ rateLimit: 6 })).toEqual([6, 6]);
  expect(await rates({ rateLimit: 6, throttleRate: 5 })).toEqual([5, 5]);
  expect(await rates({})).toEqual([null, undefined]);
});

it('PATCH of an application keeps absent fields and clears fields that are null', async () => {
  const fields = { name: 'x', uid: 'patched', throttleRate: 5, metadata: { a: '1' } };
  await tenant.ask('POST', '/app', fields);
  expect(await tenant.ask('PATCH', '/app/patched', {})).toMatchObject({ ...fields, rateLimit: 5 });
  const cleared = await tenant.ask('PATCH', '/app/patched', { throttleRate: null, metadata: null });
  expect(cleared).toMatchObject({ name: 'x', uid: 'patched', throttleRate: null, metadata: {} });
  expect(cleared).not.toHaveProperty('rateLimit');
  const anonymous = await tenant.ask('PATCH', '/app/patched', { uid: null });
  expect(anonymous).not.toHaveProperty('uid');
});

it('PATCH replaces the metadata of an application as a whole', async () => {
  const { id } = await tenant.ask('POST', '/app', { name: 'x', metadata: { a: '1', b: '2' } });
  const patched = await tenant.ask('PATCH', `/app/${String(id)}`, { metadata: { c: '3' } });
  expect(patched['metadata']).toEqual({ c: '3' });
});

it('PUT of an endpoint resets the fields that it leaves out', async () => {
  await tenant.ask('POST', '/app', { name: 'x', uid: 'reset' });
  const url = 'https://example.com/';
  const full = { url, uid: 'ep', description: 'd', channels: ['a'], disabled: true, metadata: { a: '1' } };
  const made = await tenant.ask('POST', '/app/reset/endpoint', { ...full, throttleRate: 5, version: 7 });
  const put = await tenant.ask('PUT', '/app/reset/endpoint/ep', { url });
  expect(put).toMatchObject({ id: made['id'], description: '', uid: null, channels: null, disabled: false });
  expect(put).toMatchObject({ throttleRate: null, rateLimit: null, version: 1, metadata: {} });
});

it('URLs of endpoints are stored as the WHATWG URL standard serializes them', async () => {
  await tenant.ask('POST', '/app', { name: 'x', uid: 'urls' });
  const stored = async (url: string) =>
    String((await tenant.ask('POST', '/app/urls/endpoint', { url }))['url']);
  expect(await stored('https://EXAMPLE.com')).toBe('https://example.com/');
  expect(await stored('http:example.com')).toBe('http://example.com/');
  expect(await stored('http:///x')).toBe('http://x/');
  expect(await stored('  https://example.com/a  ')).toBe('https://example.com/a');
  expect(await stored('http://2130706433/')).toBe('http://127.0.0.1/');
  expect(await stored('http://example.com:0/')).toBe('http://example.com:0/');
  expect(await stored('https://example.com/a#b')).toBe('https://example.com/a#b');
});

it('endpointHttpsOnly: an http URL gets 422', async () => {
  const strict = await freshTenant();
  await strict.settings({ endpointHttpsOnly: true });
  await strict.ask('POST', '/app', { name: 'x', uid: 'acme' });
  expect((await strict.send('POST', '/app/acme/endpoint', { url: 'http://e.com' })).status).toBe(422);
  expect((await strict.send('POST', '/app/acme/endpoint', { url: 'https://e.com' })).status).toBe(201);
});
