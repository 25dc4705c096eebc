import { randomBytes } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { apiAt, column } from '../../support/api.ts';
import type { Body } from '../../support/api.ts';
import { freshSender } from '../../support/delivering.ts';
import type { Sender } from '../../support/delivering.ts';
import { eventually } from '../../support/poll.ts';
import { bodyOf, headersOf } from '../../support/receiver.ts';

/**
 * The effect of every field and parameter of the newest official clients. docs/compatibility.md names these tests
 * (scripts/compatibility/field-evidence.ts); a unit test checks that each test uses the fields that it is evidence for.
 */
let sender: Sender;
const WHEN = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
const time = expect.stringMatching(WHEN);
const APP = '/app/acme';

beforeAll(async () => {
  sender = await freshSender();
  await sender.endpoint('hook', '/fields?body=fine');
});

it('applications keep and return their fields', async () => {
  const body = { name: 'Shop', uid: 'shop', throttleRate: 7, metadata: { a: 'b' } };
  const made = await sender.ask('POST', '/app', body);
  const id = expect.stringMatching(/^app_\w{27}$/);
  expect(made).toEqual({ ...body, rateLimit: 7, id, createdAt: time, updatedAt: time });
  const patched = await sender.ask('PATCH', '/app/shop', { name: 'New', throttleRate: null, metadata: {} });
  expect(patched).toMatchObject({ name: 'New', uid: 'shop', throttleRate: null, metadata: {} });
  expect((await sender.ask('PATCH', '/app/shop', { uid: 'store' }))['uid']).toBe('store');
});

it('applications are listed by limit, iterator, order and what endpoints they have', async () => {
  await sender.ask('POST', '/app', { name: 'Empty', uid: 'empty' });
  const first = await sender.ask('GET', '/app?limit=1&order=descending');
  expect(first).toMatchObject({ done: false, prevIterator: `-${first['data'][0].id}` });
  const next = await sender.ask('GET', `/app?limit=250&order=descending&iterator=${first['iterator']}`);
  expect([column(first, 'uid'), next['done']]).toEqual([['empty'], true]);
  const uids = async (query: string) => column(await sender.ask('GET', `/app?${query}`), 'uid');
  expect(await uids('exclude_apps_with_no_endpoints=true')).toEqual(['acme']);
  await sender.ask('POST', '/app', { name: 'Off', uid: 'off' });
  await sender.ask('POST', '/app/off/endpoint', { url: 'https://example.com', disabled: true });
  expect(await uids('exclude_apps_with_disabled_endpoints=true')).not.toContain('off');
  await sender.ask('PATCH', '/app/off', { uid: 'play' });
  await sender.ask('POST', '/app/play/endpoint', { url: 'https://play.svix.com/in/e_x/', uid: 'p' });
  for (const one of (await sender.ask('GET', '/app/play/endpoint'))['data'])
    if (one.uid !== 'p') await sender.ask('DELETE', `/app/play/endpoint/${one.id}`);
  expect(await uids('exclude_apps_with_svix_play_endpoints=true')).not.toContain('play');
});

it('event types keep and return their fields', async () => {
  const schemas = { 1: { type: 'object', examples: [{ n: 1 }, { n: 2 }] } };
  const fields = {
    ...{ description: 'd', archived: false, deprecated: true, schemas },
    ...{ featureFlags: ['beta', 'gold'], groupName: 'orders' },
  };
  const made = await sender.ask('POST', '/event-type', { name: 'order.new', ...fields });
  const whole = { name: 'order.new', ...fields, featureFlag: 'beta', createdAt: time, updatedAt: time };
  expect(made).toEqual(whole);
  const change = { description: 'e', archived: true, deprecated: false, groupName: 'g', featureFlags: null };
  const { featureFlags: _, ...seen } = change;
  expect(await sender.ask('PATCH', '/event-type/order.new', { ...change, schemas: null })).toMatchObject({
    ...{ ...seen, featureFlag: null, schemas: null },
  });
  expect(await sender.ask('PUT', '/event-type/order.new', fields)).toEqual(whole);
});

