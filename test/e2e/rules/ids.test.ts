import { beforeAll, expect, it } from 'vitest';
import { column, freshTenant } from '../../support/api.ts';
import type { Tenant } from '../../support/api.ts';

/** Ids and uids. */
let tenant: Tenant;

beforeAll(async () => {
  tenant = await freshTenant();
});

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const EPOCH_S = 1_400_000_000;

/** The time in an id (ms): 4 bytes of seconds and one byte of 4 ms ticks, before 15 random bytes. */
const timeOf = (id: string): number => {
  const digits = Array.from(id.split('_')[1] ?? '', (character) => BigInt(ALPHABET.indexOf(character)));
  const number = digits.reduce((sum, digit) => sum * 62n + digit, 0n);
  const seconds = Number(number >> 128n) + EPOCH_S;
  return seconds * 1000 + Number((number >> 120n) & 0xffn) * 4;
};

it('an id is a prefix and 27 characters of base 62, and contains the time of creation', async () => {
  const app = await tenant.ask('POST', '/app', { name: 'x' });
  const ep = await tenant.ask('POST', `/app/${app['id']}/endpoint`, { url: 'https://example.com' });
  const msg = await tenant.ask('POST', `/app/${app['id']}/msg`, { eventType: 'a', payload: {} });
  for (const [prefix, id, at] of [
    ['app', app['id'], app['createdAt']],
    ['ep', ep['id'], ep['createdAt']],
    ['msg', msg['id'], msg['timestamp']],
  ].map((row) => row.map(String))) {
    expect(id).toMatch(new RegExp(`^${prefix!}_[0-9A-Za-z]{27}$`));
    expect(Math.abs(timeOf(id!) - Date.parse(at!))).toBeLessThanOrEqual(4);
  }
});

it('ids sort in the order of their creation', async () => {
  const ids: unknown[] = [];
  for (let index = 0; index < 10; index += 1)
    ids.push((await tenant.ask('POST', '/app', { name: 'x' }))['id']);
  expect(ids.toSorted()).toEqual(ids);
});

it('an application is found by id and by uid', async () => {
  const app = await tenant.ask('POST', '/app', { name: 'x', uid: 'found' });
  expect(await tenant.ask('GET', '/app/found')).toEqual(app);
  expect(await tenant.ask('GET', `/app/${app['id']}`)).toEqual(app);
});

it('the uid of an application is unique in its organization, that of an endpoint in its application', async () => {
  await tenant.ask('POST', '/app', { name: 'x', uid: 'one' });
  await tenant.ask('POST', '/app', { name: 'x', uid: 'two' });
  expect((await tenant.send('POST', '/app', { name: 'y', uid: 'one' })).status).toBe(409);
  const other = await freshTenant();
  expect((await other.send('POST', '/app', { name: 'y', uid: 'one' })).status).toBe(201);
  const endpoint = { url: 'https://example.com', uid: 'ep' };
  expect((await tenant.send('POST', '/app/one/endpoint', endpoint)).status).toBe(201);
  expect((await tenant.send('POST', '/app/two/endpoint', endpoint)).status).toBe(201);
  expect((await tenant.send('POST', '/app/one/endpoint', endpoint)).status).toBe(409);
});

it('the eventId of a message is unique in its application', async () => {
  for (const uid of ['three', 'four']) await tenant.ask('POST', '/app', { name: 'x', uid });
  const message = { eventType: 'a', eventId: 'evt', payload: {} };
  expect((await tenant.send('POST', '/app/three/msg', message)).status).toBe(202);
  expect((await tenant.send('POST', '/app/four/msg', message)).status).toBe(202);
  expect((await tenant.send('POST', '/app/three/msg', message)).status).toBe(409);
});

it('a uid can be used again after its application or endpoint was deleted', async () => {
  await tenant.ask('POST', '/app', { name: 'x', uid: 'freed' });
  const endpoint = { url: 'https://example.com', uid: 'ep' };
  const first = await tenant.ask('POST', '/app/freed/endpoint', endpoint);
  await tenant.send('DELETE', '/app/freed/endpoint/ep');
  expect((await tenant.ask('POST', '/app/freed/endpoint', endpoint))['id']).not.toBe(first['id']);
  await tenant.send('DELETE', '/app/freed');
  expect((await tenant.send('POST', '/app', { name: 'x', uid: 'freed' })).status).toBe(201);
  expect((await tenant.ask('GET', '/app/freed/endpoint'))['data']).toEqual([]);
});

it('PUT of an unknown application creates one with the uid of the body, not of the path, each time', async () => {
  const first = await tenant.ask('PUT', '/app/unknown', { name: 'put' });
  const second = await tenant.ask('PUT', '/app/unknown', { name: 'put' });
  expect(second['id']).not.toBe(first['id']);
  expect([first['uid'], second['uid']]).toEqual([undefined, undefined]);
  expect((await tenant.send('GET', '/app/unknown')).status).toBe(404);
  expect((await tenant.ask('PUT', '/app/unknown', { name: 'put', uid: 'known' }))['uid']).toBe('known');
});

it('PUT of an application without a uid clears its uid', async () => {
  const { id } = await tenant.ask('POST', '/app', { name: 'x', uid: 'cleared' });
  expect((await tenant.ask('PUT', '/app/cleared', { name: 'x' }))['uid']).toBeUndefined();
  expect((await tenant.send('GET', '/app/cleared')).status).toBe(404);
  expect((await tenant.send('GET', `/app/${String(id)}`)).status).toBe(200);
});

it('PUT of an event type takes its name from the path without validating it', async () => {
  for (const name of ['a%20b', '%C3%A9']) {
    expect((await tenant.send('PUT', `/event-type/${name}`, { description: '' })).status).toBe(201);
  }
  const names = column(await tenant.ask('GET', '/event-type'), 'name');
  expect(names).toEqual(['a b', 'é']);
});
