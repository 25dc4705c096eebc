import { describe, expect, it } from 'vitest';
import { column, complaints, makeClient, token } from '../client.ts';

const acme = { name: 'Acme', uid: 'acme', metadata: { plan: 'pro' }, rateLimit: 100 };
const decode = 'value_error.jsondecode';

describe('applications', () => {
  it('are created with their defaults and read back by uid', async () => {
    const { send } = await makeClient();
    const created = await send('POST', '/api/v1/app/', acme);
    expect(created.status).toBe(201);
    expect(created.json).toMatchObject({
      ...acme,
      throttleRate: 100,
      id: expect.stringMatching(/^app_\w{27}$/),
    });
    expect(created.json.createdAt).toBe('2026-11-23T04:19:56.838Z');
    const found = await send('GET', '/api/v1/app/acme');
    expect(found.json).toEqual(created.json);
  });

  it('leave out uid and rateLimit where there is none', async () => {
    const { send } = await makeClient();
    const { json } = await send('POST', '/api/v1/app', '{"name":"x"}', { 'content-type': 'text/plain' });
    expect(Object.keys(json as object).sort()).toEqual([
      'createdAt',
      'id',
      'metadata',
      'name',
      'throttleRate',
      'updatedAt',
    ]);
    expect(json).toMatchObject({ throttleRate: null, metadata: {} });
  });

  it('refuse a second one with a uid, unless that one is asked for', async () => {
    const { send } = await makeClient();
    const first = await send('POST', '/api/v1/app', acme);
    const second = await send('POST', '/api/v1/app', acme);
    expect(second.status).toBe(409);
    expect(second.json.code).toBe('conflict');
    const same = await send('POST', '/api/v1/app?get_if_exists=true', { name: 'Other', uid: 'acme' });
    expect([same.status, same.json]).toEqual([200, first.json]);
  });

  it('are replaced by PUT: what is left out returns to its default', async () => {
    const { send } = await makeClient();
    await send('POST', '/api/v1/app', acme);
    const { status, json } = await send('PUT', '/api/v1/app/acme', { name: 'Acme 2' });
    expect(status).toBe(200);
    expect(json).toMatchObject({ name: 'Acme 2', throttleRate: null, metadata: {} });
    expect(json).not.toHaveProperty('uid');
  });

  it('are created by PUT under a new id, without the uid of the path', async () => {
    const { send } = await makeClient();
    const { status, json } = await send('PUT', '/api/v1/app/foo', { name: 'Foo' });
    expect(status).toBe(201);
    expect(json).not.toHaveProperty('uid');
    expect((await send('GET', '/api/v1/app/foo')).status).toBe(404);
  });

  it('are patched: absent keeps, null clears', async () => {
    const { send } = await makeClient();
    await send('POST', '/api/v1/app', acme);
    const kept = await send('PATCH', '/api/v1/app/acme', { throttleRate: 50 });
    expect(kept.json).toMatchObject({
      name: 'Acme',
      uid: 'acme',
      throttleRate: 50,
      metadata: { plan: 'pro' },
    });
    const cleared = await send('PATCH', '/api/v1/app/acme', { uid: null, rateLimit: null, metadata: null });
    expect(cleared.json).toMatchObject({ throttleRate: null, metadata: {} });
    expect(cleared.json).not.toHaveProperty('uid');
  });

  it('are deleted once', async () => {
    const { send } = await makeClient();
    await send('POST', '/api/v1/app', acme);
    const gone = await send('DELETE', '/api/v1/app/acme');
    expect([gone.status, gone.text]).toEqual([204, '']);
    expect((await send('DELETE', '/api/v1/app/acme')).status).toBe(404);
    expect((await send('PATCH', '/api/v1/app/acme', {})).json.code).toBe('not_found');
  });

  it('are listed in pages that lead both ways', async () => {
    const { send } = await makeClient();
    for (const name of ['a', 'b', 'c']) await send('POST', '/api/v1/app', { name });
    const first = await send('GET', '/api/v1/app?limit=2');
    const [a, b] = column(first, 'id');
    expect(first.json).toMatchObject({ iterator: b, prevIterator: `-${String(a)}`, done: false });
    const second = await send('GET', `/api/v1/app?limit=2&iterator=${String(b)}`);
    expect([column(second, 'name'), second.json.done]).toEqual([['c'], true]);
    const back = await send('GET', `/api/v1/app?limit=1&iterator=${String(second.json.prevIterator)}`);
    expect(column(back, 'name')).toEqual(['b']);
    const down = await send('GET', '/api/v1/app?order=descending&limit=1');
    expect(column(down, 'name')).toEqual(['c']);
  });

  it('list as an empty page without prevIterator', async () => {
    const { send } = await makeClient();
    expect((await send('GET', '/api/v1/app')).text).toBe('{"data":[],"iterator":null,"done":true}');
  });

  it.each([
    ['{"name":""}', ['body/name value_error']],
    ['{"name":5}', [`body/name ${decode}`]],
    ['{"name":null}', [`body/name ${decode}`]],
    ['{}', [`body// ${decode}`]],
    ['', [`body// ${decode}`]],
    ['"x"', [`body// ${decode}`]],
    ['{"name":"x","uid":"a b"}', ['body/uid/__all__ value_error']],
    ['{"name":"x","uid":"app_1"}', ['body/uid/__all__ value_error']],
    [
      '{"name":"","uid":"","throttleRate":0,"rateLimit":0}',
      [
        'body/name value_error',
        'body/rate_limit value_error',
        'body/throttle_rate value_error',
        'body/uid/__all__ value_error',
      ],
    ],
    ['{"name":"","throttleRate":65536}', [`body/throttleRate ${decode}`]],
    ['{"name":"","metadata":{"a":1}}', [`body/metadata/a ${decode}`]],
    [`{"name":"","metadata":{"a":"${'x'.repeat(4096)}"}}`, [`body/metadata ${decode}`]],
    ['{"name":"\\u0007"}', ['body/name value_error']],
  ])('answer %j with the places that are wrong', async (body, expected) => {
    const { send } = await makeClient();
    const answer = await send('POST', '/api/v1/app', body);
    expect(answer.status).toBe(422);
    expect(complaints(answer)).toEqual(expected);
  });

  it('are walls to tokens of applications', async () => {
    const { send } = await makeClient();
    const mine: string = (await send('POST', '/api/v1/app', { name: 'mine' })).json.id;
    const other: string = (await send('POST', '/api/v1/app', { name: 'other' })).json.id;
    const org = 'org_23rb8YdGqMT0qIzpgGwdXfHirMu';
    const headers = { authorization: `Bearer ${await token({ sub: mine, org })}` };
    expect((await send('GET', `/api/v1/app/${mine}`, undefined, headers)).status).toBe(200);
    expect((await send('GET', `/api/v1/app/${other}`, undefined, headers)).json.code).toBe('not_found');
    const refused = await send('GET', '/api/v1/app', undefined, headers);
    expect([refused.status, refused.json.code]).toEqual([403, 'insufficient access']);
    expect((await send('POST', '/api/v1/app', { name: 'x' }, headers)).status).toBe(403);
  });
});
