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

it('the same key answers the same, whatever the body', async () => {
  const first = await post('body', { name: 'first' });
  same(first, await post('body', { name: 'second' }));
  same(first, await post('body', 'no JSON'));
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

it('an empty key is one; one that is not ASCII is none', async () => {
  same(await post(''), await post(''));
  const odd = () => post('\u00e9');
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
