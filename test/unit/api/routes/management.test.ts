import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { REQUEST_TIMEOUT_SECONDS } from '../../../../functions/platform/limits/delivery.domain.ts';
import { complaints, makeClient, token } from '../client.ts';
import { DEFAULTS, NOW, ORG } from '../fakes.ts';

const decode = 'value_error.jsondecode';
const SETTINGS = `/management/v1/organization/${ORG}/settings`;

const MANAGEMENT = { sub: 'management', aud: 'posthorn-management' };

const start = async () => {
  const { send } = await makeClient();
  const headers = { authorization: `Bearer ${await token(MANAGEMENT)}` };
  return (method: string, path: string, body?: unknown) => send(method, path, body, headers);
};

describe('organization settings', () => {
  it('are the stage defaults until they are overridden, and again after null', async () => {
    const send = await start();
    expect((await send('GET', SETTINGS)).json).toEqual({ settings: DEFAULTS, overrides: {} });
    const changes = { retrySchedule: [0.2, 5], endpointHttpsOnly: true, allowedSubnets: ['10.0.0.0/8'] };
    const changed = await send('PATCH', `${SETTINGS}/`, changes);
    expect(changed.json).toEqual({ settings: { ...DEFAULTS, ...changes }, overrides: changes });
    const back = await send('PATCH', SETTINGS, { retrySchedule: null, endpointHttpsOnly: null });
    expect(back.json.overrides).toEqual({ allowedSubnets: ['10.0.0.0/8'] });
    expect((await send('GET', SETTINGS)).json).toEqual(back.json);
  });

  it.each([
    { retrySchedule: [] },
    { retrySchedule: [14 * 86_400] },
    { endpointDisableAfter: 0 },
    { defaultSignatureType: 'ed25519' },
    { webhookHeaderPrefix: 'webhook' },
    { requestTimeout: 1.5 },
    { allowedSubnets: [] },
    { operationalWebhooks: false },
    { schemaValidation: 'warn' },
    { schemaValidation: 'reject' },
    { payloadRetentionDays: 5 },
    { publishRateLimit: 100, applicationPublishRateLimit: 1 },
    {
      applicationEndpointLimit: 5_000,
      applicationEndpointBytesLimit: 5_000_000,
      endpointBytesLimit: 350_000,
    },
  ])('accept %j', async (changes) => {
    const send = await start();
    const { status, json } = await send('PATCH', SETTINGS, changes);
    expect([status, json.overrides]).toEqual([200, changes]);
  });

  it('refuse a retry schedule that takes longer than the stage keeps rows', async () => {
    const { send, simulation } = await makeClient();
    const headers = {
      authorization: `Bearer ${await token({ sub: 'management', aud: 'posthorn-management' })}`,
    };
    const retrySchedule = Array<number>(3).fill(10 * 86_400);
    Object.assign(simulation.deps, { rowRetentionDays: 30 });
    const refused = await send('PATCH', SETTINGS, { retrySchedule }, headers);
    expect([refused.status, complaints(refused)]).toEqual([422, ['body/retry_schedule value_error']]);
    Object.assign(simulation.deps, { rowRetentionDays: 90 });
    expect((await send('PATCH', SETTINGS, { retrySchedule }, headers)).status).toBe(200);
  });

  it.each([
    [{ retryScheduel: [1] }, `body/retryScheduel ${decode}`],
    [{ retrySchedule: '5' }, `body/retrySchedule ${decode}`],
    [{ retrySchedule: [1, 'x'] }, `body/retrySchedule[1] ${decode}`],
    [{ retrySchedule: [0] }, 'body/retry_schedule value_error'],
    [{ retrySchedule: [14 * 86_400 + 1] }, 'body/retry_schedule value_error'],
    [{ retrySchedule: Array<number>(51).fill(1) }, 'body/retry_schedule value_error'],
    [{ retrySchedule: Array<number>(50).fill(10 * 86_400) }, 'body/retry_schedule value_error'],
    [{ retrySchedule: [1e-300] }, 'body/retry_schedule value_error'],
    [{ endpointDisableAfter: -1 }, 'body/endpoint_disable_after value_error'],
    [{ endpointDisableAfter: 1e-300 }, 'body/endpoint_disable_after value_error'],
    [{ endpointDisableAfter: 1e308 }, 'body/endpoint_disable_after value_error'],
    [{ endpointDisableAfter: 90 * 86_400 + 1 }, 'body/endpoint_disable_after value_error'],
    [{ requestTimeout: 1e-300 }, 'body/request_timeout value_error'],
    [{ publishRateLimit: 1e15 }, 'body/publish_rate_limit value_error'],
    [{ applicationEndpointLimit: 5_001 }, 'body/application_endpoint_limit value_error'],
    [{ applicationEndpointLimit: 0 }, 'body/application_endpoint_limit value_error'],
    [{ applicationEndpointBytesLimit: 5_000_001 }, 'body/application_endpoint_bytes_limit value_error'],
    [{ endpointBytesLimit: 350_001 }, 'body/endpoint_bytes_limit value_error'],
    [{ publishRateLimit: 0.5 }, `body/publishRateLimit ${decode}`],
    [{ defaultSignatureType: 'rsa' }, 'body/default_signature_type value_error'],
    [{ requestTimeout: REQUEST_TIMEOUT_SECONDS.most + 1 }, 'body/request_timeout value_error'],
    [{ payloadRetentionDays: 4 }, 'body/payload_retention_days value_error'],
    [{ publishRateLimit: 0 }, 'body/publish_rate_limit value_error'],
    [{ allowedSubnets: ['10.0.0.0/8', '169.254.0.0/16'] }, 'body/allowed_subnets value_error'],
  ])('refuse %j', async (changes, complaint) => {
    const send = await start();
    const answer = await send('PATCH', SETTINGS, changes);
    expect([answer.status, complaints(answer)]).toEqual([422, [complaint]]);
  });

  it.each(['1e-400', '1e400', '-1e400', '-0', '5e-324', '1e126', '1e-131'])(
    'accept only numbers that can be stored: %s',
    async (written) => {
      const send = await start();
      for (const body of [`{"endpointDisableAfter":${written}}`, `{"retrySchedule":[${written}]}`]) {
        const { status, json } = await send('PATCH', SETTINGS, body);
        const stored: unknown = json.overrides?.endpointDisableAfter;
        expect([status, stored]).toEqual(status === 200 ? [200, 0] : [422, undefined]);
      }
    },
  );

  it('refuse an id that is not an organization id', async () => {
    const send = await start();
    const answer = await send('GET', '/management/v1/organization/acme/settings');
    expect(complaints(answer)).toEqual(['path/org_id/__all__ value_error']);
  });
});

