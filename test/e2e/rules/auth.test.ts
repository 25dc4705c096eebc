import { SignJWT } from 'jose';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { apiAt, freshTenant } from '../../support/api.ts';
import type { Tenant } from '../../support/api.ts';

/** Authentication and authorization, as the contract has them. */
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
    ['of any issuer', () => ({ iss: 'someone' })],
    ['without exp', () => ({})],
    ['that ended 14 minutes ago', () => ({ exp: now() - 14 * MINUTE })],
    ['that begins in 14 minutes', () => ({ nbf: now() + 14 * MINUTE })],
    ['issued in 14 minutes', () => ({ iat: now() + 14 * MINUTE })],
  ])('%s is good', async (_name, claims) => {
    expect(await tryToken(await sign({ sub: tenant.orgId, ...claims() }))).toEqual([200]);
  });

  it.each([
    ['that ended 16 minutes ago', () => ({ exp: now() - 16 * MINUTE })],
    ['that begins in 16 minutes', () => ({ nbf: now() + 16 * MINUTE })],
    ['issued in an hour', () => ({ iat: now() + 60 * MINUTE })],
  ])('%s is refused', async (_name, claims) => {
    expect(await tryToken(await sign({ sub: tenant.orgId, ...claims() }))).toEqual(INVALID);
  });

  it('may leave out typ, but not be of another type, algorithm or secret', async () => {
    const claims = { sub: tenant.orgId };
    expect(await tryToken(await sign(claims, { typ: undefined }))).toEqual([200]);
    expect(await tryToken(await sign(claims, { typ: 'at+jwt' }))).toEqual(INVALID);
    expect(await tryToken(await sign(claims, { alg: 'HS512' }))).toEqual(INVALID);
    expect(await tryToken(await sign(claims, {}, 'another secret'))).toEqual(INVALID);
    const [, body = ''] = (await sign(claims)).split('.');
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    expect(await tryToken(`${none}.${body}.`)).toEqual(INVALID);
  });

  it('that is the secret itself is told so', async () => {
    const [status, code, detail] = await tryToken(inject('stack').jwtSecret);
    expect([status, code]).toEqual([401, 'authentication_failed']);
    expect(detail).toMatch(/^Authentication failed\. JWT signing secrets can not be used as tokens/);
  });

  it('names an organization, or an application and its organization', async () => {
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

  it('of any organization works: it exists from its first use', async () => {
    expect(await tryToken(await sign({ sub: 'org_x' }))).toEqual([200]);
  });

  it('of an application has a list of names as feature flags, or none', async () => {
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

  it('takes its scheme in any letter case and with several blanks, but no tab', async () => {
    expect(await send(`bearer ${tenant.token}`)).toBe(200);
    expect(await send(`BEARER  ${tenant.token}`)).toBe(200);
    expect(await send(`Bearer\t${tenant.token}`)).toBe(401);
    expect(await send(`Basic ${tenant.token}`)).toBe(401);
    expect(await send(tenant.token)).toBe(401);
  });
});
