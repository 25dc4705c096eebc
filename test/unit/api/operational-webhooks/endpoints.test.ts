import { describe, expect, it } from 'vitest';
import { MANAGEMENT_ORGANIZATION } from '../../../../functions/events/operational-webhooks/operational-webhook.domain.ts';
import { ORG } from '../fakes.ts';
import { column, complaints, makeClient, token } from '../client.ts';

const ROOT = '/api/v1/operational-webhook/endpoint';
const URL = 'https://alerts.test/';

const as = async (sub: string) => ({ authorization: `Bearer ${await token({ sub })}` });

const start = async () => {
  const client = await makeClient();
  const { send } = client;
  for (const name of ['endpoint.disabled', 'endpoint.deleted'])
    await send('POST', '/api/v1/event-type', { name, description: '' }, await as(MANAGEMENT_ORGANIZATION));
  const create = async (body: object = {}, headers?: Record<string, string>) =>
    send('POST', ROOT, { url: URL, ...body }, headers);
  const applications = () =>
    [...client.simulation.applications.values()].map(({ orgId, uid }) => [orgId, uid]);
  return { ...client, create, applications };
};

describe('endpoints of operational webhooks', () => {
  it('are created with every field, in the application of the management organization', async () => {
    const { create, send, applications } = await start();
    const fields = {
      ...{ url: URL, description: 'alerts', throttleRate: 5, uid: 'alerts', disabled: true },
      ...{ eventTypes: ['endpoint.disabled'], metadata: { team: 'ops' } },
    };
    const secret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
    const { status, json } = await create({ ...fields, secret, headers: { 'X-Team': 'ops' } });
    const instants = { createdAt: expect.any(String), updatedAt: expect.any(String) };
    expect([status, json]).toEqual([201, { id: expect.stringMatching(/^ep_/), ...instants, ...fields }]);
    expect(applications()).toEqual([[MANAGEMENT_ORGANIZATION, ORG]]);
    expect((await send('GET', `${ROOT}/alerts`)).json).toEqual(json);
    expect((await send('GET', `${ROOT}/${json.id}/secret`)).json).toEqual({ key: secret });
    expect((await send('GET', `${ROOT}/alerts/headers`)).json).toEqual({
      ...{ headers: { 'X-Team': 'ops' }, sensitive: [] },
    });
  });

  it('have defaults for what is left out, and ignore fields that only endpoints of applications have', async () => {
    const { create, simulation } = await start();
    const { json } = await create({ channels: ['eu'], version: 7, filterTypes: ['nothing'] });
    expect(json).toEqual({
      ...{ id: expect.any(String), url: URL, description: '', throttleRate: null, uid: null },
      ...{ disabled: false, eventTypes: null, metadata: {} },
      ...{ createdAt: expect.any(String), updatedAt: expect.any(String) },
    });
    expect([...simulation.endpoints.values()][0]).toMatchObject({ channels: null, eventTypes: null });
  });

  it('are those of the application that an operator created', async () => {
    const { send, create, applications } = await start();
    const operator = await as(MANAGEMENT_ORGANIZATION);
    await send('POST', '/api/v1/app', { name: 'Customer', uid: ORG }, operator);
    const made = await send('POST', `/api/v1/app/${ORG}/endpoint`, { url: URL }, operator);
    expect(column(await send('GET', ROOT), 'id')).toEqual([made.json.id]);
    await create();
    expect(applications()).toEqual([[MANAGEMENT_ORGANIZATION, ORG]]);
    expect(column(await send('GET', `/api/v1/app/${ORG}/endpoint`, undefined, operator), 'url')).toHaveLength(
      2,
    );
  });

  it('are listed in pages and in both orders; none before the first', async () => {
    const { send, create, applications } = await start();
    expect((await send('GET', ROOT)).json).toEqual({ data: [], iterator: null, done: true });
    expect((await send('GET', `${ROOT}/ep_1srOrx2ZWZBpBUvZwXKQmoEYga2`)).status).toBe(404);
    expect(applications()).toEqual([]);
    const ids: unknown[] = [];
    for (const uid of ['a', 'b', 'c']) ids.push((await create({ uid })).json.id);
    const first = await send('GET', `${ROOT}?limit=2&order=ascending`);
    expect([column(first, 'id'), first.json.done]).toEqual([ids.slice(0, 2), false]);
    const rest = await send('GET', `${ROOT}?order=ascending&iterator=${first.json.iterator}`);
    expect([column(rest, 'id'), rest.json.done]).toEqual([ids.slice(2), true]);
    expect(column(await send('GET', ROOT), 'id')).toEqual(ids.toReversed());
  });

  it('are replaced by PUT, or created, with 200 in both cases', async () => {
    const { send } = await start();
    const put = (body: object) => send('PUT', `${ROOT}/alerts`, { url: URL, ...body });
    const made = await put({ uid: 'alerts', description: 'one', eventTypes: ['endpoint.deleted'] });
    expect([made.status, made.json.uid]).toEqual([200, 'alerts']);
    const replaced = await put({ uid: 'alerts', disabled: true });
    expect([replaced.status, replaced.json]).toEqual([
      200,
      { ...made.json, description: '', eventTypes: null, disabled: true, updatedAt: expect.any(String) },
    ]);
    const enabled = await put({ uid: 'alerts' });
    expect([enabled.json.disabled, enabled.headers.get('link')]).toEqual([false, null]);
  });

  it('are deleted with 204', async () => {
    const { send, create } = await start();
    await create({ uid: 'alerts' });
    const { status, text } = await send('DELETE', `${ROOT}/alerts`);
    expect([status, text]).toEqual([204, '']);
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['GET', '/secret'],
      ['GET', '/headers'],
    ])
      expect((await send(method!, `${ROOT}/alerts${path}`)).status).toBe(404);
  });

  it('get a new secret by rotation, 204', async () => {
    const { send, create } = await start();
    await create({ uid: 'alerts' });
    const rotate = (body: object) => send('POST', `${ROOT}/alerts/secret/rotate`, body);
    const key = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
    const { status, text } = await rotate({ key, gracePeriodSeconds: 0 });
    expect([status, text]).toEqual([204, '']);
    expect((await send('GET', `${ROOT}/alerts/secret`)).json).toEqual({ key });
    await rotate({});
    expect((await send('GET', `${ROOT}/alerts/secret`)).json.key).not.toBe(key);
    expect((await rotate({ gracePeriodSeconds: 604_801 })).status).toBe(422);
    expect((await rotate({ key: 'short' })).status).toBe(422);
  });

  it('have headers that PUT replaces; sensitive values are not returned', async () => {
    const { send, create } = await start();
    await create({ uid: 'alerts', headers: { 'X-Old': '1' } });
    const put = (headers: unknown) => send('PUT', `${ROOT}/alerts/headers`, { headers });
    const { status, text } = await put({ 'X-Team': 'ops', Authorization: 'Basic x' });
    expect([status, text]).toEqual([204, '']);
    expect((await send('GET', `${ROOT}/alerts/headers`)).json).toEqual({
      ...{ headers: { 'X-Team': 'ops' }, sensitive: ['Authorization'] },
    });
    for (const headers of [{ 'svix-id': 'x' }, { 'Content-Length': '1' }, { 'a b': 'c' }, null])
      expect([headers, (await put(headers)).status]).toEqual([headers, 422]);
  });

  it('refuse unknown event types, and what endpoints of applications refuse', async () => {
    const { create, applications } = await start();
    expect(complaints(await create({ eventTypes: ['order.paid'] }))).toEqual(['body/eventTypes value_error']);
    for (const body of [
      { eventTypes: [] },
      { url: 'ftp://x.test' },
      { url: 'alerts' },
      { uid: 'ep_1' },
      { throttleRate: 0 },
      { secret: 'short' },
      { headers: { 'svix-id': 'x' } },
      { metadata: { a: 1 } },
    ])
      expect([body, (await create(body)).status]).toEqual([body, 422]);
    expect(applications()).toEqual([]);
    await create({ uid: 'alerts' });
    expect((await create({ uid: 'alerts' })).status).toBe(409);
  });

  it('are created once under an idempotency key', async () => {
    const { create, simulation } = await start();
    const headers = { 'idempotency-key': 'k' };
    const first = await create({}, headers);
    const second = await create({}, headers);
    expect([second.status, second.json]).toEqual([201, first.json]);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(simulation.endpoints.size).toBe(1);
  });

  it('are created in one application by requests that arrive together', async () => {
    const { create, applications, send } = await start();
    const made = await Promise.all(['a', 'b', 'c'].map((uid) => create({ uid })));
    expect(made.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(applications()).toHaveLength(1);
    expect((await send('GET', ROOT)).json.data).toHaveLength(3);
  });
});