it('event types are listed by limit, iterator, include_archived and with_content', async () => {
  for (const name of ['z.one', 'z.two'])
    await sender.ask('POST', '/event-type', { name, description: '', schemas: { 1: {} } });
  await sender.ask('DELETE', '/event-type/z.two');
  const list = (query: string) => sender.ask('GET', `/event-type?iterator=y&${query}`);
  expect(column(await list('limit=5'), 'name')).toEqual(['z.one']);
  const all = await list('include_archived=true&with_content=true&order=descending');
  expect(all).toMatchObject({ iterator: 'z.two', prevIterator: '-z.one', done: true });
  expect(all['data']).toMatchObject([{ schemas: { 1: {} } }, { schemas: { 1: {} } }]);
  await sender.ask('POST', '/event-type', { name: 'z.gone', description: '' });
  expect((await sender.send('DELETE', '/event-type/z.gone?expunge=true')).status).toBe(204);
  expect((await sender.send('GET', '/event-type/z.gone')).status).toBe(404);
});

it('event types are imported by spec, specRaw, dryRun and replaceAll', async () => {
  const { ask } = await freshSender();
  const importing = async (body: Body): Promise<Body> =>
    (await ask('POST', '/event-type/import/openapi', body))['data'] as Body;
  const webhook = {
    post: {
      ...{
        description: 'Paid',
        deprecated: true,
        'x-svix-feature-flags': ['beta'],
        'x-svix-group-name': 'g',
      },
      requestBody: { content: { 'application/json': { schema: { type: 'object' } } } },
    },
  };
  const spec = { openapi: '3.1.0', webhooks: { 'order.paid': webhook } };
  const described = {
    name: 'order.paid',
    description: 'Paid',
    deprecated: true,
    schemas: { 1: { type: 'object' } },
  };
  expect(await importing({ spec, dryRun: true })).toEqual({
    modified: ['order.paid'],
    to_modify: [{ ...described, featureFlags: ['beta'], groupName: 'g' }],
  });
  expect((await ask('GET', '/event-type'))['data']).toEqual([]);
  expect(await importing({ specRaw: JSON.stringify(spec) })).toEqual({ modified: ['order.paid'] });
  expect(await ask('GET', '/event-type/order.paid')).toMatchObject({
    ...described,
    featureFlags: ['beta'],
    groupName: 'g',
  });
  const other = { openapi: '3.1.0', webhooks: { other: {} } };
  expect((await importing({ spec: other, replaceAll: true }))['modified']).toEqual(['order.paid', 'other']);
  expect((await ask('GET', '/event-type/order.paid'))['archived']).toBe(true);
});

it('an environment is exported and imported with its eventTypes and settings', async () => {
  const [from, to] = [await freshSender({ retrySchedule: [7, 8] }), await freshSender()];
  const eventType = {
    name: 'order.paid',
    description: 'Paid',
    archived: true,
    schemas: { 1: {} },
    groupName: 'g',
  };
  await from.ask('POST', '/event-type', eventType);
  const exported = await from.ask('POST', '/environment/export');
  expect(exported).toMatchObject({ version: 1, createdAt: time, connectors: [] });
  expect([exported['eventTypes'].length, exported['settings'].retrySchedule]).toEqual([1, [7, 8]]);
  const { eventTypes, settings } = exported;
  const connectors = [{ name: 'Slack', transformation: 'handler = (input) => input' }];
  const answer = await to.send('POST', '/environment/import', { eventTypes, settings, connectors });
  expect([answer.status, answer.headers.get('import-ignored')]).toEqual([204, 'connectors']);
  const again = await to.ask('POST', '/environment/export');
  const times = { createdAt: time, updatedAt: time };
  const expected = (eventTypes as readonly Body[]).map((one) => ({ ...one, ...times }));
  expect([again['eventTypes'], again['settings']]).toEqual([expected, settings]);
});

const KEY = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';

