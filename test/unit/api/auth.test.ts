import { createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { mintApplicationToken, mintOrganizationToken } from '../../../functions/api/authentication/tokens.ts';
import { appId, orgId } from '../../../functions/platform/ids/brand.domain.ts';
import { makeIds } from '../../../functions/platform/ids/ids.domain.ts';
import { makeClient, token } from './client.ts';
import { NOW, ORG, SECRET } from './fakes.ts';

const SECONDS = Math.floor(NOW / 1000);
const HOUR = 3600;
const APP = 'app_1srOrx2ZWZBpBUvZwXKQmoEYga2';

/** Status, code and detail of listing applications with this Authorization header. */
const ask = async (authorization: string, client = makeClient()) => {
  const { status, json } = await (await client).send('GET', '/api/v1/app', undefined, { authorization });
  return { status, code: json.code, detail: json.detail };
};

const INVALID = { status: 401, code: 'authentication_failed', detail: 'Invalid token' };

describe('bearer token', () => {
  it.each([
    ['Bearer ', 'the usual form'],
    ['bearer ', 'any case'],
    ['BEARER  ', 'two spaces'],
  ])('is accepted after the scheme %j', async (scheme) => {
    expect((await ask(scheme + (await token()))).status).toBe(200);
  });

  it.each(['Bearer\t', 'Basic ', '', 'Bearer'])('is refused after the scheme %j', async (scheme) => {
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
    [{ iss: 'other-issuer' }, 200],
    [{ sub: 'org_x' }, 200],
  ])('with the claims %j is answered with %i', async (claims, status) => {
    expect((await ask(`Bearer ${await token(claims)}`)).status).toBe(status);
  });

  it.each([
    [{ typ: 'JWT' }, 200],
    [{}, 200],
    [{ typ: 'at+jwt' }, 401],
    [{ alg: 'HS384', typ: 'JWT' }, 401],
    [{ typ: 5 }, 401],
    [{ typ: {} }, 401],
    [{ typ: null }, 200],
  ])('with the header %j is answered with %i', async (header, status) => {
    expect((await ask(`Bearer ${await token({}, header)}`)).status).toBe(status);
  });

  it.each([
    [{ sub: undefined }, 401, 'authentication_failed', 'Invalid token (missing `sub`).'],
    [{ sub: 'user_1' }, 400, 'bad_token', '`sub` is not a valid organization id.'],
    [{ sub: 'x', org: ORG }, 400, 'bad token', '`sub` is not a valid application id'],
    [{ sub: APP, org: 'x' }, 400, 'bad token', '`org` is not a valid organization id'],
    [{ sub: APP, org: ORG, feature_flags: null }, 401, 'authentication_failed', 'Invalid token'],
    [{ sub: APP, org: ORG, feature_flags: ['a b'] }, 401, 'authentication_failed', 'Invalid token'],
    [{ sub: APP, org: ORG, feature_flags: 'a' }, 401, 'authentication_failed', 'Invalid token'],
    [{ feature_flags: 'a' }, 401, 'authentication_failed', 'Invalid token'],
    [{ iss: ['other-issuer'] }, 401, 'authentication_failed', 'Invalid token'],
    [{ jti: 5 }, 401, 'authentication_failed', 'Invalid token'],
    [{ aud: { a: 1 } }, 401, 'authentication_failed', 'Invalid token'],
    [{ sub: 5 }, 401, 'authentication_failed', 'Invalid token'],
    [{ sub: ['org_x'] }, 401, 'authentication_failed', 'Invalid token'],
    [{ sub: `org_${'x'.repeat(3_000)}` }, 400, 'bad_token', '`sub` is not a valid organization id.'],
    [{ sub: 'org_\ud800' }, 400, 'bad_token', '`sub` is not a valid organization id.'],
    [{ sub: 'org_\u0000' }, 400, 'bad_token', '`sub` is not a valid organization id.'],
    [{ sub: 'org_#a' }, 400, 'bad_token', '`sub` is not a valid organization id.'],
    [{ sub: APP, org: 'org_\ud800' }, 400, 'bad token', '`org` is not a valid organization id'],
    [{ sub: 'app_\ud800', org: ORG }, 400, 'bad token', '`sub` is not a valid application id'],
    [{ sub: `app_${'x'.repeat(3_000)}`, org: ORG }, 400, 'bad token', '`sub` is not a valid application id'],
    [
      { sub: APP, org: ORG, feature_flags: ['a'] },
      403,
      'insufficient access',
      'Insufficient access for the given operation.',
    ],
  ])(
    'with the invalid claims %j is refused with the contract’s status, code and detail',
    async (claims, status, code, detail) => {
      expect(await ask(`Bearer ${await token(claims)}`)).toEqual({ status, code, detail });
    },
  );

  it('signed with another secret is refused; the secret itself as a token is refused with a hint', async () => {
    expect(await ask(`Bearer ${await token({}, {}, 'another secret')}`)).toEqual(INVALID);
    expect(await ask('Bearer nonsense')).toEqual(INVALID);
    const { status, detail } = await ask(`Bearer ${SECRET}`);
    expect(status).toBe(401);
    expect(detail).toBe('Authentication failed. JWT signing secrets can not be used as tokens.');
  });

  /** Three parts signed with the stage's secret, whatever header and payload hold. */
  const signed = (header: string, payload: string, pad = (part: string) => part) => {
    const parts = [header, payload].map((part) => pad(Buffer.from(part, 'latin1').toString('base64url')));
    const signature = createHmac('sha256', SECRET).update(parts.join('.')).digest('base64url');
    return [...parts, pad(signature)].join('.');
  };
  const HEADER = '{"alg":"HS256"}';
  const padded = (part: string) => part.padEnd(Math.ceil(part.length / 4) * 4, '=');

  it.each([
    ['plain', signed(HEADER, `{"sub":"${ORG}"}`), 200],
    ['padded', signed(HEADER, `{"sub":"${ORG}"}`, padded), 401],
    ['with claims that are no object', signed(HEADER, '[]'), 401],
    ['with claims that are no JSON', signed(HEADER, '{'), 401],
    ['with claims that are no UTF-8', signed(HEADER, `{"sub":"${ORG}","iss":"\xff"}`), 401],
    ['with a header that is a list', signed('[]', `{"sub":"${ORG}"}`), 401],
    ['with a header that is null', signed('null', `{"sub":"${ORG}"}`), 401],
    ['with a critical extension', signed('{"alg":"HS256","crit":["x"],"x":1}', `{"sub":"${ORG}"}`), 401],
    ['in four parts', `${signed(HEADER, `{"sub":"${ORG}"}`)}.a`, 401],
    ['without a signature', `${signed(HEADER, `{"sub":"${ORG}"}`).split('.').slice(0, 2).join('.')}.`, 401],
  ])('with a valid signature, %s: %s is answered with %i', async (_, bearer, status) => {
    expect((await ask(`Bearer ${bearer}`)).status).toBe(status);
  });

  it('with random claims and a valid signature never causes a 5xx answer', async () => {
    const claim = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('org_x', APP, 'org_\ud800', null, true, 1e308, -1, 0.5, [], {}),
      fc.array(fc.string()),
      fc.double(),
    );
    const names = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'org', 'feature_flags'] as const;
    const claims = fc.record(Object.fromEntries(names.map((name) => [name, claim])), { requiredKeys: [] });
    const header = fc.record({ typ: claim, cty: claim, kid: claim, alg: fc.constant('HS256') });
    const client = makeClient();
    await fc.assert(
      fc.asyncProperty(header, claims, async (head, body) => {
        const bearer = signed(JSON.stringify(head), JSON.stringify(body));
        expect((await ask(`Bearer ${bearer}`, client)).status).toBeLessThan(500);
      }),
      { numRuns: 300 },
    );
  });

  it('signed with a previous secret is accepted; one signed with a newer secret is verified again after a refresh', async () => {
    const keys = {
      current: () => Promise.resolve(['newer', SECRET]),
      refresh: () => Promise.resolve(['newest']),
    };
    expect((await ask(`Bearer ${await token()}`, makeClient({ keys }))).status).toBe(200);
    expect((await ask(`Bearer ${await token({}, {}, 'newest')}`, makeClient({ keys }))).status).toBe(200);
    expect(await ask(`Bearer ${await token({}, {}, 'unknown')}`, makeClient({ keys }))).toEqual(INVALID);
  });

  it('minted by the API is accepted by the API', async () => {
    const mint = { keys: { current: () => Promise.resolve([SECRET]) }, ids: makeIds(randomBytes) };
    const organization = await mintOrganizationToken(mint, orgId(ORG), NOW);
    expect((await ask(`Bearer ${organization}`)).status).toBe(200);
    const place = { orgId: orgId(ORG), appId: appId(APP) };
    const grant = { featureFlags: [], capabilities: null, expirySeconds: null, sessionId: null };
    const application = await mintApplicationToken(mint, place, { ...grant, featureFlags: ['beta'] }, NOW);
    expect((await ask(`Bearer ${application}`)).status).toBe(403);
    expect(decodeJwt(application)['feature_flags']).toEqual(['beta']);
    expect(decodeJwt(await mintApplicationToken(mint, place, grant, NOW))).not.toHaveProperty(
      'feature_flags',
    );
  });
});

