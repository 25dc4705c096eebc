import { describe, expect, it } from 'vitest';
import { CAPABILITIES } from '../../../../functions/api/authentication/capabilities.domain.ts';
import { operations } from '../../../../functions/api/operations.ts';
import { orgId } from '../../../../functions/platform/ids/brand.domain.ts';
import { complaints, makeClient, token } from '../client.ts';
import type { Client } from '../client.ts';
import { NOW, ORG } from '../fakes.ts';

const INVALID = [401, 'authentication_failed', 'Invalid token'];
const SECOND = 1_000;

/** A client whose clock is set by the test, with one application, and requests in the name of its portal tokens. */
const makeTenant = async () => {
  const clock = { now: NOW };
  const client = await makeClient({ now: () => clock.now });
  const application = (await client.send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' })).json;
  const access = async (body: object = {}, app = 'acme'): Promise<string> =>
    String((await client.send('POST', `/api/v1/auth/app-portal-access/${app}`, body)).json.token);
  const as = (bearer: string): Client['send'] => {
    const authorization = `Bearer ${bearer}`;
    return (method, path, body, headers = {}) =>
      client.send(method, path, body, { authorization, ...headers });
  };
  const status = async (bearer: string) => (await as(bearer)('GET', '/api/v1/app/acme')).status;
  const expireAll = async (body: object = {}) =>
    (await client.send('POST', '/api/v1/auth/app/acme/expire-all', body)).status;
  return { ...client, clock, application, access, as, status, expireAll };
};

const ended = async (send: ReturnType<Client['send']>) => {
  const { status, json } = await send;
  return [status, json?.code, json?.detail] as unknown[];
};

describe('logout', () => {
  it('ends the token that it is called with from the next request on, and no other one', async () => {
    const { access, as, status } = await makeTenant();
    const [one, other] = [await access(), await access()];
    expect((await as(one)('POST', '/api/v1/auth/logout')).status).toBe(204);
    expect(await ended(as(one)('GET', '/api/v1/app/acme'))).toEqual(INVALID);
    expect(await ended(as(one)('POST', '/api/v1/auth/logout'))).toEqual(INVALID);
    expect(await status(other)).toBe(200);
  });

  it('answers a repeat under its idempotency key, although the token has ended', async () => {
    const { access, as } = await makeTenant();
    const one = as(await access({ readOnly: true }));
    const key = { 'idempotency-key': 'k' };
    for (const replayed of [null, 'true']) {
      const { status, headers } = await one('POST', '/api/v1/auth/logout', undefined, key);
      expect([status, headers.get('idempotency-replayed')]).toEqual([204, replayed]);
    }
    expect(await ended(one('GET', '/api/v1/auth/whoami'))).toEqual(INVALID);
  });

  it('ends tokens that another server made without an id, under every encoding of their signature', async () => {
    const { application, as, status } = await makeTenant();
    const foreign = await token({ sub: application.id, org: ORG, iat: undefined, jti: undefined });
    const same = await token({
      sub: application.id,
      org: ORG,
      iat: undefined,
      jti: undefined,
      exp: undefined,
    });
    expect(await status(foreign)).toBe(200);
    expect((await as(foreign)('POST', '/api/v1/auth/logout')).status).toBe(204);
    expect(await status(foreign)).toBe(401);
    expect(await status(same)).toBe(200);
    // 256 bits take 43 characters, of which the last has two bits that do not count.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(foreign.at(-1)!);
    for (const bits of [0, 1, 2, 3]) {
      const bearer = foreign.slice(0, -1) + alphabet.charAt((last & ~3) | bits);
      expect(await status(bearer)).toBe(401);
    }
  });

  it('refuses tokens of organizations and requests without a token', async () => {
    const { send } = await makeTenant();
    const answer = await send('POST', '/api/v1/auth/logout');
    expect([answer.status, answer.json.code]).toEqual([403, 'insufficient access']);
    expect((await send('POST', '/api/v1/auth/logout', undefined, { authorization: '' })).status).toBe(401);
  });
});

describe('expire-all', () => {
  it('ends the tokens that were made until now; one that is made after it works', async () => {
    const { access, clock, expireAll, status } = await makeTenant();
    const before = await access();
    clock.now += 500;
    expect(await expireAll()).toBe(204);
    expect(await status(before)).toBe(401);
    clock.now += 8;
    expect(await status(await access())).toBe(200);
  });

  it('ends only the tokens of the sessions that it names', async () => {
    const { access, expireAll, status } = await makeTenant();
    const [ann, bob, none] = [
      await access({ sessionId: 'ann' }),
      await access({ sessionId: 'bob' }),
      await access(),
    ];
    expect(await expireAll({ sessionIds: ['ann', 'carl'] })).toBe(204);
    expect([await status(ann), await status(bob), await status(none)]).toEqual([401, 200, 200]);
    expect(await expireAll({ sessionIds: [], expiry: null })).toBe(204);
    expect([await status(bob), await status(none)]).toEqual([401, 401]);
  });

  it('ends them after the delay of `expiry`, and those made meanwhile not at all', async () => {
    const { access, clock, expireAll, status } = await makeTenant();
    const before = await access();
    expect(await expireAll({ expiry: 60 })).toBe(204);
    clock.now += 30 * SECOND;
    const meanwhile = await access();
    expect(await status(before)).toBe(200);
    clock.now += 30 * SECOND;
    expect([await status(before), await status(meanwhile)]).toEqual([401, 200]);
  });

  it('ends tokens that do not say when they were issued', async () => {
    const { application, expireAll, status } = await makeTenant();
    const foreign = await token({ sub: application.id, org: ORG, iat: undefined, nbf: undefined });
    expect(await status(foreign)).toBe(200);
    await expireAll();
    expect(await status(foreign)).toBe(401);
  });

  it('leaves tokens of other applications and of the organization alone', async () => {
    const { access, expireAll, send, as } = await makeTenant();
    await send('POST', '/api/v1/app', { name: 'Other', uid: 'other' });
    const other = await access({}, 'other');
    await expireAll();
    expect((await as(other)('GET', '/api/v1/app/other')).status).toBe(200);
    expect((await send('GET', '/api/v1/app')).status).toBe(200);
  });

  it('is for organization tokens, and 404 for an unknown application', async () => {
    const { access, as, send } = await makeTenant();
    const portal = as(await access());
    expect((await portal('POST', '/api/v1/auth/app/acme/expire-all', {})).status).toBe(403);
    expect((await send('POST', '/api/v1/auth/app/nope/expire-all', {})).status).toBe(404);
  });

  it.each([
    [{ expiry: -1 }, 'body/expiry value_error'],
    [{ expiry: 259_201 }, 'body/expiry value_error'],
    [{ sessionIds: ['a b'] }, 'body/session_ids value_error'],
    [
      { sessionIds: Array.from({ length: 1_001 }, (_, index) => `s${index}`) },
      'body/session_ids value_error',
    ],
  ])('is refused for %j', async (body, complaint) => {
    const { send } = await makeTenant();
    expect(complaints(await send('POST', '/api/v1/auth/app/acme/expire-all', body))).toEqual([complaint]);
  });
});

describe('revoked token', () => {
  const EVERYTHING = { kind: 'issued-before', cutoff: { issuedUntil: NOW, voidFrom: NOW } } as const;
  const organization = orgId(ORG);
  const pathOf = (path: string) =>
    path.replace('{app_id}', 'acme').replaceAll(/\{\w+\}/g, 'ep_1srOrx2ZWZBpBUvZwXKQmoEYga2');

  it.each(
    operations
      .filter(({ auth }) => auth !== 'none' && auth !== 'management')
      .map(({ method, path, auth }) => [method, path, auth] as const),
  )('gets 401 from %s %s, whatever it sends', async (method, path, auth) => {
    const { access, as, simulation } = await makeTenant();
    const holders = [
      await token(),
      ...(auth === 'organization' ? [] : [await access({ capabilities: [...CAPABILITIES] })]),
    ];
    await simulation.tokens.revoke(organization, EVERYTHING, NOW);
    for (const bearer of holders) {
      const body = method === 'GET' ? undefined : { eventType: 'a', payload: {}, data: [], name: 'x' };
      expect((await as(bearer)(method, pathOf(path), body)).status).toBe(401);
    }
  });

  it.each(['POST /api/v1/app/acme/msg', 'POST /api/v1/app/nope/msg', 'POST /api/v1/app/acme/msg/batch'])(
    'publishes nothing and gets no earlier answer under an idempotency key: %s',
    async (request) => {
      const { send, simulation } = await makeTenant();
      const [method = '', path = ''] = request.split(' ');
      const message = { eventType: 'a', payload: {} };
      const body = path.endsWith('batch')
        ? { data: [message] }
        : { ...message, application: { name: 'N', uid: 'nope' } };
      const key = { 'idempotency-key': 'k' };
      const publish = (some: object) => send(method, path, some, key);
      expect((await publish(body)).status).toBe(202);
      await simulation.tokens.revoke(organization, EVERYTHING, NOW);
      expect(await ended(publish(body))).toEqual(INVALID);
      expect(await ended(publish({ eventType: 5 }))).toEqual(INVALID);
    },
  );

  it('creates no application by publishing to it', async () => {
    const { send, simulation } = await makeTenant();
    await simulation.tokens.revoke(organization, EVERYTHING, NOW);
    const application = { name: 'New', uid: 'new' };
    const body = { eventType: 'a', payload: {}, application };
    expect(await ended(send('POST', '/api/v1/app/new/msg', body))).toEqual(INVALID);
    expect(simulation.applications.size).toBe(1);
  });

  it('gets no stored answer under an idempotency key', async () => {
    const { send, simulation } = await makeTenant();
    const create = () => send('POST', '/api/v1/app', { name: 'x' }, { 'idempotency-key': 'k' });
    expect((await create()).status).toBe(201);
    await simulation.tokens.revoke(organization, EVERYTHING, NOW);
    expect(await ended(create())).toEqual(INVALID);
  });

  it('costs no read of its own to look for while publishing', async () => {
    const { send, simulation } = await makeTenant();
    const before = simulation.tokens.reads();
    await send('POST', '/api/v1/app/acme/msg', { eventType: 'a', payload: {} });
    await send('POST', '/api/v1/app/acme/msg/batch', { data: [{ eventType: 'a', payload: {} }] });
    expect(simulation.tokens.reads()).toBe(before);
  });
});