it('endpoints keep and return their fields', async () => {
  await sender.ask('POST', '/event-type', { name: 'used', description: '' });
  const fields = {
    ...{ url: 'https://example.com/a', uid: 'whole', description: 'd', throttleRate: 9, disabled: true },
    ...{ eventTypes: ['used'], channels: ['eu'], metadata: { a: 'b' } },
  };
  const given = { secret: KEY, headers: { 'X-One': '1', 'x-api-key': 'k' } };
  const made = await sender.ask('POST', `${APP}/endpoint`, { ...fields, ...given });
  const id = expect.stringMatching(/^ep_\w{27}$/);
  expect(made).toMatchObject({ ...fields, id, createdAt: time, updatedAt: time });
  const one = `${APP}/endpoint/whole`;
  expect(await sender.ask('GET', `${one}/secret`)).toEqual({ key: KEY });
  expect(await sender.ask('GET', `${one}/headers`)).toEqual({
    headers: { 'X-One': '1' },
    sensitive: ['x-api-key'],
  });
  const other = {
    ...{ url: 'https://example.com/b', uid: 'whole', description: '', throttleRate: null, disabled: false },
    ...{ eventTypes: null, channels: null, metadata: {} },
  };
  expect(await sender.ask('PATCH', one, other)).toMatchObject(other);
  expect(await sender.ask('PUT', one, fields)).toMatchObject(fields);
});

it('endpoints are listed by limit, iterator and order', async () => {
  for (const uid of ['l1', 'l2']) await sender.ask('POST', `${APP}/endpoint`, { url: 'https://e.com', uid });
  const first = await sender.ask('GET', `${APP}/endpoint?limit=1&order=descending`);
  expect([first['data'][0].uid, first['done']]).toEqual(['l2', false]);
  expect(first['prevIterator']).toBe(`-${first['iterator']}`);
  const next = await sender.ask('GET', `${APP}/endpoint?limit=1&iterator=${first['iterator']}`);
  expect(column(next, 'uid')).toEqual(['l1']);
  for (const uid of ['l1', 'l2']) await sender.send('DELETE', `${APP}/endpoint/${uid}`);
});

it('headers are replaced, set and removed by deleteHeaders', async () => {
  await sender.endpoint('heads', '/fields/heads', { channels: ['heads'] });
  const path = `${APP}/endpoint/heads/headers`;
  await sender.send('PUT', path, { headers: { 'X-One': '1', 'X-Two': '2', 'X-Three': '3' } });
  await sender.send('PATCH', path, { headers: { 'x-two': 'two' }, deleteHeaders: ['x-one'] });
  expect(await sender.ask('GET', path)).toEqual({
    headers: { 'X-Three': '3', 'x-two': 'two' },
    sensitive: [],
  });
  const { id } = await sender.publish({ channels: ['heads'] });
  const webhooks = await sender.received(String(id), 2);
  const sent = headersOf(webhooks.find(({ path: at }) => at.includes('/fields/heads'))!);
  expect([sent['x-one'], sent['x-two'], sent['x-three']]).toEqual([undefined, 'two', '3']);
});

it('a secret is rotated to a key, with its gracePeriodSeconds', async () => {
  await sender.endpoint('rotated', '/fields/rotated', { channels: ['rotated'] });
  const rotate = `${APP}/endpoint/rotated/secret/rotate`;
  const signatures = async () => {
    const { id } = await sender.publish({ channels: ['rotated'] });
    const webhooks = await sender.received(String(id), 2);
    const sent = headersOf(webhooks.find(({ path: at }) => at.includes('/fields/rotated'))!);
    return (sent['svix-signature'] ?? '').split(' ').length;
  };
  await sender.send('POST', rotate, { key: KEY, gracePeriodSeconds: 3600 });
  expect(await sender.ask('GET', `${APP}/endpoint/rotated/secret`)).toEqual({ key: KEY });
  expect(await signatures()).toBe(2);
  for (let count = 0; count < 12; count += 1)
    expect((await sender.send('POST', rotate, { key: KEY })).status).toBe(204);
  expect(await signatures()).toBe(2);
});

