import { decodeJwt } from 'jose';
import { beforeAll, expect, it } from 'vitest';
import { apiAt, freshTenant } from '../../support/api.ts';
import type { Tenant } from '../../support/api.ts';

/** What app-portal-access returns, and what its tokens may do. */
let tenant: Tenant;
let appId: string;

beforeAll(async () => {
  tenant = await freshTenant();
  appId = String((await tenant.ask('POST', '/app', { name: 'Acme', uid: 'acme' }))['id']);
  await tenant.ask('POST', '/app', { name: 'Other', uid: 'other' });
});

const access = (body: object = {}, app = 'acme') =>
  tenant.ask('POST', `/auth/app-portal-access/${app}`, body);
const DAY_S = 86_400;

it('app-portal-access returns a token of the application for 28 days and an absolute link below the API that contains it', async () => {
  const { token, url } = await access({ featureFlags: ['beta', 'beta'] });
  const claims = decodeJwt(String(token));
  expect(claims).toMatchObject({ sub: appId, org: tenant.orgId, feature_flags: ['beta'] });
  expect(claims.exp! - claims.iat!).toBe(28 * DAY_S);
  const [page, key = ''] = String(url).split('#key=');
  expect(page).toBe(`${tenant.serverUrl}/portal/login`);
  expect(JSON.parse(Buffer.from(key, 'base64url').toString())).toEqual({ appId, token });
});

it('app-portal-access returns the same token to a repeat with the same idempotency key', async () => {
  const key = { 'idempotency-key': 'portal' };
  const mint = () => tenant.send('POST', '/auth/app-portal-access/acme', {}, key);
  expect((await mint()).text).toBe((await mint()).text);
});

it('a portal token reads its application and manages its endpoints; other applications are 404, publishing is 403', async () => {
  const { token } = await access();
  const portal = apiAt(tenant.serverUrl, String(token));
  const made = await portal('POST', '/app/acme/endpoint', { url: 'https://example.com', uid: 'mine' });
  expect(made.status).toBe(201);
  expect((await portal('GET', '/app/acme')).json.id).toBe(appId);
  expect((await portal('POST', '/app/acme/endpoint/mine/secret/rotate', {})).status).toBe(204);
  expect((await portal('DELETE', '/app/acme/endpoint/mine')).status).toBe(204);
  expect((await portal('GET', '/app/other')).status).toBe(404);
  expect((await portal('POST', '/app/acme/msg', { eventType: 'a', payload: {} })).status).toBe(403);
});

it('a read-only portal token reads and gets 403 for changes', async () => {
  const { token } = await access({ readOnly: true, capabilities: null, expiry: 3_600, sessionId: 'x' });
  const portal = apiAt(tenant.serverUrl, String(token));
  expect((await portal('GET', '/app/acme')).status).toBe(200);
  expect((await portal('GET', '/app/acme/endpoint')).status).toBe(200);
  const refused = await portal('POST', '/app/acme/endpoint', { url: 'https://example.com' });
  expect([refused.status, refused.json.code]).toEqual([403, 'insufficient access']);
});

it('app-portal-access creates the application that its body describes', async () => {
  const application = { name: 'Made', uid: 'made' };
  const { token } = await access({ application }, 'made');
  const { status, json } = await apiAt(tenant.serverUrl, String(token))('GET', '/app/made');
  expect([status, json.name]).toEqual([200, 'Made']);
});
