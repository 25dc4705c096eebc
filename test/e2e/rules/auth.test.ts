import { SignJWT } from 'jose';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { apiAt, freshTenant } from '../../support/api.ts';
import type { Tenant } from '../../support/api.ts';

/** Authentication and authorization as the contract describes them. */
let tenant: Tenant;
let appId: string;

beforeAll(async () => {
  tenant = await freshTenant();
  const { id } = await tenant.ask('POST', '/app', { name: 'Acme', uid: 'acme' });
  appId = String(id);
});

const MINUTE = 60;
const now = () => Math.floor(Date.now() / 1000);

const sign = (claims: object, header: object = {}, secret = inject('stack').jwtSecret) =>
  new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT', ...header })
    .sign(Buffer.from(secret));

const tryToken = async (token: string, path = '/app') => {
  const { status, json } = await apiAt(tenant.serverUrl, token)('GET', path);
  return status === 200 ? [200] : [status, String(json?.code), String(json?.detail)];
};
const INVALID = [401, 'authentication_failed', 'Invalid token'];

describe('a token', () => {
  it.each([
    ['with any issuer', () => ({ iss: 'someone' })],
    ['without exp', () => ({})],
    ['that expired 14 minutes ago', () => ({ exp: now() - 14 * MINUTE })],
    ['that is valid in 14 minutes', () => ({ nbf: now() + 14 * MINUTE })],
    ['that is issued 14 minutes from now', () => ({ iat: now() + 14 * MINUTE })],
  ])('%s is accepted', async (_name, claims) => {
    expect(await tryToken(await sign({ sub: tenant.orgId, ...claims() }))).toEqual([200]);
  });

  it.each([
    ['that expired 16 minutes ago', () => ({ exp: now() - 16 * MINUTE })],
    ['that is valid in 16 minutes', () => ({ nbf: now() + 16 * MINUTE })],
    ['that is issued an hour from now', () => ({ iat: now() + 60 * MINUTE })],
  ])('%s gets 401', async (_name, claims) => {
    expect(await tryToken(await sign({ sub: tenant.orgId, ...claims() }))).toEqual(INVALID);
  });

  it('without typ is accepted; with another type, algorithm or secret it gets 401', async () => {
    const claims = { sub: tenant.orgId };
    expect(await tryToken(await sign(claims, { typ: undefined }))).toEqual([200]);
    expect(await tryToken(await sign(claims, { typ: 'at+jwt' }))).toEqual(INVALID);
    expect(await tryToken(await sign(claims, { alg: 'HS512' }))).toEqual(INVALID);
    expect(await tryToken(await sign(claims, {}, 'another secret'))).toEqual(INVALID);
    const [, body = ''] = (await sign(claims)).split('.');
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    expect(await tryToken(`${none}.${body}.`)).toEqual(INVALID);
  });

  it('that is the signing secret itself gets 401 with a text that says so', async () => {
    const [status, code, detail] = await tryToken(inject('stack').jwtSecret);
    expect([status, code]).toEqual([401, 'authentication_failed']);
    expect(detail).toMatch(/^Authentication failed\. JWT signing secrets can not be used as tokens/);
  });

  it('gets an error that names the claim unless sub and org name an organization or an application of one', async () => {
    const bad = async (claims: object) => tryToken(await sign(claims));
    expect(await bad({})).toEqual([401, 'authentication_failed', 'Invalid token (missing `sub`).']);
    expect(await bad({ sub: 'user_1' })).toEqual([400, 'bad_token', '`sub` is not a valid organization id.']);
    expect(await bad({ sub: appId, org: 'user_1' })).toEqual([
      400,
      'bad token',
      '`org` is not a valid organization id',
    ]);
    expect(await bad({ sub: 'user_1', org: tenant.orgId })).toEqual([
      400,
      'bad token',
      '`sub` is not a valid application id',
    ]);
  });

  it('of an organization that was never used is accepted, because organizations are created on first use', async () => {
    expect(await tryToken(await sign({ sub: 'org_x' }))).toEqual([200]);
  });

  it('of an application is accepted with feature_flags that are a list of names or absent', async () => {
    const flags = async (claims: object) =>
      (await tryToken(await sign({ sub: appId, org: tenant.orgId, ...claims }), '/app/acme'))[0];
    expect(await flags({})).toBe(200);
    expect(await flags({ feature_flags: ['beta'] })).toBe(200);
    expect(await flags({ feature_flags: null })).toBe(401);
    expect(await flags({ feature_flags: ['a b'] })).toBe(401);
  });
});

describe('the Authorization header', () => {
  const send = async (authorization: string) => {
    const { status } = await apiAt(tenant.serverUrl, null)('GET', '/app', undefined, { authorization });
    return status;
  };

  it('is accepted with the scheme in upper or lower case and with several spaces, but not with a tab', async () => {
    expect(await send(`bearer ${tenant.token}`)).toBe(200);
    expect(await send(`BEARER  ${tenant.token}`)).toBe(200);
    expect(await send(`Bearer\t${tenant.token}`)).toBe(401);
    expect(await send(`Basic ${tenant.token}`)).toBe(401);
    expect(await send(tenant.token)).toBe(401);
  });
});