it('messages keep and return their fields', async () => {
  const deliverAt = new Date(Date.now() + 3_600_000).toISOString();
  const fields = {
    ...{ eventType: 'used', eventId: 'e1', payload: { n: 1 }, channels: ['eu'], tags: ['vip', 'a/b#c'] },
    ...{ deliverAt },
  };
  const more = { payloadRetentionPeriod: null, payloadRetentionHours: 48, transformationsParams: { x: [1] } };
  const made = await sender.ask('POST', `${APP}/msg`, { ...fields, ...more });
  const id = expect.stringMatching(/^msg_\w{27}$/);
  expect(made).toEqual({ ...fields, id, timestamp: time });
  expect(await sender.ask('GET', `${APP}/msg/e1`)).toEqual(made);
  expect((await sender.ask('GET', `${APP}/msg/e1?with_content=false`))['payload']).toEqual({});
  const withheld = { eventType: 'used', payload: { n: 1 }, deliverAt };
  expect((await sender.ask('POST', `${APP}/msg?with_content=false`, withheld))['payload']).toEqual({});
  const application = { name: 'Made', uid: 'made', metadata: { a: '1' } };
  await sender.ask('POST', '/app/made/msg', { eventType: 'used', payload: {}, application });
  expect(await sender.ask('GET', '/app/made')).toMatchObject(application);
});

it('messages are listed by limit, iterator, channel, tag, event_types, before, after and with_content', async () => {
  const start = new Date().toISOString();
  const one = await sender.publish({ channels: ['ch'], tags: ['t1'], eventType: 'used' });
  const two = await sender.publish({ tags: ['t2', 't1'] });
  const ids = async (query: string) => column(await sender.ask('GET', `${APP}/msg?${query}`), 'id');
  expect(await ids('tag=t1')).toEqual([two['id'], one['id']]);
  expect(await ids('tag=t2&event_types=order.paid,x')).toEqual([two['id']]);
  expect(await ids('channel=ch')).toEqual([one['id']]);
  expect(await ids(`after=${start}&event_types=used`)).toEqual([one['id']]);
  expect(await ids(`before=${start}&tag=t1`)).toEqual([]);
  const page = await sender.ask('GET', `${APP}/msg?limit=1&with_content=false`);
  expect([page['data'][0].payload, page['done'], page['prevIterator']]).toEqual([{}, false, `-${two['id']}`]);
  expect(await ids(`limit=1&iterator=${page['iterator']}`)).toEqual([one['id']]);
});

it('attempts print their fields and are found by tag, with their messages', async () => {
  const start = new Date().toISOString();
  const message = await sender.publish({ tags: ['try'], channels: ['tries'], eventType: 'used' });
  const msgId = String(message['id']);
  const [attempt] = await sender.attempts(msgId);
  const { id: endpointId, url } = await sender.ask('GET', `${APP}/endpoint/hook`);
  expect(attempt).toEqual({
    ...{ url, msgId, endpointId, response: 'fine', responseStatusCode: 200, status: 0, triggerType: 0 },
    ...{ responseDurationMs: expect.any(Number), statusText: 'success', timestamp: time },
    id: expect.stringMatching(/^atmpt_\w{27}$/),
  });
  const one = `${APP}/msg/${msgId}/attempt/${attempt!['id']}`;
  expect(await sender.ask('GET', `${one}?expanded_statuses=true`)).toEqual(attempt);
  const filters = 'tag=try&channel=tries&event_types=used&status=0&status_code_class=200&limit=9';
  const hook = `${APP}/attempt/endpoint/hook`;
  const query = `${filters}&after=${start}&expanded_statuses=true&with_content=false&with_msg=true`;
  const listed = await eventually(
    () => sender.ask('GET', `${hook}?${query}`),
    ({ data }) => (data as Body[]).length === 1,
  );
  expect(listed).toMatchObject({ done: true, iterator: attempt!['id'], prevIterator: `-${attempt!['id']}` });
  expect(listed['data'][0]).toMatchObject({ response: '{}', msg: { ...message, payload: {} } });
  for (const nothing of ['tag=other', `before=${start}&tag=try`, `iterator=${attempt!['id']}&tag=try`])
    expect((await sender.ask('GET', `${hook}?${nothing}`))['data']).toEqual([]);
  const byMessage = `${APP}/attempt/msg/${msgId}?${filters}&endpoint_id=hook&expanded_statuses=true`;
  expect(column(await sender.ask('GET', `${byMessage}&after=${start}`), 'id')).toEqual([attempt!['id']]);
  for (const nothing of [
    'tag=other',
    'status_code_class=500',
    `before=${start}`,
    `iterator=${attempt!['id']}`,
  ])
    expect(
      (await sender.ask('GET', `${APP}/attempt/msg/${msgId}?${nothing}&with_content=false`))['data'],
    ).toEqual([]);
});

