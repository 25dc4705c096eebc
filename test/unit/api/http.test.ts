import { describe, expect, it } from 'vitest';
import { complaints, makeClient } from './client.ts';
import { ORG } from './fakes.ts';

describe('API router', () => {
  it('strips trailing slashes and answers 404 to paths with an empty segment', async () => {
    const { send } = await makeClient();
    expect((await send('GET', '/api/v1/app///')).status).toBe(200);
    for (const path of ['/api/v1//app', '/api/v1/app//endpoint']) {
      const inner = await send('GET', path);
      expect([inner.status, inner.json.code]).toEqual([404, 'not_found']);
    }
  });

  it('answers unknown paths with 404 and wrong methods with 405, both as JSON errors', async () => {
    const { send } = await makeClient();
    const unknown = await send('GET', '/api/v1/nope/');
    expect([unknown.status, unknown.json]).toEqual([
      404,
      { code: 'not_found', detail: 'There is no such path.' },
    ]);
    const wrong = await send('PUT', '/api/v1/app/');
    expect([wrong.status, wrong.json, wrong.headers.get('allow')]).toEqual([
      405,
      { code: 'method_not_allowed', detail: 'This path has other methods: see the Allow header.' },
      'GET,POST,HEAD',
    ]);
    expect((await send('HEAD', '/api/v1/nope')).text).toBe('');
  });

  it.each(['/api/v1/app/acme/endpoint/..', '/api/v1/app/./', '/api/v1/app/acme/endpoint/%2e%2e'])(
    'answers 404 to %s and never resolves the dots to the parent resource',
    async (path) => {
      const { send } = await makeClient();
      await send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
      const { status, json } = await send('DELETE', path);
      expect([status, json.code]).toEqual([404, 'not_found']);
      expect((await send('GET', '/api/v1/app/acme')).status).toBe(200);
    },
  );

  it('answers 405 to methods that fetch cannot send', async () => {
    const { send } = await makeClient();
    const { status, json } = await send('X-TRACE', '/api/v1/app');
    expect([status, json.code]).toEqual([405, 'method_not_allowed']);
  });

  it('answers HEAD like GET without the body', async () => {
    const { send } = await makeClient();
    const head = await send('HEAD', '/api/v1/health');
    expect([head.status, head.text]).toEqual([200, '']);
    expect((await send('HEAD', '/api/v1/health/ping')).status).toBe(204);
  });

  it('allows cross-origin requests from any origin', async () => {
    const { send } = await makeClient();
    const asked = { origin: 'https://portal.test', 'access-control-request-headers': 'authorization, x-y' };
    const { status, headers } = await send('OPTIONS', '/anything', undefined, asked);
    expect(status).toBe(200);
    expect(headers.get('access-control-allow-headers')).toBe('authorization, x-y');
    expect(headers.get('access-control-max-age')).toBe('600');
    expect((await send('GET', '/api/v1/app')).headers.get('access-control-allow-origin')).toBe('*');
    expect((await send('GET', '/nope')).headers.get('access-control-allow-origin')).toBe('*');
  });

  it.each(['/api/v1/app', '/nope'])(
    'exposes the link and rate-limit headers to browsers in the answer to %s',
    async (path) => {
      const { send } = await makeClient();
      const exposed = (await send('GET', path)).headers.get('access-control-expose-headers');
      expect(exposed?.split(', ')).toEqual([
        ...['link', 'retry-after', 'ratelimit', 'ratelimit-policy'],
        ...['idempotency-replayed', 'idempotency-mismatch', 'schema-violations'],
      ]);
    },
  );

  it('health reports each dependency and answers 500 when one is unavailable', async () => {
    const good = await (await makeClient()).send('GET', '/api/v1/health');
    expect(good.text).toBe('{"database":{"status":"ok"},"queue":{"status":"ok"},"cache":{"status":"ok"}}');
    const client = await makeClient({
      health: () => Promise.resolve({ database: true, queue: false, cache: true }),
    });
    const bad = await client.send('GET', '/api/v1/health');
    expect([bad.status, bad.json.queue.status]).toEqual([500, 'error']);
  });

  it.each([
    ['GET', '/api/v1/stream'],
    ['PUT', '/ingest/api/v1/source/src_1/endpoint/ep_1'],
    ['POST', '/api/v1/app/x/integration/'],
    ['GET', '/api/v1/app/x/integration/y/key'],
    ['GET', '/api/v1/app/x/events'],
    ['PUT', '/api/v1/app/x/endpoint/y/auto-config'],
  ])(
    'answers %s %s, an operation that is not implemented, with 501 and what to use in its place',
    async (method, path) => {
      const { send } = await makeClient();
      const { status, json } = await send(method, path, method === 'GET' ? undefined : '{', {
        authorization: '',
      });
      const detail = expect.stringMatching(/^This operation is not implemented\. .*\/api\/v1\/|event bus/);
      expect([status, json]).toEqual([501, { code: 'not_implemented', detail }]);
    },
  );

  it('accepts bodies of 2,097,152 bytes and answers 413 to one byte more', async () => {
    const { send } = await makeClient();
    const body = (length: number) => `{"name":"x","pad":"${'p'.repeat(length - 21)}"}`;
    expect((await send('POST', '/api/v1/app', body(2_097_152))).status).toBe(201);
    const over = await send('POST', '/api/v1/app', body(2_097_153));
    expect([over.status, over.json.code]).toEqual([413, 'payload_too_large']);
  });

  it.each([
    ['POST', '/api/v1/app', { name: 'x' }],
    ['PUT', '/api/v1/app/acme', { name: 'x' }],
    ['PATCH', '/api/v1/app/acme', {}],
    ['POST', '/api/v1/app/acme/msg', { eventType: 'a', payload: {} }],
    ['POST', '/api/v1/auth/app-portal-access/acme', {}],
  ])('answers 422 to a body that arrived damaged: %s %s', async (method, path, body) => {
    const { send, simulation } = await makeClient();
    await send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
    const answer = await send(method, path, body, {}, true);
    expect([answer.status, complaints(answer)]).toEqual([422, ['body// value_error.jsondecode']]);
    expect([simulation.applications.size, simulation.published]).toEqual([1, []]);
  });

  it('serves an OpenAPI document and a documentation page, and redirects the root to it', async () => {
    const { send } = await makeClient();
    const { json } = await send('GET', '/api/v1/openapi.json', undefined, { authorization: '' });
    expect(json.openapi).toBe('3.1.0');
    expect(json.paths['/api/v1/app'].post.requestBody.content['application/json'].schema.$ref).toMatch(
      /ApplicationIn$/,
    );
    const page = await send('GET', '/docs');
    expect(page.text).toContain('/api/v1/app/{app_id}');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self';");
    expect(page.text).toContain('src="docs/reference.js"');
    expect((await send('GET', '/docs/')).text).toContain('src="../docs/reference.js"');
    // Only the bundle of query has the script.
    expect((await send('GET', '/docs/reference.js')).status).toBe(404);
    const root = await send('GET', '/');
    expect([root.status, root.headers.get('location')]).toEqual([307, '/docs']);
  });

  it('answers an internal error with 500 and an empty object, and logs the cause', async () => {
    const client = await makeClient({
      health: () => Promise.reject(new Error('table on fire')),
    });
    const { status, text } = await client.send('GET', '/api/v1/health');
    expect([status, text]).toEqual([500, '{}']);
    expect(client.simulation.log[0]?.fields['error']).toMatchObject({ message: 'table on fire' });
  });

  it('logs one line of less than 250 characters per request, without query values or tokens', async () => {
    const { send, simulation } = await makeClient();
    await send('GET', '/api/v1/app?iterator=app_secret');
    const [line] = simulation.log;
    expect(line?.fields).toEqual({
      method: 'GET',
      route: '/api/v1/app',
      status: 422,
      ms: 0,
      orgId: expect.any(String),
    });
    expect(JSON.stringify(line).length).toBeLessThan(250);
  });

  it('logs organization, application, message and endpoint of a request, as far as they apply', async () => {
    const { send, simulation } = await makeClient();
    const { json: application } = await send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
    simulation.log.length = 0;
    const { json: endpoint } = await send('POST', `/api/v1/app/acme/endpoint`, {
      url: 'https://example.com',
    });
    const { json: message } = await send('POST', `/api/v1/app/acme/msg`, {
      ...{ eventType: 'user.signup', payload: {} },
    });
    await send('GET', `/api/v1/app/acme/endpoint/${endpoint.id}`);
    await send('GET', `/api/v1/app/acme/msg/${message.id}`);
    const about = { orgId: ORG, appId: application.id };
    expect(simulation.log.map(({ fields }) => fields)).toMatchObject([
      about,
      { ...about, messageId: message.id },
      { ...about, endpointId: endpoint.id },
      { ...about, messageId: message.id },
    ]);
    expect(simulation.log[0]?.fields).not.toHaveProperty('messageId');
  });
});

