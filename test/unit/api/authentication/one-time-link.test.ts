import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { makeClient, token } from '../client.ts';
import { NOW, ORG } from '../fakes.ts';

const EXCHANGE = '/api/v1/auth/one-time-token';
const HOUR_MS = 3_600_000;

/** A stage with one-time links, whose clock is set by the test. */
const start = async (oneTimeLinks = true) => {
  const clock = { now: NOW };
  const client = await makeClient({ oneTimeLinks, now: () => clock.now });
  await client.send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
  const keyOf = async (body: object = {}) => {
    const { json } = await client.send('POST', '/api/v1/auth/app-portal-access/acme', body);
    const key = Buffer.from(String(json.url).split('#key=')[1] ?? '', 'base64url').toString();
    return JSON.parse(key) as Record<string, string>;
  };
  const exchange = async (oneTimeToken: unknown) => {
    const { status, json } = await client.send('POST', EXCHANGE, { oneTimeToken }, { authorization: '' });
    return { status, json: json as Record<string, unknown> };
  };
  const as = async (bearer: unknown, path = '/api/v1/app/acme') => {
    const headers = { authorization: `Bearer ${String(bearer)}` };
    return (await client.send('GET', path, undefined, headers)).status;
  };
  return { ...client, clock, keyOf, exchange, as };
};

const USED = { code: 'authentication_failed', detail: 'This link was used or revoked: ask for a new one.' };
const EXPIRED = {
  code: 'authentication_failed',
  detail: 'This link is invalid or has expired: ask for a new one.',
};

describe('one-time link', () => {
  it('is exchanged once for a token with what its maker granted, which ends when the link would', async () => {
    const { clock, keyOf, exchange, as } = await start();
    const grant = { capabilities: ['CreateAttempts'], sessionId: 's', featureFlags: ['beta'], expiry: 7_200 };
    const { appId, oneTimeToken, ...rest } = await keyOf(grant);
    expect(rest).toEqual({});
    clock.now += HOUR_MS;
    const { status, json } = await exchange(oneTimeToken);
    expect([status, json['capabilities']]).toEqual([200, ['ViewBase', 'CreateAttempts']]);
    expect(decodeJwt(String(json['token']))).toMatchObject({
      ...{ sub: appId, org: ORG, sid: 's', feature_flags: ['beta'] },
      exp: Math.floor(NOW / 1000) + 7_200,
    });
    expect(await as(json['token'])).toBe(200);
    expect(await exchange(oneTimeToken)).toEqual({ status: 401, json: USED });
  });

  it('is exchanged by one of several requests at the same time', async () => {
    const { keyOf, exchange } = await start();
    const { oneTimeToken } = await keyOf();
    const statuses = await Promise.all(Array.from({ length: 5 }, () => exchange(oneTimeToken)));
    expect(statuses.map(({ status }) => status).toSorted()).toEqual([200, 401, 401, 401, 401]);
  });

  it('is no access token, and an access token is no link', async () => {
    const { keyOf, exchange, as } = await start();
    const { oneTimeToken, appId } = await keyOf();
    expect(await as(oneTimeToken)).toBe(400);
    expect(await exchange(await token({ sub: appId, org: ORG }))).toEqual({ status: 401, json: EXPIRED });
    expect((await exchange(oneTimeToken)).status).toBe(200);
  });

  it('is refused after its end, after expire-all of its session, and if it is malformed', async () => {
    const { clock, keyOf, exchange, send } = await start();
    const { oneTimeToken: short } = await keyOf({ expiry: 3_600 });
    const { oneTimeToken: ofSession } = await keyOf({ sessionId: 'ann' });
    await send('POST', '/api/v1/auth/app/acme/expire-all', { sessionIds: ['ann'] });
    expect(await exchange(ofSession)).toEqual({ status: 401, json: USED });
    clock.now += HOUR_MS + 1_000;
    expect(await exchange(short)).toEqual({ status: 401, json: EXPIRED });
    clock.now += HOUR_MS;
    expect(await exchange(short)).toEqual({ status: 401, json: EXPIRED });
    expect(await exchange('nonsense')).toEqual({ status: 401, json: EXPIRED });
    expect((await exchange(5)).status).toBe(422);
    expect((await exchange('')).status).toBe(422);
  });

  it('is an option of the stage: without it the key holds the token itself', async () => {
    const { keyOf, as } = await start(false);
    const key = await keyOf();
    expect(Object.keys(key)).toEqual(['appId', 'token']);
    expect(await as(key['token'])).toBe(200);
  });
});