describe('the tenant wall of operational webhooks', () => {
  /** Every operation on one endpoint. */
  const OPERATIONS = [
    ['GET', ''],
    ['DELETE', ''],
    ['GET', '/secret'],
    ['POST', '/secret/rotate', {}],
    ['GET', '/headers'],
    ['PUT', '/headers', { headers: {} }],
  ] as const;

  it.each(OPERATIONS)('%s %s answers 404 for the endpoint of another organization', async (...operation) => {
    const [method, path, body] = operation;
    const { send, create } = await start();
    const { json } = await create({ uid: 'alerts' });
    const foreign = await as('org_other');
    await create({ url: 'https://other.test/' }, foreign);
    for (const endpoint of [json.id, 'alerts'])
      expect((await send(method, `${ROOT}/${endpoint}${path}`, body, foreign)).status).toBe(404);
    expect((await send('GET', `${ROOT}/alerts`)).json).toEqual(json);
  });

  it('lists only those of the caller, and a PUT under a foreign id makes an endpoint of the caller', async () => {
    const { send, create } = await start();
    const { json } = await create({ uid: 'alerts' });
    const foreign = await as('org_other');
    expect((await send('GET', ROOT, undefined, foreign)).json.data).toEqual([]);
    const url = 'https://other.test/';
    const put = await send('PUT', `${ROOT}/${json.id}`, { url }, foreign);
    expect([put.status, put.json.id === json.id]).toEqual([200, false]);
    expect((await send('GET', `${ROOT}/${json.id}`)).json.url).toBe(URL);
    expect(column(await send('GET', ROOT), 'id')).toEqual([json.id]);
  });

  it('shows an organization nothing else of the management organization', async () => {
    const { send } = await start();
    const operator = await as(MANAGEMENT_ORGANIZATION);
    const secret = (await send('POST', '/api/v1/app', { name: 'Other', uid: 'org_other' }, operator)).json;
    await send('POST', `/api/v1/app/${secret.id}/endpoint`, { url: URL, uid: 'alerts' }, operator);
    expect((await send('GET', ROOT)).json.data).toEqual([]);
    expect((await send('GET', `${ROOT}/alerts`)).status).toBe(404);
    expect((await send('GET', `/api/v1/app/${secret.id}`)).status).toBe(404);
  });

  it('refuses tokens of applications (403), and the management organization itself (400)', async () => {
    const { send, create } = await start();
    const app = (await send('POST', '/api/v1/app', { name: 'Acme' })).json;
    const own = { authorization: `Bearer ${await token({ sub: app.id, org: ORG })}` };
    expect((await create({}, own)).status).toBe(403);
    const { status, json } = await create({}, await as(MANAGEMENT_ORGANIZATION));
    expect([status, json.code]).toEqual([400, 'generic_error']);
  });
});
