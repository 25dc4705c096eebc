import { describe, expect, it } from 'vitest';
import { mintApplicationToken, mintOrganizationToken } from '../../../functions/api/authentication/tokens.ts';
import { appId, orgId } from '../../../functions/platform/ids/brand.domain.ts';
import { makeClient, token } from './client.ts';
import { NOW, ORG, SECRET } from './fakes.ts';

const SECONDS = Math.floor(NOW / 1000);
const HOUR = 3600;
const APP = 'app_1srOrx2ZWZBpBUvZwXKQmoEYga2';

/** Status, code and detail of a list of applications asked for with such an Authorization header. */
const ask = async (authorization: string, client = makeClient()) => {
  const { status, json } = await (await client).send('GET', '/api/v1/app', undefined, { authorization });
  return { status, code: json.code, detail: json.detail };
};

const INVALID = { status: 401, code: 'authentication_failed', detail: 'Invalid token' };

describe('tokens', () => {
  it.each([
    ['Bearer ', 'the usual form'],
    ['bearer ', 'any case'],
    ['BEARER  ', 'two spaces'],
  ])('%j lets in', async (scheme) => {
    expect((await ask(scheme + (await token()))).status).toBe(200);
  });

  it.each(['Bearer\t', 'Basic ', '', 'Bearer'])('%j does not', async (scheme) => {
    expect(await ask(scheme + (await token()))).toEqual(INVALID);
  });

  it.each([
    [{ exp: undefined }, 200],
    [{ exp: SECONDS - 14 * 60 }, 200],
    [{ exp: SECONDS - 16 * 60 }, 401],
    [{ nbf: SECONDS + 14 * 60 }, 200],
    [{ nbf: SECONDS + 16 * 60 }, 401],
    [{ iat: SECONDS + HOUR }, 401],
    [{ iat: undefined }, 200],
    [{ iss: 'anybody' }, 200],
    [{ sub: 'org_x' }, 200],
  ])('with %j answer %i', async (claims, status) => {
    expect((await ask(`Bearer ${await token(claims)}`)).status).toBe(status);
  });

  it.each([
    [{ typ: 'JWT' }, 200],
    [{}, 200],
    [{ typ: 'at+jwt' }, 401],
    [{ alg: 'HS384', typ: 'JWT' }, 401],
  ])('with the header %j answer %i', async (header, status) => {
    expect((await ask(`Bearer ${await token({}, header)}`)).status).toBe(status);
  });

  it.each([
    [{ sub: undefined }, 401, 'authentication_failed', 'Invalid token (missing `sub`).'],
    [{ sub: 'user_1' }, 400, 'bad_token', '`sub` is not a valid organization id.'],
    [{ sub: 'x', org: ORG }, 400, 'bad token', '`sub` is not a valid application id'],
    [{ sub: APP, org: 'x' }, 400, 'bad token', '`org` is not a valid organization id'],
    [{ sub: APP, org: ORG, feature_flags: null }, 401, 'authentication_failed', 'Invalid token'],
    [{ sub: APP, org: ORG, feature_flags: ['a b'] }, 401, 'authentication_failed', 'Invalid token'],
    [
      { sub: APP, org: ORG, feature_flags: ['a'] },
      403,
      'insufficient access',
      'Insufficient access for the given operation.',
    ],
  ])('with %j are refused in the right words', async (claims, status, code, detail) => {
    expect(await ask(`Bearer ${await token(claims)}`)).toEqual({ status, code, detail });
  });

  it('that nobody here signed are refused, and so is the secret itself, with help', async () => {
    expect(await ask(`Bearer ${await token({}, {}, 'another secret')}`)).toEqual(INVALID);
    expect(await ask('Bearer nonsense')).toEqual(INVALID);
    const { status, detail } = await ask(`Bearer ${SECRET}`);
    expect(status).toBe(401);
    expect(detail).toMatch(/^Authentication failed. JWT signing secrets can not be used as tokens/);
  });

  it('of an older secret verify; those of a secret not yet known are tried again after a refresh', async () => {
    const keys = {
      current: () => Promise.resolve(['newer', SECRET]),
      refresh: () => Promise.resolve(['newest']),
    };
    expect((await ask(`Bearer ${await token()}`, makeClient({ keys }))).status).toBe(200);
    expect((await ask(`Bearer ${await token({}, {}, 'newest')}`, makeClient({ keys }))).status).toBe(200);
    expect(await ask(`Bearer ${await token({}, {}, 'unknown')}`, makeClient({ keys }))).toEqual(INVALID);
  });

  it('that we mint are let in', async () => {
    const keys = { current: () => Promise.resolve([SECRET]), refresh: () => Promise.resolve([]) };
    const organization = await mintOrganizationToken(keys, orgId(ORG), NOW);
    expect((await ask(`Bearer ${organization}`)).status).toBe(200);
    const place = { orgId: orgId(ORG), appId: appId(APP) };
    const application = await mintApplicationToken(keys, place, ['beta'], NOW);
    expect((await ask(`Bearer ${application}`)).status).toBe(403);
  });
});

describe('a token that was let in before', () => {
  it('is judged by the clock each time', async () => {
    let now = NOW;
    const client = makeClient({ now: () => now });
    const bearer = `Bearer ${await token({ jti: 'clock' })}`;
    expect((await ask(bearer, client)).status).toBe(200);
    now += HOUR * 1000;
    expect(await ask(bearer, client)).toEqual(INVALID);
  });

  it('is refused once its secret is no longer listed', async () => {
    let secrets = [SECRET];
    const keys = { current: () => Promise.resolve(secrets), refresh: () => Promise.resolve(secrets) };
    const client = makeClient({ keys });
    const bearer = `Bearer ${await token({ jti: 'rotated' })}`;
    expect((await ask(bearer, client)).status).toBe(200);
    secrets = ['another'];
    expect(await ask(bearer, client)).toEqual(INVALID);
  });
});