it('attempted messages and destinations print their fields and are found by theirs', async () => {
  const start = new Date().toISOString();
  const message = await sender.publish({ tags: ['seen'], channels: ['seen'], eventId: 'seen' });
  // A message with deliverAt appears in this list after its first attempt.
  expect(message).toMatchObject({ timestamp: time });
  const id = String(message['id']);
  const list = `${APP}/endpoint/hook/msg`;
  const filters = `tag=seen&channel=seen&status=0&event_types=order.paid&after=${start}&limit=3`;
  const page = await eventually(
    () => sender.ask('GET', `${list}?${filters}&expanded_statuses=true`),
    ({ data }) => (data as Body[]).length === 1,
  );
  expect(page).toEqual({
    data: [{ ...message, status: 0, statusText: 'success' }],
    ...{ iterator: id, prevIterator: `-${id}`, done: true },
  });
  const withheld = await sender.ask('GET', `${list}?tag=seen&with_content=false`);
  expect(withheld['data'][0]).toMatchObject({ eventId: 'seen', eventType: 'order.paid', payload: {} });
  for (const nothing of ['tag=none', `before=${start}&tag=seen`, `iterator=${id}&tag=seen`])
    expect((await sender.ask('GET', `${list}?${nothing}`))['data']).toEqual([]);
  const endpoint = await sender.ask('GET', `${APP}/endpoint/hook`);
  const { metadata: _, ...printed } = endpoint;
  expect(printed).toMatchObject({
    ...{
      uid: 'hook',
      description: '',
      throttleRate: null,
      disabled: false,
      eventTypes: null,
      channels: null,
    },
    ...{ url: expect.stringContaining('/fields'), createdAt: time, updatedAt: time },
  });
  const to = await sender.ask('GET', `${APP}/msg/${id}/endpoint?limit=1`);
  expect(to).toEqual({
    data: [{ ...printed, status: 0, statusText: 'success', nextAttempt: null }],
    ...{ iterator: endpoint['id'], prevIterator: `-${endpoint['id']}`, done: true },
  });
  const after = await sender.ask('GET', `${APP}/msg/${id}/endpoint?iterator=${endpoint['id']}`);
  expect(after['data']).toEqual([]);
  await sender.endpoint('fails', '/fields/fails?status=500', { channels: ['fails'] });
  const failing = await sender.publish({ channels: ['fails'] });
  const waiting = await eventually(
    () => sender.ask('GET', `${APP}/endpoint/fails/msg?status=3`),
    ({ data }) => (data as Body[]).length === 1,
  );
  expect(waiting['data'][0]).toMatchObject({ id: failing['id'], statusText: 'sending', nextAttempt: time });
  await sender.ask('PATCH', `${APP}/endpoint/fails`, { disabled: true });
});

it('statistics count between since and until', async () => {
  const since = new Date(Date.now() - 3_600_000).toISOString();
  const counted = await eventually(
    () => sender.ask('GET', `${APP}/endpoint/hook/stats?since=${since}`),
    ({ success }) => Number(success) > 0,
  );
  expect(counted).toMatchObject({ fail: 0, pending: 0, sending: 0, canceled: 0 });
  const none = await sender.ask('GET', `${APP}/endpoint/hook/stats?until=${since}`);
  expect(none).toEqual({ success: 0, fail: 0, pending: 0, sending: 0, canceled: 0 });
  const long = new Date(Date.now() - 7_200_000).toISOString();
  const hours = (query: string) => sender.ask('GET', `${APP}/endpoint/hook/attempt-stats?${query}`);
  const whole = await eventually(
    () => hours(`since=${since}`),
    ({ success }) => Number(success) > 0,
  );
  expect(whole).toMatchObject({ fail: 0, canceled: 0 });
  expect(await hours(`until=${long}`)).toEqual({ success: 0, fail: 0, canceled: 0 });
});

