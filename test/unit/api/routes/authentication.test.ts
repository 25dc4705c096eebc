import { describe, expect, it } from 'vitest';
import { complaints, makeClient } from '../client.ts';

const ACCESS = '/api/v1/auth/app-portal-access';

describe('a link to the portal', () => {
  it('carries a token for one application, with its flags', async () => {
    const { send } = await makeClient({ portalUrl: 'https://portal.test/' });
    const app = (await send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' })).json;
    const { status, json } = await send('POST', `${ACCESS}/acme`, { featureFlags: ['beta'], readOnly: true });
    expect([status, json.url]).toEqual([200, `https://portal.test/#token=${String(json.token)}`]);
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

  it('makes its application on the fly, under the uid of the path', async () => {
    const { send } = await makeClient();
    expect((await send('POST', `${ACCESS}/new`, {})).json.code).toBe('not_found');
    const other = await send('POST', `${ACCESS}/new`, { application: { name: 'x', uid: 'other' } });
    expect(complaints(other)).toEqual(['body/application/uid application_uid_mismatch']);
    expect((await send('POST', `${ACCESS}/new`, { application: { name: 'x', uid: 'new' } })).status).toBe(
      200,
    );
    expect((await send('GET', '/api/v1/app/new')).status).toBe(200);
  });

  it('needs a body with good flags', async () => {
    const { send } = await makeClient();
    await send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
    expect((await send('POST', `${ACCESS}/acme`)).status).toBe(422);
    expect(complaints(await send('POST', `${ACCESS}/acme`, { featureFlags: ['a b'] }))).toEqual([
      'body/feature_flags/__all__ value_error',
    ]);
  });

  it.each([undefined, 'null', '{}'])('has an old name that needs no body (%s)', async (body) => {
    const { send } = await makeClient();
    await send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
    const { status, json } = await send('POST', '/api/v1/auth/dashboard-access/acme/', body);
    expect([status, json.url]).toEqual([200, `/portal/#token=${String(json.token)}`]);
  });
});