describe('application token', () => {
  it.each([
    ['GET', '/api/v1/event-type'],
    ['GET', '/api/v1/event-type/order.paid'],
    ['GET', '/api/v1/background-task/qtask_1srOrx2ZWZBpBUvZwXKQmoEYga2'],
    ['POST', '/api/v1/background-task/qtask_1srOrx2ZWZBpBUvZwXKQmoEYga2/cancel'],
  ])('of a deleted application gets 404 from %s %s', async (method, path) => {
    const { send, simulation } = await makeClient();
    await send('POST', '/api/v1/event-type', { name: 'order.paid', description: '' });
    const { json } = await send('POST', '/api/v1/app', { name: 'Acme', uid: 'app' });
    const authorization = `Bearer ${await token({ sub: json.id, org: ORG })}`;
    const before = await send(method, path, undefined, { authorization });
    expect(before.status).toBe(path.includes('task') ? 404 : 200);
    simulation.applications.clear();
    const after = await send(method, path, undefined, { authorization });
    expect([after.status, after.json.code]).toEqual([404, 'not_found']);
  });
});

describe('cached token verification', () => {
  it('checks the expiry of a cached token on each request', async () => {
    let now = NOW;
    const client = makeClient({ now: () => now });
    const bearer = `Bearer ${await token({ jti: 'clock' })}`;
    expect((await ask(bearer, client)).status).toBe(200);
    now += HOUR * 1000;
    expect(await ask(bearer, client)).toEqual(INVALID);
  });

  it('refuses a cached token once its secret is no longer listed', async () => {
    let secrets = [SECRET];
    const keys = { current: () => Promise.resolve(secrets), refresh: () => Promise.resolve(secrets) };
    const client = makeClient({ keys });
    const bearer = `Bearer ${await token({ jti: 'rotated' })}`;
    expect((await ask(bearer, client)).status).toBe(200);
    secrets = ['another'];
    expect(await ask(bearer, client)).toEqual(INVALID);
  });
});