it('attempts are counted by application between since and until, for appIds', async () => {
  const hour = 3_600_000;
  const at = (ms: number) => new Date(Date.now() + ms).toISOString();
  const usage = { since: at(-hour), until: at(-hour / 2), appIds: ['acme', 'nowhere'] };
  const started = await sender.ask('POST', '/stats/usage/app', usage);
  expect(started).toEqual({
    ...{
      id: expect.stringMatching(/^qtask_/),
      status: 'running',
      task: 'application.stats',
      updatedAt: time,
    },
    unresolvedAppIds: ['nowhere'],
  });
  const types = await sender.ask('PUT', '/stats/usage/event-types');
  const { id, status, task, updatedAt } = types;
  expect([id, status, task, updatedAt]).toEqual([
    expect.stringMatching(/^qtask_/),
    'running',
    'event-type.aggregate',
    time,
  ]);
  const finished = await eventually(
    () => sender.ask('GET', `/background-task/${started['id']}`),
    (one) => one['status'] === 'finished',
  );
  expect(finished['data'].appStats).toMatchObject([{ appUid: 'acme', messageDestinations: 0 }]);
});

it('an example is sent by eventType, exampleIndex or payload', async () => {
  const send = async (body: object) => {
    const { id } = await sender.ask('POST', `${APP}/endpoint/hook/send-example`, body);
    return bodyOf((await sender.received(String(id)))[0]!);
  };
  const schemas = { 1: { examples: [{ n: 1 }, { n: 2 }] } };
  await sender.ask('POST', '/event-type', { name: 'shown', description: '', schemas });
  expect(await send({ eventType: 'shown', exampleIndex: 1 })).toBe('{"n":2}');
  expect(await send({ eventType: 'shown', payload: { own: true } })).toBe('{"own":true}');
  expect(await send({ eventType: 'svix.ping', payload: null })).toBe('{"success": true}');
});

it('replays take since, until and their filters, and their tasks are listed', async () => {
  await sender.endpoint('again', '/fields/again?status=500', { channels: ['again'] });
  const since = new Date(Date.now() - 60_000).toISOString();
  await sender.publish({ channels: ['again'], tags: ['again', 'x'] });
  await eventually(
    () => sender.ask('GET', `${APP}/attempt/endpoint/again`),
    ({ data }) => (data as Body[]).length === 1,
  );
  const until = new Date().toISOString();
  const count = async (body: object) =>
    (await sender.ask('POST', `${APP}/endpoint/again/bulk-replay?dry_run=true`, { since, until, ...body }))[
      'messages'
    ] as unknown;
  const filters = { channel: 'again', eventTypes: ['order.paid'], status: 3, statusCodeClass: 500 };
  expect(await count({ ...filters, tag: 'again' })).toBe(1);
  expect([
    await count({ tag: 'other' }),
    await count({ statusCodeClass: 200 }),
    await count({ status: 0 }),
  ]).toEqual([0, 0, 0]);
  expect([await count({ channel: 'no' }), await count({ eventTypes: ['no'] })]).toEqual([0, 0]);
  expect(await count({ until: since })).toBe(0);
  const started = async (path: string) =>
    sender.ask('POST', `${APP}/endpoint/again/${path}`, { since, until });
  const recover = await started('recover');
  const summary = { id: expect.stringMatching(/^qtask_\w{27}$/), status: 'running', updatedAt: time };
  expect(recover).toEqual({ ...summary, task: 'endpoint.recover' });
  expect(await started('replay-missing')).toEqual({ ...summary, task: 'endpoint.replay' });
  const task = await eventually(
    () => sender.ask('GET', `/background-task/${recover['id']}`),
    ({ status }) => status === 'finished',
  );
  expect(task).toMatchObject({ id: recover['id'], task: 'endpoint.recover', updatedAt: time });
  expect(task['data']).toMatchObject({ since, until });
  const list = (query: string) => sender.ask('GET', `/background-task?${query}`);
  const found = await list('status=finished&task=endpoint.recover&limit=1&order=ascending');
  expect(found).toMatchObject({ iterator: recover['id'], prevIterator: `-${recover['id']}`, done: true });
  expect((await list(`task=endpoint.recover&iterator=${recover['id']}`))['data']).toEqual([]);
});

