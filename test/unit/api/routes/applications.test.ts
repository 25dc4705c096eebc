import { describe, expect, it } from 'vitest';
import { column, complaints, makeClient, token } from '../client.ts';

const acme = { name: 'Acme', uid: 'acme', metadata: { plan: 'pro' }, rateLimit: 100 };
const decode = 'value_error.jsondecode';

describe('applications API', () => {
  it('creates an application with its defaults and finds it by uid', async () => {
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

  it('omits uid and rateLimit when they are not set', async () => {
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

  it('answers 409 to a second application with the same uid, or returns the first with get_if_exists', async () => {
    const { send } = await makeClient();
    const first = await send('POST', '/api/v1/app', acme);
    const second = await send('POST', '/api/v1/app', acme);
    expect(second.status).toBe(409);
    expect(second.json.code).toBe('conflict');
    const same = await send('POST', '/api/v1/app?get_if_exists=true', { name: 'Other', uid: 'acme' });
    expect([same.status, same.json]).toEqual([200, first.json]);
  });

  it('replaces an application by PUT and resets omitted fields to their defaults', async () => {
    const { send } = await makeClient();
    await send('POST', '/api/v1/app', acme);
    const { status, json } = await send('PUT', '/api/v1/app/acme', { name: 'Acme 2' });
    expect(status).toBe(200);
    expect(json).toMatchObject({ name: 'Acme 2', throttleRate: null, metadata: {} });
    expect(json).not.toHaveProperty('uid');
  });

  it('creates one application by two concurrent PUTs of a uid: the later one replaces it', async () => {
    const { send } = await makeClient();
    const put = (name: string) => send('PUT', '/api/v1/app/acme', { ...acme, name });
    const both = await Promise.all([put('One'), put('Two')]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 201]);
    expect(new Set(both.map(({ json }) => String(json.id))).size).toBe(1);
  });

  it('creates an application by PUT under a new id, without the uid of the path', async () => {
    const { send } = await makeClient();
    const { status, json } = await send('PUT', '/api/v1/app/foo', { name: 'Foo' });
    expect(status).toBe(201);
    expect(json).not.toHaveProperty('uid');
    expect((await send('GET', '/api/v1/app/foo')).status).toBe(404);
  });

  it('patches an application: omitted fields stay, null clears', async () => {
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

  it('answers 404 after an application was deleted', async () => {
    const { send } = await makeClient();
    await send('POST', '/api/v1/app', acme);
    const gone = await send('DELETE', '/api/v1/app/acme');
    expect([gone.status, gone.text]).toEqual([204, '']);
    expect((await send('DELETE', '/api/v1/app/acme')).status).toBe(404);
    expect((await send('PATCH', '/api/v1/app/acme', {})).json.code).toBe('not_found');
  });

  it('lists applications in pages that can be walked in both directions', async () => {
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

  it('lists no applications as an empty page without prevIterator', async () => {
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
    ['{"name":"x","uid":"."}', ['body/uid/__all__ value_error']],
    ['{"name":"x","uid":".."}', ['body/uid/__all__ value_error']],
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
  ])('answers %j with the locations of all errors', async (body, expected) => {
    const { send } = await makeClient();
    const answer = await send('POST', '/api/v1/app', body);
    expect(answer.status).toBe(422);
    expect(complaints(answer)).toEqual(expected);
  });

  it('gives application tokens 404 for other applications and 403 for organization routes', async () => {
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

describe('application list filtered by endpoints', () => {
  const PLAY = 'https://play.svix.com/in/e_abc/';
  const start = async () => {
    const client = await makeClient();
    const endpoints: Record<string, { url: string; disabled?: boolean }[]> = {
      none: [],
      live: [{ url: 'https://x.test' }],
      off: [
        { url: 'https://x.test', disabled: true },
        { url: 'https://y.test', disabled: true },
      ],
      mixed: [{ url: 'https://x.test', disabled: true }, { url: 'https://y.test' }],
      play: [{ url: PLAY }],
      // One endpoint is enabled and one has another host, so neither exclusion applies.
      both: [{ url: PLAY }, { url: 'https://x.test', disabled: true }],
    };
    for (const [uid, made] of Object.entries(endpoints)) {
      await client.send('POST', '/api/v1/app', { name: uid, uid });
      for (const body of made) await client.send('POST', `/api/v1/app/${uid}/endpoint`, body);
    }
    return client;
  };

  it.each([
    ['', ['none', 'live', 'off', 'mixed', 'play', 'both']],
    ['exclude_apps_with_no_endpoints=false', ['none', 'live', 'off', 'mixed', 'play', 'both']],
    ['exclude_apps_with_no_endpoints=true', ['live', 'off', 'mixed', 'play', 'both']],
    ['exclude_apps_with_disabled_endpoints=true', ['none', 'live', 'mixed', 'play', 'both']],
    ['exclude_apps_with_svix_play_endpoints=true', ['none', 'live', 'off', 'mixed', 'both']],
    [
      'exclude_apps_with_no_endpoints=true&exclude_apps_with_disabled_endpoints=true&exclude_apps_with_svix_play_endpoints=true',
      ['live', 'mixed', 'both'],
    ],
  ])('with ?%s returns %j', async (query, uids) => {
    const { send } = await start();
    expect(column(await send('GET', `/api/v1/app?${query}`), 'uid')).toEqual(uids);
    expect(column(await send('GET', `/api/v1/app?order=descending&${query}`), 'uid')).toEqual(
      uids.toReversed(),
    );
  });

  it('can be walked in both directions past excluded applications', async () => {
    const { send } = await makeClient();
    for (let index = 0; index < 60; index += 1) {
      const uid = `a${index}`;
      await send('POST', '/api/v1/app', { name: uid, uid });
      if (index % 29 === 0) await send('POST', `/api/v1/app/${uid}/endpoint`, { url: 'https://x.test' });
    }
    const walk = async (start: string | null, field: 'iterator' | 'prevIterator') => {
      const found: unknown[] = [];
      let iterator = start;
      for (let pages = 0; pages < 20; pages += 1) {
        const at = iterator === null ? '' : `&iterator=${iterator}`;
        const page = await send('GET', `/api/v1/app?exclude_apps_with_no_endpoints=true&limit=1${at}`);
        found.push(...column(page, 'uid'));
        if (page.json.done === true) return { found, last: String(page.json[field]) };
        iterator = String(page.json[field]);
      }
      throw new Error('the list has no end');
    };
    const forward = await walk(null, 'iterator');
    expect(forward.found).toEqual(['a0', 'a29', 'a58']);
    const back = await walk(`-${forward.last}`, 'prevIterator');
    expect(back.found).toEqual(['a29', 'a0']);
  });

  it('ends a page after reading a bounded number of applications and continues from there', async () => {
    const { send } = await makeClient();
    for (let index = 0; index < 230; index += 1)
      await send('POST', '/api/v1/app', { name: 'x', uid: `a${index}` });
    await send('POST', '/api/v1/app/a220/endpoint', { url: 'https://x.test' });
    const query = '/api/v1/app?exclude_apps_with_no_endpoints=true';
    const first = await send('GET', query);
    expect([first.json.data, first.json.done]).toEqual([[], false]);
    const second = await send('GET', `${query}&iterator=${String(first.json.iterator)}`);
    expect([column(second, 'uid'), second.json.done]).toEqual([['a220'], true]);
  });
});
