import { beforeAll, expect, it } from 'vitest';
import { apiAt, freshTenant } from '../../support/api.ts';
import type { Answer, Tenant } from '../../support/api.ts';

/** The header Idempotency-Key on POST requests. */
let tenant: Tenant;

beforeAll(async () => {
  tenant = await freshTenant();
  await tenant.ask('POST', '/app', { name: 'Acme', uid: 'acme' });
});

const post = (key: string, body: unknown = { name: 'x' }, path = '/app'): Promise<Answer> =>
  tenant.send('POST', path, body, { 'idempotency-key': key });
const same = (one: Answer, other: Answer) =>
  expect([other.status, other.text]).toEqual([one.status, one.text]);

const marks = ({ headers }: Answer) => [
  headers.get('idempotency-replayed'),
  headers.get('idempotency-mismatch'),
];

it('Idempotency-Key: a repeat gets the stored response, whatever its body, with headers that say so', async () => {
  const first = await post('body', { name: 'first' });
  expect(marks(first)).toEqual([null, null]);
  const repeat = await post('body', { name: 'first' });
  same(first, repeat);
  expect(marks(repeat)).toEqual(['true', null]);
  for (const body of [{ name: 'second' }, 'no JSON']) {
    const other = await post('body', body);
    same(first, other);
    expect(marks(other)).toEqual(['true', 'true']);
  }
});

it('Idempotency-Key: a repeated publish gets the stored response, with headers that say so', async () => {
  const send = (body: unknown) => post('publish', body, '/app/acme/msg');
  const first = await send({ eventType: 'a', payload: { n: 1 } });
  expect(marks(first)).toEqual([null, null]);
  const repeat = await send({ eventType: 'a', payload: { n: 1 } });
  same(first, repeat);
  expect(marks(repeat)).toEqual(['true', null]);
  for (const body of [{ eventType: 'b', payload: {} }, 'no JSON']) {
    const other = await send(body);
    same(first, other);
    expect(marks(other)).toEqual(['true', 'true']);
  }
});

it('Idempotency-Key: a repeated publish to an application that was deleted and created again is a new message', async () => {
  const send = () => post('anew', { eventType: 'a', payload: {} }, '/app/anew/msg');
  const create = () => tenant.ask('POST', '/app', { name: 'Anew', uid: 'anew' });
  await create();
  const first = await send();
  await tenant.send('DELETE', '/app/anew');
  await create();
  const second = await send();
  expect([second.status, second.json.id === first.json.id, marks(second)]).toEqual([
    202,
    false,
    [null, null],
  ]);
  same(second, await send());
  expect((await tenant.send('GET', `/app/anew/msg/${String(second.json.id)}`)).status).toBe(200);
});

it.each([
  ['an endpoint', '/app/acme/endpoint', { url: 'https://example.com' }],
  ['a message', '/app/acme/msg', { eventType: 'a', payload: { n: 1 } }],
  ['an event type', '/event-type', { name: 'order.paid', description: '' }],
  ['a portal link', '/auth/app-portal-access/acme', {}],
])('Idempotency-Key: %s is created once', async (_name, path, body) => {
  const first = await post('once', body, path);
  expect(first.status).toBeLessThan(300);
  same(first, await post('once', body, path));
});

it('Idempotency-Key: a repeated rotation of a secret gets 204 and does not rotate again', async () => {
  await tenant.ask('POST', '/app/acme/endpoint', { url: 'https://example.com', uid: 'rotated' });
  const path = '/app/acme/endpoint/rotated/secret/rotate';
  const secret = () => tenant.ask('GET', '/app/acme/endpoint/rotated/secret');
  expect((await post('empty', {}, path)).status).toBe(204);
  const after = await secret();
  expect((await post('empty', {}, path)).status).toBe(204);
  expect(await secret()).toEqual(after);
});

it('Idempotency-Key: a key is scoped to organization and URI; the query counts, trailing slashes do not', async () => {
  const first = await post('uri');
  same(first, await post('uri', { name: 'x' }, '/app/'));
  expect((await post('uri', { name: 'x' }, '/app?get_if_exists=false')).json.id).not.toBe(first.json.id);
  const other = await freshTenant();
  const theirs = await other.send('POST', '/app', { name: 'x' }, { 'idempotency-key': 'uri' });
  expect(theirs.json.id).not.toBe(first.json.id);
});

it('Idempotency-Key: a refused request stores no response, so the next one is executed', async () => {
  expect((await post('failed', { name: '' })).status).toBe(422);
  expect((await post('failed', { name: 'x' })).status).toBe(201);
});

it.each(['', ' ', '   ', '\u00e9'])('Idempotency-Key: %j is ignored', async (key) => {
  const create = () => post(key);
  expect((await create()).json.id).not.toBe((await create()).json.id);
});

it('Idempotency-Key: PUT ignores the header', async () => {
  const put = (name: string) =>
    tenant.send('PUT', '/app/acme', { name, uid: 'acme' }, { 'idempotency-key': 'put' });
  expect((await put('one')).json.name).toBe('one');
  expect((await put('two')).json.name).toBe('two');
});

it('Idempotency-Key: a repeated create gets the stored response although the object was deleted since', async () => {
  const first = await post('deleted');
  await tenant.send('DELETE', `/app/${String(first.json.id)}`);
  same(first, await post('deleted'));
  expect((await tenant.send('GET', `/app/${String(first.json.id)}`)).status).toBe(404);
});

it('Idempotency-Key: a request without a token gets 401 although its key has a stored response', async () => {
  const answer = await apiAt(tenant.serverUrl, null)('POST', '/app', {}, { 'idempotency-key': 'body' });
  expect(answer.status).toBe(401);
});

it('Idempotency-Key: ten concurrent requests with one key get the same response', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => post('concurrent')));
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
});
