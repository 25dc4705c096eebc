import { describe, expect, it } from 'vitest';
import { LONGEST_ATTEMPT_MS } from '../../../../functions/platform/limits/delivery.domain.ts';
import { LATEST_DELIVERY_MS } from '../../../../functions/platform/limits/streams.domain.ts';
import { column, complaints, makeClient, token } from '../client.ts';
import { DEFAULTS, NOW, ORG } from '../fakes.ts';

const decode = 'value_error.jsondecode';
const ROOT = '/api/v1/app/acme/endpoint';

/** A client of an organization with one application and the event type `order.paid`. */
const start = async (settings: Partial<typeof DEFAULTS> = {}) => {
  const client = await makeClient({ settingsDefaults: { ...DEFAULTS, ...settings } });
  await client.send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
  await client.send('POST', '/api/v1/event-type', { name: 'order.paid', description: '' });
  return client;
};

describe('endpoints API', () => {
  it('creates an endpoint and returns every field with its default', async () => {
    const { send } = await start();
    const { status, json } = await send('POST', `${ROOT}/`, { url: 'https://Example.com' });
    expect(status).toBe(201);
    expect(json).toEqual({
      id: expect.stringMatching(/^ep_\w{27}$/),
      uid: null,
      url: 'https://example.com/',
      description: '',
      rateLimit: null,
      throttleRate: null,
      version: 1,
      disabled: false,
      eventTypes: null,
      filterTypes: null,
      channels: null,
      metadata: {},
      createdAt: '2026-11-23T04:19:56.838Z',
      updatedAt: '2026-11-23T04:19:56.838Z',
    });
  });

  it('accepts legacy field names and returns both spellings', async () => {
    const { send } = await start();
    const body = {
      url: 'https://x.test',
      version: 1,
      filterTypes: ['order.paid'],
      rateLimit: 5,
      disabled: true,
    };
    const { json } = await send('POST', ROOT, body);
    expect(json).toMatchObject({
      ...body,
      url: 'https://x.test/',
      eventTypes: ['order.paid'],
      throttleRate: 5,
    });
  });

  it.each([
    ['http:example.com', 'http://example.com/'],
    ['http:///x', 'http://x/'],
    ['  https://x.test/a b ', 'https://x.test/a%20b'],
    ['http://2130706433/', 'http://127.0.0.1/'],
    ['http://x.test:0/', 'http://x.test:0/'],
    ['https://x.test/#f', 'https://x.test/#f'],
  ])('stores the URL %j as %j', async (url, stored) => {
    const { send } = await start();
    expect((await send('POST', ROOT, { url })).json.url).toBe(stored);
  });

  it.each([
    [{ url: 'ftp://x' }, ['body/url value_error']],
    [{ url: 'not a url' }, [`body/url ${decode}`]],
    [{}, [`body// ${decode}`]],
    [{ url: 'https://x', eventTypes: ['nope'] }, ['body/eventTypes value_error']],
    [{ url: 'https://x', eventTypes: [] }, ['body/event_types value_error']],
    [{ url: 'https://x', eventTypes: ['a b'] }, ['body/event_types/__all__ value_error']],
    [{ url: 'https://x', eventTypes: [1] }, [`body/eventTypes[0] ${decode}`]],
    [{ url: 'https://x', eventTypes: null, filterTypes: null }, [`body// ${decode}`]],
    [{ url: 'https://x', channels: [] }, ['body/channels value_error']],
    [{ url: 'https://x', channels: ['a', true] }, [`body/channels[1] ${decode}`]],
    [{ url: 'https://x', channels: Array.from('abcdefghijk') }, ['body/channels value_error']],
    [{ url: 'https://x', secret: 'whsec_short' }, [`body/secret ${decode}`]],
    [{ url: 'https://x', secret: 'C2FVsBQIhrscChlQIMV+b5sSYspob7oD' }, [`body/secret ${decode}`]],
    [{ url: 'https://x', secret: 'whsec_MTIz' }, ['body/key/__all__ value_error']],
    [{ url: 'https://x', uid: 'ep_1' }, ['body/uid/__all__ value_error']],
    // A client that deletes the endpoint `..` would delete its application.
    [{ url: 'https://x', uid: '..' }, ['body/uid/__all__ value_error']],
    [{ url: 'https://x', version: 0 }, ['body/version value_error']],
    [{ url: 'https://x', description: null }, [`body/description ${decode}`]],
  ])('answers %j with the locations of all errors', async (body, expected) => {
    const { send } = await start();
    const answer = await send('POST', ROOT, body);
    expect([answer.status, complaints(answer)]).toEqual([422, expected]);
  });

  it('counts a duplicate channel once', async () => {
    const { send } = await start();
    const { status, json } = await send('POST', ROOT, {
      url: 'https://x',
      channels: Array.from('abcdefghija'),
    });
    expect([status, json.channels]).toEqual([201, Array.from('abcdefghij')]);
  });

  it('requires https when the organization’s settings do', async () => {
    const { send } = await start({ endpointHttpsOnly: true });
    const refused = await send('POST', ROOT, { url: 'http://x.test', eventTypes: ['nope'] });
    expect(complaints(refused)).toEqual(['body/eventTypes value_error', 'body/url value_error']);
    expect((await send('POST', ROOT, { url: 'https://x.test' })).status).toBe(201);
  });

  it('replaces an endpoint by PUT: omitted filters are removed, the secret stays', async () => {
    const { send } = await start();
    await send('POST', ROOT, { url: 'https://x', uid: 'ep1', eventTypes: ['order.paid'], throttleRate: 9 });
    const before = await send('GET', `${ROOT}/ep1/secret`);
    const { status, json } = await send('PUT', `${ROOT}/ep1`, {
      url: 'https://y',
      uid: 'ep1',
      secret: 'ignored',
    });
    expect(status).toBe(200);
    expect(json).toMatchObject({ url: 'https://y/', eventTypes: null, throttleRate: null });
    expect((await send('GET', `${ROOT}/ep1/secret`)).json).toEqual(before.json);
  });

  it('keeps event types that were archived since, and takes no others that are archived', async () => {
    const { send } = await start();
    await send('POST', '/api/v1/event-type', { name: 'old', description: '' });
    await send('POST', ROOT, { url: 'https://x', uid: 'ep1', eventTypes: ['old'] });
    await send('POST', ROOT, { url: 'https://x', uid: 'ep2', eventTypes: ['order.paid'] });
    await send('DELETE', '/api/v1/event-type/old');
    const change = (method: string, uid: string, eventTypes: string[]) =>
      send(method, `${ROOT}/${uid}`, { url: 'https://y', uid, eventTypes });
    for (const method of ['PUT', 'PATCH']) {
      const kept = await change(method, 'ep1', ['old', 'order.paid']);
      expect([kept.status, kept.json.eventTypes, kept.json.url]).toEqual([
        200,
        ['old', 'order.paid'],
        'https://y/',
      ]);
      expect((await change(method, 'ep1', ['old', 'new'])).json.detail[0].msg).toMatch(/exist: new$/);
      expect((await change(method, 'ep2', ['old'])).status).toBe(422);
      expect((await change(method, 'ep3', ['old'])).status).toBe(422);
    }
  });

  it('creates one endpoint by two concurrent PUTs of a uid: the later one replaces it', async () => {
    const { send } = await start();
    const put = (description: string) =>
      send('PUT', `${ROOT}/ep1`, { url: 'https://x', uid: 'ep1', description });
    const both = await Promise.all([put('one'), put('two')]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 201]);
    expect(new Set(both.map(({ json }) => String(json.id))).size).toBe(1);
  });

  it('creates an endpoint by PUT with a secret of its own', async () => {
    const { send } = await start();
    const { status, json } = await send('PUT', `${ROOT}/new`, { url: 'https://y' });
    expect([status, json.uid]).toEqual([201, null]);
    expect((await send('GET', `${ROOT}/${String(json.id)}/secret`)).json.key).toMatch(/^whsec_.{32}$/);
  });

  it('patches an endpoint and clears failing since when it is enabled or disabled', async () => {
    const { send, simulation } = await start();
    const { json } = await send('POST', ROOT, { url: 'https://x', uid: 'ep1', channels: ['eu'] });
    const id: string = json.id;
    simulation.endpoints.set(id, { ...simulation.endpoints.get(id)!, disabled: true, failSince: NOW - 5 });
    const patched = await send('PATCH', `${ROOT}/ep1`, { disabled: false, channels: null });
    expect(patched.json).toMatchObject({ disabled: false, channels: null, uid: 'ep1' });
    expect(simulation.endpoints.get(id)?.failSince).toBeNull();
    const bad = await send('PATCH', `${ROOT}/ep1`, { eventTypes: ['nope'] });
    expect(complaints(bad)).toEqual(['body/eventTypes value_error']);
  });

  it('links to the catch-up operations only when a disabled endpoint is enabled again', async () => {
    const { send, simulation } = await start();
    const { json } = await send('POST', ROOT, { url: 'https://x', uid: 'ep1' });
    const created = simulation.endpoints.get(String(json.id))!;
    simulation.endpoints.set(created.id, { ...created, createdAt: NOW - 86_400_000 });
    const app = created.appId;
    const links = async (body: object) =>
      (await send('PATCH', `${ROOT}/ep1`, body)).headers.get('link')?.split(', ') ?? [];
    expect(await links({ disabled: false })).toEqual([]);
    expect(await links({ disabled: true })).toEqual([]);
    expect(await links({ description: 'still off' })).toEqual([]);
    const link = (command: string, since: number) =>
      `</api/v1/app/${app}/endpoint/${String(json.id)}/${command}>; rel="catch-up"; since="${new Date(since).toISOString()}"`;
    // Messages may be accepted so long before, and the attempt that disables an endpoint begin.
    expect(await links({ disabled: false })).toEqual([
      link('replay-missing', NOW - LATEST_DELIVERY_MS),
      link('recover', NOW - LONGEST_ATTEMPT_MS),
    ]);
    expect(await links({ description: 'on for long' })).toEqual([]);
  });

  it('links to a recovery that it accepts, however long the endpoint was disabled', async () => {
    const { send, simulation } = await start();
    const { json } = await send('POST', ROOT, { url: 'https://x', uid: 'ep1', disabled: true });
    const endpoint = simulation.endpoints.get(String(json.id))!;
    simulation.endpoints.set(endpoint.id, { ...endpoint, lastDisabledAt: NOW - 30 * 86_400_000 });
    const links = (await send('PATCH', `${ROOT}/ep1`, { disabled: false })).headers.get('link') ?? '';
    const [, since] = /recover>; rel="catch-up"; since="([^"]*)"/.exec(links) ?? [];
    expect(since).toBe(new Date(NOW - 14 * 86_400_000).toISOString());
    expect((await send('POST', `${ROOT}/ep1/recover`, { since })).status).toBe(202);
  });

  it('answers 409 to a second endpoint with the same uid in one application', async () => {
    const { send } = await start();
    await send('POST', ROOT, { url: 'https://x', uid: 'ep1' });
    const duplicate = await send('POST', ROOT, { url: 'https://x', uid: 'ep1' });
    expect([duplicate.status, duplicate.json.code]).toEqual([409, 'conflict']);
  });

  it('lists endpoints newest first and answers 404 after one was deleted', async () => {
    const { send } = await start();
    for (const uid of ['a', 'b']) await send('POST', ROOT, { url: 'https://x', uid });
    expect(column(await send('GET', ROOT), 'uid')).toEqual(['b', 'a']);
    expect((await send('DELETE', `${ROOT}/a`)).status).toBe(204);
    expect((await send('GET', `${ROOT}/a`)).json).toEqual({ code: 'not_found', detail: 'Entity not found' });
    expect((await send('GET', '/api/v1/app/nope/endpoint')).status).toBe(404);
  });

  it('returns the public half of an asymmetric secret', async () => {
    const { send } = await start({ defaultSignatureType: 'ed25519' });
    await send('POST', ROOT, { url: 'https://x', uid: 'ep1' });
    expect((await send('GET', `${ROOT}/ep1/secret`)).json.key).toMatch(/^whpk_.{44}$/);
  });
});

