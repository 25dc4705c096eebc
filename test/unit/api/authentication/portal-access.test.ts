import { describe, expect, it } from 'vitest';
import { complaints, makeClient, token } from '../client.ts';
import { NOW, ORG } from '../fakes.ts';

const ACCESS = '/api/v1/auth/app-portal-access';

/** The key in the fragment of a portal link, which must begin with the given text. */
const keyOf = (link: unknown, begin: string) => {
  const url = String(link);
  expect(url.slice(0, begin.length)).toBe(begin);
  return JSON.parse(Buffer.from(url.slice(begin.length), 'base64url').toString()) as Record<string, unknown>;
};

describe('whoami', () => {
  it('says to a portal token its application, session, capabilities, feature flags and end', async () => {
    const { send } = await makeClient();
    const app = (await send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' })).json;
    const access = await send('POST', `${ACCESS}/acme`, {
      ...{ capabilities: ['ManageEndpointSecret'], sessionId: 'user@1', featureFlags: ['beta'] },
      expiry: 3_600,
    });
    const headers = { authorization: `Bearer ${String(access.json.token)}` };
    expect((await send('GET', '/api/v1/auth/whoami', undefined, headers)).json).toEqual({
      ...{ envId: ORG, orgId: ORG, appId: app.id, permissionSource: 'SvixJwt', sessionId: 'user@1' },
      ...{ capabilities: ['ViewBase', 'ManageEndpointSecret'], featureFlags: ['beta'] },
      tokenId: expect.stringMatching(/^tok_/),
      expiresAt: new Date(Math.floor(NOW / 1000) * 1000 + 3_600_000).toISOString(),
    });
  });

  it('says to an organization token without an end that it belongs to no application and never expires', async () => {
    const { send } = await makeClient();
    const headers = { authorization: `Bearer ${await token({ exp: undefined })}` };
    const { json } = await send('GET', '/api/v1/auth/whoami', undefined, headers);
    expect(json).toMatchObject({ orgId: ORG, appId: null, sessionId: null, expiresAt: null });
    expect(json.capabilities).toHaveLength(6);
  });
});

describe('portal link', () => {
  it('contains a token for one application with its feature flags', async () => {
    const { send } = await makeClient({ portalUrl: 'https://portal.test/' });
    const app = (await send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' })).json;
    const { status, json } = await send('POST', `${ACCESS}/acme`, { featureFlags: ['beta'], expiry: null });
    expect(status).toBe(200);
    expect(keyOf(json.url, 'https://portal.test/login#key=')).toEqual({ appId: app.id, token: json.token });
    const claims = JSON.parse(Buffer.from(String(json.token).split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({
      sub: app.id,
      feature_flags: ['beta'],
      org: expect.stringMatching(/^org_/),
    });
    expect(claims.exp - claims.iat).toBe(28 * 86_400);
    const headers = { authorization: `Bearer ${String(json.token)}` };
    expect((await send('GET', '/api/v1/app/acme', undefined, headers)).json.id).toBe(app.id);
  });

  it('creates its application when the body describes one with the uid of the path', async () => {
    const { send } = await makeClient();
    expect((await send('POST', `${ACCESS}/new`, {})).json.code).toBe('not_found');
    const other = await send('POST', `${ACCESS}/new`, { application: { name: 'x', uid: 'other' } });
    expect(complaints(other)).toEqual(['body/application/uid application_uid_mismatch']);
    expect((await send('POST', `${ACCESS}/new`, { application: { name: 'x', uid: 'new' } })).status).toBe(
      200,
    );
    expect((await send('GET', '/api/v1/app/new')).status).toBe(200);
  });

  it.each([3_600, 86_400, 604_800])('expires after the seconds given in expiry: %i', async (expiry) => {
    const { send } = await makeClient();
    await send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
    const { json } = await send('POST', `${ACCESS}/acme`, { expiry });
    const claims = JSON.parse(Buffer.from(String(json.token).split('.')[1] ?? '', 'base64url').toString());
    expect(claims.exp - claims.iat).toBe(expiry);
  });

  it.each([
    [{ expiry: 3_599 }, 'body/expiry value_error'],
    [{ expiry: 604_801 }, 'body/expiry value_error'],
    [{ expiry: 'x' }, 'body/expiry value_error.jsondecode'],
    [{ capabilities: ['Everything'] }, 'body/capabilities value_error'],
    [{ readOnly: 1 }, 'body/readOnly value_error.jsondecode'],
    [{ sessionId: '' }, 'body/session_id value_error'],
    [{ sessionId: 'a b' }, 'body/session_id value_error'],
    [{ sessionId: 'x'.repeat(65) }, 'body/session_id value_error'],
  ])('is refused for %j', async (body, complaint) => {
    const { send } = await makeClient();
    await send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
    expect(complaints(await send('POST', `${ACCESS}/acme`, body))).toEqual([complaint]);
  });

  const READ = 'GET /app/acme';
  const SECRET = 'GET /app/acme/endpoint/ep1/secret';
  const ROTATE = 'POST /app/acme/endpoint/ep1/secret/rotate';
  const RECOVER = 'POST /app/acme/endpoint/ep1/recover';
  const PATCH = 'PATCH /app/acme/endpoint/ep1';

  it.each([
    [{}, [READ, SECRET, ROTATE, RECOVER, PATCH]],
    [{ readOnly: null, capabilities: null, sessionId: null }, [READ, SECRET, ROTATE, RECOVER, PATCH]],
    [{ readOnly: false, sessionId: 's' }, [READ, SECRET, ROTATE, RECOVER, PATCH]],
    [{ readOnly: true }, [READ]],
    [{ readOnly: true, capabilities: ['ManageEndpoint'] }, [READ]],
    [{ capabilities: [] }, [READ]],
    [{ capabilities: ['ViewBase', 'ManageTransformations'] }, [READ]],
    [{ capabilities: ['ViewEndpointSecret'] }, [READ, SECRET]],
    [{ capabilities: ['ViewBase', 'ManageEndpointSecret'] }, [READ, SECRET, ROTATE]],
    [{ capabilities: ['ViewBase', 'CreateAttempts'] }, [READ, RECOVER]],
    [{ capabilities: ['ManageEndpoint'] }, [READ, SECRET, ROTATE, PATCH]],
  ])('with %j allows only the listed operations', async (body, allowed) => {
    const { send } = await makeClient();
    await send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
    await send('POST', '/api/v1/app/acme/endpoint', { url: 'https://x', uid: 'ep1' });
    const { json } = await send('POST', `${ACCESS}/acme`, body);
    const headers = { authorization: `Bearer ${String(json.token)}` };
    const done: string[] = [];
    for (const request of [READ, SECRET, ROTATE, RECOVER, PATCH]) {
      const [method = '', path = ''] = request.split(' ');
      const sent = method === 'GET' ? undefined : { since: '2026-11-20T00:00:00Z' };
      const answer = await send(method, `/api/v1${path}`, sent, headers);
      if (answer.status === 403) expect(answer.json.code).toBe('insufficient access');
      else done.push(request);
    }
    expect(done).toEqual(allowed);
  });

  it('with an unknown capability is refused', async () => {
    const { send } = await makeClient();
    const claims = { sub: 'app_1srOrx2ZWZBpBUvZwXKQmoEYga2', org: ORG };
    for (const capabilities of [['New'], 'ViewBase', 5]) {
      const headers = { authorization: `Bearer ${await token({ ...claims, capabilities })}` };
      expect((await send('GET', '/api/v1/event-type', undefined, headers)).status).toBe(401);
    }
  });

  it('requires a body with valid feature flags', async () => {
    const { send } = await makeClient();
    await send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
    expect((await send('POST', `${ACCESS}/acme`)).status).toBe(422);
    expect(complaints(await send('POST', `${ACCESS}/acme`, { featureFlags: ['a b'] }))).toEqual([
      'body/featureFlags[0] value_error.jsondecode',
    ]);
  });

  it.each([undefined, 'null', '{}'])('has a legacy path that needs no body (%s)', async (body) => {
    const { send } = await makeClient();
    await send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
    const { status, json } = await send('POST', '/api/v1/auth/dashboard-access/acme/', body);
    expect(status).toBe(200);
    expect(keyOf(json.url, 'https://api.test/prod/portal/login#key=')['token']).toBe(json.token);
  });
});