describe('the management API', () => {
  it.each([undefined, {}, 'null'])(
    'mints organization tokens that the API accepts (body %j)',
    async (body) => {
      const send = await start();
      const { json } = await send('POST', `/management/v1/organization/${ORG}/token`, body);
      const client = await makeClient();
      const headers = { authorization: `Bearer ${String(json.token)}` };
      expect((await client.send('GET', '/api/v1/app', undefined, headers)).status).toBe(200);
    },
  );

  const TOKEN = `/management/v1/organization/${ORG}/token`;

  it('mints organization tokens that end after the given seconds, one minute to ten years', async () => {
    const send = await start();
    const { json } = await send('POST', TOKEN, { expiry: 60 });
    expect(decodeJwt(String(json.token))).toMatchObject({ exp: Math.floor(NOW / 1000) + 60 });
    for (const expiry of [59, 315_360_001])
      expect(complaints(await send('POST', TOKEN, { expiry }))).toEqual(['body/expiry value_error']);
  });

  it('revokes one token by its id, and all that were issued before an instant, those of applications too', async () => {
    const clock = { now: NOW };
    const { send } = await makeClient({ now: () => clock.now });
    const authorization = `Bearer ${await token(MANAGEMENT)}`;
    const manage = (path: string, body: object) => send('POST', path, body, { authorization });
    const mint = async () => String((await manage(TOKEN, {})).json.token);
    const as = async (bearer: string, path = '/api/v1/app') =>
      (await send('GET', path, undefined, { authorization: `Bearer ${bearer}` })).status;
    const [one, other] = [await mint(), await mint()];
    await send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
    const portal = String((await send('POST', '/api/v1/auth/app-portal-access/acme', {})).json.token);
    expect((await manage(`${TOKEN}/revoke`, { tokenId: decodeJwt(one).jti })).status).toBe(204);
    expect([await as(one), await as(other), await as(portal, '/api/v1/app/acme')]).toEqual([401, 200, 200]);
    clock.now += 1_000;
    const later = await mint();
    const issuedBefore = new Date(NOW + 500).toISOString();
    expect((await manage(`${TOKEN}/revoke`, { issuedBefore })).status).toBe(204);
    expect([await as(other), await as(portal, '/api/v1/app/acme'), await as(later)]).toEqual([401, 401, 200]);
  });

  it.each([
    [{}, 'body/token_id value_error'],
    [{ tokenId: 'tok_1', issuedBefore: '2026-01-01T00:00:00Z' }, 'body/issued_before value_error'],
    [{ issuedBefore: '2030-01-01T00:00:00Z' }, 'body/issued_before value_error'],
  ])('refuses to revoke %j', async (body, complaint) => {
    const send = await start();
    expect(complaints(await send('POST', `${TOKEN}/revoke`, body))).toEqual([complaint]);
  });

  it('revokes at most 50 tokens one by one', async () => {
    const send = await start();
    const revoke = async (id: number) =>
      (await send('POST', `${TOKEN}/revoke`, { tokenId: `tok_${id}` })).json as { code: string } | undefined;
    for (let id = 0; id < 50; id += 1) expect(await revoke(id)).toBeUndefined();
    expect((await revoke(50))?.code).toBe('limit_reached');
  });

  it.each([
    {},
    { sub: 'management' },
    { sub: 'management', aud: 'other' },
    { aud: 'posthorn-management' },
    { sub: 'app_x', org: ORG },
  ])('refuses a token with the claims %j', async (claims) => {
    const { send } = await makeClient();
    const headers = { authorization: `Bearer ${await token(claims)}` };
    const answer = await send('GET', SETTINGS, undefined, headers);
    expect([answer.status, answer.json.code]).toEqual([401, 'authentication_failed']);
  });

  it('has tokens that the organization API refuses', async () => {
    const send = await start();
    expect((await send('GET', '/api/v1/app')).json.code).toBe('bad_token');
  });
});