describe('empty list of event types', () => {
  it.each(['eventTypes', 'filterTypes'])(
    'means all types from an application token and is refused from an organization token: %s',
    async (field) => {
      const { send, simulation } = await start();
      const [app] = simulation.applications.values();
      const headers = { authorization: `Bearer ${await token({ sub: app!.id, org: ORG })}` };
      // The body that svix-react posts.
      const body = { url: 'https://x.test', description: '', rateLimit: null, [field]: [], version: 1 };
      const made = await send('POST', ROOT, { ...body, uid: 'ep1' }, headers);
      expect([made.status, made.json.filterTypes]).toEqual([201, null]);
      for (const method of ['PUT', 'PATCH']) {
        await send('PATCH', `${ROOT}/ep1`, { eventTypes: ['order.paid'], uid: 'ep1' });
        const { status, json } = await send(
          method,
          `${ROOT}/ep1`,
          { ...body, uid: 'ep1', version: 2 },
          headers,
        );
        expect([status, json.eventTypes]).toEqual([200, null]);
      }
      for (const [method, path] of [
        ['POST', ROOT],
        ['PUT', `${ROOT}/ep1`],
        ['PATCH', `${ROOT}/ep1`],
      ] as const)
        expect(complaints(await send(method, path, { ...body, version: 2 }))).toEqual([
          'body/event_types value_error',
        ]);
    },
  );

  it('is not required: fields that are null are accepted', async () => {
    const { send } = await start();
    const body = { url: 'https://x.test', expiry: null, secret: null, channels: null, metadata: null };
    expect((await send('POST', ROOT, body)).status).toBe(201);
  });
});

