import { beforeAll, expect, it } from 'vitest';
import { apiAt, freshTenant } from '../../support/api.ts';
import type { Answer, Tenant } from '../../support/api.ts';

/** The Idempotency-Key header, on every POST. */
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

it('the same key answers the same, whatever the body, and says so', async () => {
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

it('a repeated publish says so, and whether its body is another one', async () => {
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

it('a publish to an application that was created anew is a new message', async () => {
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
])('%s is made once', async (_name, path, body) => {
  const first = await post('once', body, path);
  expect(first.status).toBeLessThan(300);
  same(first, await post('once', body, path));
});

it('an empty answer is repeated too', async () => {
  await tenant.ask('POST', '/app/acme/endpoint', { url: 'https://example.com', uid: 'rotated' });
  const path = '/app/acme/endpoint/rotated/secret/rotate';
  const secret = () => tenant.ask('GET', '/app/acme/endpoint/rotated/secret');
  expect((await post('empty', {}, path)).status).toBe(204);
  const after = await secret();
  expect((await post('empty', {}, path)).status).toBe(204);
  expect(await secret()).toEqual(after);
});

it('a key belongs to its caller and its URI: slashes at the end do not count, a question mark does', async () => {
  const first = await post('uri');
  same(first, await post('uri', { name: 'x' }, '/app/'));
  expect((await post('uri', { name: 'x' }, '/app?get_if_exists=false')).json.id).not.toBe(first.json.id);
  const other = await freshTenant();
  const theirs = await other.send('POST', '/app', { name: 'x' }, { 'idempotency-key': 'uri' });
  expect(theirs.json.id).not.toBe(first.json.id);
});

it('other answers than successes are not kept', async () => {
  expect((await post('failed', { name: '' })).status).toBe(422);
  expect((await post('failed', { name: 'x' })).status).toBe(201);
});

it.each(['', ' ', '   ', '\u00e9'])('%j is no key', async (key) => {
  const odd = () => post(key);
  expect((await odd()).json.id).not.toBe((await odd()).json.id);
});

it('GET, PUT and PATCH know no keys', async () => {
  const put = (name: string) =>
    tenant.send('PUT', '/app/acme', { name, uid: 'acme' }, { 'idempotency-key': 'put' });
  expect((await put('one')).json.name).toBe('one');
  expect((await put('two')).json.name).toBe('two');
});

it('the creation of what was deleted since is still repeated', async () => {
  const first = await post('deleted');
  await tenant.send('DELETE', `/app/${String(first.json.id)}`);
  same(first, await post('deleted'));
  expect((await tenant.send('GET', `/app/${String(first.json.id)}`)).status).toBe(404);
});

it('a key without credentials protects nothing', async () => {
  const answer = await apiAt(tenant.serverUrl, null)('POST', '/app', {}, { 'idempotency-key': 'body' });
  expect(answer.status).toBe(401);
});

it('twins at the same time make one thing, and both are told of it', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => post('twins')));
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
});