describe('query string decoder', () => {
  it.each([
    ['limit=x', 400],
    ['limit=', 400],
    ['limit=%2B1', 400],
    ['limit=-1', 400],
    ['limit=1&limit=2', 400],
    ['order=up', 400],
    ['limit=300', 422],
    ['iterator=nope', 422],
    ['iterator=ep_1srOrx2ZWZBpBUvZwXKQmoEYga2', 422],
    ['iterator=app_tooShort', 422],
    ['iterator=app_zzzzzzzzzzzzzzzzzzzzzzzzzzz', 422],
    ['iterator=-', 422],
    ['limit=01', 200],
    ['limit=0', 200],
    ['limit[]=x&unknown=1&unknown=2', 200],
    ['iterator=-app_1srOrx2ZWZBpBUvZwXKQmoEYga2', 200],
  ])('?%s is answered with %i', async (query, status) => {
    const { send } = await makeClient();
    expect((await send('GET', `/api/v1/app?${query}`)).status).toBe(status);
  });

  it.each(['1', 'True', '', 'true&get_if_exists=true'])('refuses %j as a boolean', async (value) => {
    const { send } = await makeClient();
    const answer = await send('POST', `/api/v1/app?get_if_exists=${value}`, { name: 'x' });
    expect([answer.status, answer.json.code]).toEqual([400, 'generic_error']);
    expect(answer.json.detail).toMatch(/^Failed to deserialize query string: get_if_exists: /);
  });

  it('names the location of each wrong parameter', async () => {
    const { send } = await makeClient();
    expect(complaints(await send('GET', '/api/v1/app?limit=300&iterator=x'))).toEqual([
      'query/iterator/__all__ value_error',
      'query/limit/limit value_error',
    ]);
  });
});