it('a portal link is made with its application, featureFlags, readOnly, capabilities, expiry and sessionId', async () => {
  const application = { name: 'Portal', uid: 'portal' };
  const access = async (body: object) =>
    sender.ask('POST', '/auth/app-portal-access/portal', { application, ...body });
  const asPortal = async (body: object) => apiAt(sender.serverUrl, String((await access(body))['token']));
  const { url, token } = await access({ expiry: 3600, sessionId: 'user@1' });
  const key = Buffer.from(String(url).split('#key=')[1] ?? '', 'base64url').toString();
  expect(JSON.parse(key)).toMatchObject({ token });
  const claims = JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString());
  expect(claims.exp - claims.iat).toBe(3600);
  expect((await apiAt(sender.serverUrl, String(token))('GET', '/auth/whoami')).json.sessionId).toBe('user@1');
  await sender.ask('POST', '/app/portal/endpoint', { url: 'https://example.com', uid: 'ep' });
  const secret = '/app/portal/endpoint/ep/secret';
  const statuses = async (body: object) => {
    const portal = await asPortal(body);
    return [
      (await portal('GET', '/app/portal')).status,
      (await portal('GET', secret)).status,
      (await portal('PATCH', '/app/portal/endpoint/ep', {})).status,
    ];
  };
  expect(await statuses({})).toEqual([200, 200, 200]);
  expect(await statuses({ readOnly: true })).toEqual([200, 403, 403]);
  expect(await statuses({ capabilities: ['ViewBase', 'ViewEndpointSecret'] })).toEqual([200, 200, 403]);
  const flagged = await asPortal({ featureFlags: ['gold'] });
  expect((await flagged('GET', '/event-type/order.new')).status).toBe(200);
  expect((await (await asPortal({}))('GET', '/event-type/order.new')).status).toBe(404);
});

it('tokens of the portal end by sessionIds, after expiry, and all at once', async () => {
  await sender.ask('POST', '/app', { name: 'Ended', uid: 'ended' });
  const portal = async (body: object = {}) => {
    const { token } = await sender.ask('POST', '/auth/app-portal-access/ended', body);
    const send = apiAt(sender.serverUrl, String(token));
    return async () => (await send('GET', '/app/ended')).status;
  };
  const expireAll = async (body: object) =>
    (await sender.send('POST', '/auth/app/ended/expire-all', body)).status;
  const [ann, bob, other] = [
    await portal({ sessionId: 'ann' }),
    await portal({ sessionId: 'bob' }),
    await portal(),
  ];
  expect(await expireAll({ sessionIds: ['ann'], expiry: 0 })).toBe(204);
  expect([await ann(), await bob(), await other()]).toEqual([401, 200, 200]);
  expect(await expireAll({ expiry: 3_600 })).toBe(204);
  expect([await bob(), await other()]).toEqual([200, 200]);
  expect(await expireAll({})).toBe(204);
  expect([await bob(), await other(), await (await portal())()]).toEqual([401, 401, 200]);
});

it('every POST is repeated under its idempotency-key', async () => {
  const key = { 'idempotency-key': 'fields' };
  const post = () => sender.send('POST', '/app', { name: 'Once' }, key);
  expect((await post()).json.id).toBe((await post()).json.id);
});

it('a precheck answers from the present by eventType and channels, whatever its idempotency-key', async () => {
  await sender.ask('POST', '/app', { name: 'Checked', uid: 'checked' });
  const key = { 'idempotency-key': 'precheck' };
  const precheck = async (body: object): Promise<unknown> =>
    (await sender.send('POST', '/app/checked/msg/precheck/active', body, key)).json;
  const body = { eventType: 'used', channels: ['eu', 'us'] };
  expect(await precheck(body)).toEqual({ active: false });
  const filters = { eventTypes: ['used'], channels: ['eu'] };
  await sender.ask('POST', '/app/checked/endpoint', { url: 'https://example.com', uid: 'ep', ...filters });
  expect(await precheck(body)).toEqual({ active: true });
  expect(await precheck({ ...body, channels: ['us'] })).toEqual({ active: false });
  expect(await precheck({ ...body, eventType: 'other' })).toEqual({ active: false });
});