describe('endpoint limits', () => {
  const url = 'https://x.test/';
  const limited = async (settings: Partial<typeof DEFAULTS>) => {
    const { send } = await start(settings);
    await send('POST', ROOT, { url, uid: 'one' });
    return send;
  };

  it.each([
    [{ applicationEndpointLimit: 1 }, 'An application may have at most 1 endpoints: delete one first.'],
    [
      { applicationEndpointBytesLimit: 40 },
      'The endpoints of an application may have at most 40 bytes together: URLs, descriptions, uids, event types, channels, metadata and headers count.',
    ],
    [
      { endpointBytesLimit: 40 },
      'An endpoint may have at most 40 bytes: its URL, description, uid, event types, channels, metadata and headers count.',
    ],
  ])('refuse to create an endpoint above %j with 400 and the limit', async (settings, detail) => {
    const send = await limited(settings);
    const body = { url, description: 'x'.repeat(30) };
    for (const [method, path] of [
      ['POST', ROOT],
      ['PUT', `${ROOT}/other`],
    ] as const) {
      const { status, json } = await send(method, path, { ...body, uid: 'other' });
      expect([status, json]).toEqual([400, { code: 'limit_reached', detail }]);
    }
    expect((await send('GET', ROOT)).json.data).toHaveLength(1);
  });

  it.each([
    ['PATCH', '', { description: 'x'.repeat(30) }],
    ['PUT', '', { url, uid: 'one', description: 'x'.repeat(30) }],
    ['PATCH', '/headers', { headers: { 'x-key': 'x'.repeat(30) } }],
    ['PUT', '/headers', { headers: { 'x-key': 'x'.repeat(30) } }],
  ])('refuse %s endpoint%s that would make the endpoint too large', async (method, path, body) => {
    const send = await limited({ endpointBytesLimit: 40 });
    const { status, json } = await send(method, `${ROOT}/one${path}`, body);
    expect([status, json.code]).toEqual([400, 'limit_reached']);
  });

  it('allow changes that do not make an endpoint larger', async () => {
    const send = await limited({ applicationEndpointLimit: 1, applicationEndpointBytesLimit: 1 });
    expect((await send('GET', ROOT)).json.data).toEqual([]);
    const roomy = await limited({ applicationEndpointLimit: 1 });
    expect((await roomy('PATCH', `${ROOT}/one`, { disabled: true, description: 'y' })).status).toBe(200);
  });
});
