import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import {
  FAKE_COUNTS,
  FAKE_EVENT_TYPES,
  FAKE_SETTINGS,
  causeOf,
  fakeAttempt,
  fakeEndpoint,
  fakeEndpoints,
  fakeFailures,
  fakeOffSpans,
} from './fake-data.ts';
import { DELIVERY_ROUTES, FAKE_PAYLOAD } from './fake-deliveries.ts';
import { NOT_FOUND, list } from './fake-route.ts';
import type { Answer, Call, FakeState, Route } from './fake-route.ts';
import type { FakeEndpoint } from './fake-data.ts';

/** The policy that the page is served with; it must work under it. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' https: data:",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const endpointOf = ({ state, params }: Call) => state.endpoints.find(({ id }) => id === params[0]);

const withEndpoint =
  (answer: (call: Call, endpoint: FakeEndpoint) => Answer) =>
  (call: Call): Answer => {
    const endpoint = endpointOf(call);
    return endpoint === undefined ? NOT_FOUND : answer(call, endpoint);
  };

const create = ({ state, body, nowMs }: Call): Answer => {
  if (!URL.canParse(String(body['url']))) {
    const detail = [{ loc: ['body', 'url'], msg: 'Endpoint URL is not valid', type: 'value_error' }];
    return [422, { code: 'validation', detail }];
  }
  const made = fakeEndpoint(state.endpoints.length + 10, nowMs, {
    ...body,
    createdAt: new Date(nowMs).toISOString(),
  });
  state.endpoints.push(made);
  return [201, made];
};

const PAGE = 25;
const attempts = ({ query, nowMs }: Call, endpoint: FakeEndpoint): Answer => {
  const start = Number(query.get('iterator') ?? 0);
  const size = Number(query.get('limit') ?? PAGE);
  const asked = query.get('status');
  const all = Array.from({ length: 90 }, (_, index) => fakeAttempt(index + 1, endpoint, nowMs))
    .filter(({ status }) => asked === null || String(status) === asked)
    .filter(({ details }) => !query.has('cause') || details.cause?.code === query.get('cause'));
  const data = FAKE_COUNTS[endpoint.id]?.[0] === 0 ? [] : all.slice(start, start + size);
  const done = start + size >= all.length;
  const prevIterator = start > 0 ? `-${Math.max(0, start - size)}` : null;
  return [200, { data, done, iterator: done ? null : String(start + size), prevIterator }];
};

const stats = (call: Call, endpoint: FakeEndpoint): Answer => {
  const [success, fail] = FAKE_COUNTS[endpoint.id] ?? [0, 0];
  const since = Date.parse(call.query.get('since') ?? '');
  const until = Date.parse(call.query.get('until') ?? '');
  const share = Number.isNaN(since) || Number.isNaN(until) ? 1 : (until - since) / 86_400_000;
  const wave = 0.6 + 0.4 * Math.sin(since / 9_000_000);
  const scale = share < 0.5 ? share * wave : share;
  return [
    200,
    {
      success: Math.round(success * scale),
      fail: Math.round(fail * scale),
      canceled: 0,
      pending: 0,
      sending: 0,
    },
  ];
};

const test = ({ body, nowMs }: Call, endpoint: FakeEndpoint): Answer => {
  const succeeded = !endpoint.url.includes('legacy');
  return [
    200,
    {
      messageId: 'msg_2pQtest',
      timestamp: new Date(nowMs).toISOString(),
      succeeded,
      cause: succeeded ? null : causeOf('status_4xx'),
      request: {
        method: 'POST',
        url: endpoint.url,
        headers: [
          { name: 'Content-Type', value: 'application/json' },
          { name: 'svix-id', value: 'msg_2pQtest' },
          { name: 'svix-timestamp', value: String(Math.floor(nowMs / 1000)) },
          { name: 'svix-signature', value: 'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=' },
        ],
        body: JSON.stringify(body['payload'] ?? { success: true }),
      },
      response: {
        statusCode: succeeded ? 200 : 401,
        headers: [{ name: 'content-type', value: 'application/json' }],
        truncated: false,
        body: succeeded ? '{"received":true}' : '{"error":"bad signature"}',
      },
      durationMs: 142,
      phases: { dnsMs: 3, connectMs: 20, tlsMs: 25 },
      timeoutMs: 15_000,
    },
  ];
};

const APP = '/api/v1/app/[^/]+';
const EP = `${APP}/endpoint/([^/]+)`;
const on = (path: string) => new RegExp(`^${path}$`);

const ROUTES: readonly Route[] = [
  [
    'GET',
    on('/api/v1/auth/whoami'),
    ({ state }) => [
      200,
      { appId: 'app_2pQ1', capabilities: state.capabilities ?? undefined, expiresAt: '2099-01-01T00:00:00Z' },
    ],
  ],
  [
    'POST',
    on('/api/v1/auth/logout'),
    ({ state }) => {
      state.expired = true;
      return [204];
    },
  ],
  [
    'POST',
    on('/api/v1/auth/one-time-token'),
    ({ body }) =>
      body['oneTimeToken'] === 'once'
        ? [200, { token: 'token', capabilities: [] }]
        : [401, { code: 'authentication_failed', detail: 'used' }],
  ],
  ['GET', on(`${APP}/portal-settings`), () => [200, FAKE_SETTINGS]],
  ['GET', on(`${APP}/endpoint`), ({ state }) => [200, list(state.endpoints)]],
  ['POST', on(`${APP}/endpoint`), create],
  ['GET', on(EP), withEndpoint((_call, endpoint) => [200, endpoint])],
  ['PATCH', on(EP), withEndpoint(({ body }, endpoint) => [200, Object.assign(endpoint, body)])],
  [
    'DELETE',
    on(EP),
    withEndpoint(({ state }, endpoint) => {
      state.endpoints = state.endpoints.filter((each) => each !== endpoint);
      return [204];
    }),
  ],
  ['GET', on(`${EP}/attempt-stats`), withEndpoint(stats)],
  ['GET', on(`${EP}/stats`), withEndpoint(stats)],
  [
    'GET',
    on(`${EP}/failures`),
    withEndpoint(({ nowMs, query }, endpoint) => [
      200,
      FAKE_COUNTS[endpoint.id]?.[1] === 0
        ? { ...fakeFailures(nowMs, '', ''), failed: 0, causes: [], hours: [] }
        : fakeFailures(nowMs, query.get('since') ?? '', new Date(nowMs).toISOString()),
    ]),
  ],
  [
    'GET',
    on(`${EP}/off-spans`),
    withEndpoint(({ nowMs }, endpoint) => [200, fakeOffSpans(nowMs, endpoint.disabled)]),
  ],
  [
    'GET',
    on(`${EP}/secret`),
    withEndpoint(({ state }, endpoint) => [
      200,
      { key: state.secrets[endpoint.id] ?? 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD' },
    ]),
  ],
  [
    'POST',
    on(`${EP}/secret/rotate`),
    withEndpoint(({ state, body }, endpoint) => {
      state.secrets[endpoint.id] = String(body['key'] ?? 'whsec_bmV3LXNlY3JldC1mcm9tLXJvdGF0aW9uLTEyMzQ=');
      return [204];
    }),
  ],
  [
    'GET',
    on(`${EP}/headers`),
    withEndpoint(({ state }, endpoint) => [
      200,
      { headers: state.headers[endpoint.id] ?? { 'X-Tenant': 'northwind' }, sensitive: ['Authorization'] },
    ]),
  ],
  [
    'PATCH',
    on(`${EP}/headers`),
    withEndpoint(({ state, body }, endpoint) => {
      const headers = { 'X-Tenant': 'northwind', ...state.headers[endpoint.id], ...body['headers'] };
      const removed: readonly string[] = body['deleteHeaders'] ?? [];
      state.headers[endpoint.id] = Object.fromEntries(
        Object.entries(headers as Record<string, string>).filter(([name]) => !removed.includes(name)),
      );
      return [204];
    }),
  ],
  ['POST', on(`${EP}/test-attempt`), withEndpoint(test)],
  ['POST', on(`${EP}/send-example`), withEndpoint(() => [200, { id: 'msg_2pQexample' }])],
  ['GET', on(`${APP}/attempt/endpoint/([^/]+)`), withEndpoint(attempts)],
  ['GET', on('/api/v1/event-type'), ({ state }) => [200, list(state.isEmpty ? [] : FAKE_EVENT_TYPES)]],
  [
    'GET',
    on('/api/v1/event-type/([^/]+)'),
    ({ params }) => {
      const found = FAKE_EVENT_TYPES.find(({ name }) => name === params[0]);
      return found === undefined ? NOT_FOUND : [200, found];
    },
  ],
];

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

const bodyOf = async (request: IncomingMessage): Promise<Record<string, any>> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? {} : (JSON.parse(text) as Record<string, any>);
};

const servePage = async (dist: string, path: string, response: ServerResponse) => {
  const name = normalize(path.slice('/portal/'.length));
  const isAsset = extname(name) !== '' && !name.startsWith('..');
  const file = join(dist, isAsset ? name : 'index.html');
  try {
    const content = await readFile(file);
    const html = isAsset ? content : content.toString().replace('<base href="./"', '<base href="/portal/"');
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': PAGE_POLICY,
      'referrer-policy': 'no-referrer',
    });
    response.end(html);
  } catch {
    response.writeHead(404).end();
  }
};

const serveApi = async (
  state: FakeState,
  routes: readonly Route[],
  request: IncomingMessage,
  url: URL,
  response: ServerResponse,
) => {
  state.requests.push(`${request.method} ${url.pathname}`);
  const send = ([status, body]: Answer) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    // As the API does it: the payload is the text that was published.
    const text =
      body === undefined ? '' : JSON.stringify(body).replace('"payload":{}', `"payload":${FAKE_PAYLOAD}`);
    state.served.push(text);
    response.end(text);
  };
  const body = await bodyOf(request);
  state.asked.push({ address: `${request.method} ${url.pathname}${url.search}`, body });
  const answered = (): Answer => {
    if (state.failWith !== null) return [state.failWith, { code: 'failed', detail: 'failed' }];
    if (state.expired) return [401, { code: 'authentication_failed', detail: 'Invalid token' }];
    for (const [method, path, answer] of routes) {
      const match = method === request.method ? path.exec(url.pathname) : null;
      if (match === null) continue;
      const params = match.slice(1).map(decodeURIComponent);
      return answer({ state, params, query: url.searchParams, body, nowMs: Date.now() });
    }
    return NOT_FOUND;
  };
  send(answered());
};

export const fakeState = (): FakeState => ({
  endpoints: fakeEndpoints(Date.now()),
  capabilities: null,
  headers: {},
  secrets: {},
  requests: [],
  asked: [],
  isEmpty: false,
  served: [],
  failWith: null,
  expired: false,
});

/** The token of every link; any token is accepted. */
export const FAKE_TOKEN = 'appsk_fake_portal_token';

/** A link as `app-portal-access` makes it. */
export const fakeLink = (
  origin: string,
  query = '',
  key: object = { appId: 'app_2pQ1', token: FAKE_TOKEN },
) => `${origin}/portal/login${query}#key=${Buffer.from(JSON.stringify(key)).toString('base64url')}`;

/** Serves the built page and an API in memory, on one origin, under the page's policy. */
export const startFake = async (dist: string, state: FakeState) => {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://fake');
    const served = url.pathname.startsWith('/api/')
      ? serveApi(state, [...ROUTES, ...DELIVERY_ROUTES], request, url, response)
      : servePage(dist, url.pathname, response);
    served.catch((thrown: unknown) => response.writeHead(500).end(String(thrown)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { origin: `http://127.0.0.1:${address.port}`, stop: () => server.close() };
};