it('contents are expunged by ids, and all at once in a task', async () => {
  await sender.ask('POST', '/app', { name: 'Erased', uid: 'erased' });
  const publish = (eventId: string, payload: object) =>
    sender.ask('POST', '/app/erased/msg', { eventType: 'used', eventId, payload });
  await publish('one', { n: 1 });
  // Does not compress, so it is stored in S3.
  const large = { n: randomBytes(20_000).toString('base64') };
  await publish('two', large);
  const { results } = await sender.ask('POST', '/app/erased/msg/bulk-expunge', { ids: ['one', 'none'] });
  expect(results).toEqual({ one: 'expunged', none: 'not-found' });
  const payload = async (id: string): Promise<unknown> =>
    (await sender.ask('GET', `/app/erased/msg/${id}`))['payload'];
  expect([await payload('one'), await payload('two')]).toEqual([{ expired: true }, large]);
  const task = await sender.ask('POST', '/app/erased/msg/expunge-all-contents');
  const id = expect.stringMatching(/^qtask_\w{27}$/);
  expect(task).toEqual({ id, status: 'running', task: 'application.purge_content', updatedAt: time });
  const done = await eventually(
    () => sender.ask('GET', `/background-task/${task['id']}`),
    ({ status }) => status === 'finished',
  );
  expect(done['data']).toMatchObject({ messagesPurged: 1, progress: 1 });
  expect(await payload('two')).toEqual({ expired: true });
});

it('endpoints of operational webhooks keep and return their fields', async () => {
  const PATH = '/operational-webhook/endpoint';
  const fields = {
    ...{ url: 'https://example.com/alerts', description: 'd', throttleRate: 5, uid: 'alerts' },
    ...{ disabled: true, eventTypes: ['endpoint.disabled'], metadata: { a: 'b' } },
  };
  const secret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
  const made = await sender.ask('POST', PATH, {
    ...fields,
    secret,
    headers: { 'X-One': '1', 'X-Api-Key': 'k' },
  });
  const id = expect.stringMatching(/^ep_\w{27}$/);
  expect(made).toEqual({ ...fields, id, createdAt: time, updatedAt: time });
  const headers = () => sender.ask('GET', `${PATH}/alerts/headers`);
  expect(await headers()).toEqual({ headers: { 'X-One': '1' }, sensitive: ['X-Api-Key'] });
  await sender.send('PUT', `${PATH}/alerts/headers`, { headers: { 'X-Two': '2' } });
  expect(await headers()).toEqual({ headers: { 'X-Two': '2' }, sensitive: [] });
  const key = async (): Promise<unknown> => (await sender.ask('GET', `${PATH}/alerts/secret`))['key'];
  expect(await key()).toBe(secret);
  const next = { key: `whsec_${Buffer.alloc(24, 7).toString('base64')}`, gracePeriodSeconds: 0 };
  expect((await sender.send('POST', `${PATH}/alerts/secret/rotate`, next)).status).toBe(204);
  expect(await key()).toBe(next.key);
  const update = { ...fields, description: 'e', eventTypes: null, throttleRate: null, metadata: {} };
  expect(await sender.ask('PUT', `${PATH}/alerts`, update)).toMatchObject(update);
  await sender.ask('POST', PATH, { url: 'https://example.com' });
  const first = await sender.ask('GET', `${PATH}?limit=1&order=ascending`);
  expect([column(first, 'uid'), first['done'], first['prevIterator']]).toEqual([
    ...[['alerts'], false, `-${made['id']}`],
  ]);
  const rest = await sender.ask('GET', `${PATH}?order=ascending&iterator=${first['iterator']}`);
  expect([column(rest, 'uid'), rest['done'], rest['data'].length]).toEqual([[null], true, 1]);
});
