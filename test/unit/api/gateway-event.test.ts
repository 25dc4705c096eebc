import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { requestFrom, resultFrom } from '../../../functions/api/gateway-event.ts';

/** Events as the two API Gateway types send them, without the fields that the adapter never reads. */
const http = (over: Partial<APIGatewayProxyEventV2> = {}, method = 'POST') =>
  ({
    version: '2.0',
    routeKey: '$default',
    rawPath: '/api/v1/app/a%2Fb/endpoint',
    rawQueryString: 'event_types=a&event_types=b&limit=01',
    headers: { 'content-length': '2', 'idempotency-key': '', host: 'x.execute-api.eu-west-1.amazonaws.com' },
    queryStringParameters: { event_types: 'a,b', limit: '01' },
    requestContext: { http: { method, path: '/api/v1/app/a/b/endpoint' }, stage: '$default' },
    isBase64Encoded: false,
    ...over,
  }) as unknown as APIGatewayProxyEventV2;

const rest = (over: Partial<APIGatewayProxyEvent> = {}) =>
  ({
    resource: '/{proxy+}',
    path: '/api/v1/app/a%2Fb/endpoint',
    httpMethod: 'POST',
    headers: { Host: 'x', 'Idempotency-Key': 'k' },
    multiValueHeaders: { Host: ['x'], 'Idempotency-Key': ['k'], 'X-Two': ['1', '2'] },
    queryStringParameters: { event_types: 'b', limit: '01' },
    multiValueQueryStringParameters: { event_types: ['a', 'b&c'], limit: ['01'] },
    body: null,
    isBase64Encoded: false,
    requestContext: { httpMethod: 'POST', path: '/prod/api/v1/app', stage: 'prod' },
    ...over,
  }) as unknown as APIGatewayProxyEvent;

describe('API Gateway event adapter', () => {
  it.each([
    ['HTTP API', http(), 'event_types=a&event_types=b&limit=01'],
    ['REST API', rest(), 'event_types=a&event_types=b%26c&limit=01'],
  ])(
    'keeps the escapes of the path, repeated parameters and an absent body of a %s event',
    async (_kind, event, search) => {
      const { request, path, search: found } = requestFrom(event);
      expect([path, found]).toEqual(['/api/v1/app/a%2Fb/endpoint', search]);
      expect([request.method, await request.text()]).toEqual(['POST', '']);
    },
  );

  const DOMAIN = 'x.execute-api.eu-west-1.amazonaws.com';
  const at = (host: string, more: object = {}) => ({ host, 'x-forwarded-proto': 'https', ...more });
  const prod = { ...rest().requestContext, domainName: DOMAIN };
  const httpContext = { ...http().requestContext, domainName: DOMAIN };

  it.each([
    ['an HTTP API', http({ headers: at(DOMAIN), requestContext: httpContext }), `https://${DOMAIN}`],
    [
      'a custom domain',
      http({ headers: at('api.acme.test'), requestContext: { ...httpContext, domainName: 'api.acme.test' } }),
      'https://api.acme.test',
    ],
    [
      'a REST API, whose paths are below its stage',
      rest({ headers: at(DOMAIN), multiValueHeaders: {}, requestContext: prod }),
      `https://${DOMAIN}/prod`,
    ],
    [
      'a custom domain of a REST API',
      rest({
        ...{ headers: at('api.acme.test'), multiValueHeaders: {} },
        requestContext: { ...prod, domainName: 'api.acme.test', path: '/api/v1/app/a%2Fb/endpoint' },
      }),
      'https://api.acme.test',
    ],
    [
      'a local proxy that leads to the stage, without TLS',
      rest({ headers: { Host: '127.0.0.1:8071' }, multiValueHeaders: {}, requestContext: prod }),
      'http://127.0.0.1:8071',
    ],
    ['an event without a host', http({ headers: {} }), null],
    ['a host that is no host', http({ headers: at('a/b?c#d') }), null],
  ])('finds the URL that the client called: %s', (_name, event, baseUrl) => {
    expect(requestFrom(event).baseUrl).toBe(baseUrl);
  });

  it.each([
    '/api/v1//app/',
    '//app',
    '/a b?c#d\\e',
    '/app/\u0000',
    '/a\tb\n ',
    '/app/x/endpoint/..',
    '/app/./x/%2e%2E/y',
  ])('passes the path %j unchanged', (rawPath) => {
    const bare = { multiValueQueryStringParameters: null, queryStringParameters: null };
    for (const event of [http({ rawPath, rawQueryString: '' }), rest({ path: rawPath, ...bare })]) {
      expect(requestFrom(event)).toMatchObject({ path: rawPath, search: '' });
    }
  });

  it('passes the exact bytes of bodies, given as text or as base64', async () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x7b]);
    const binary = { body: bytes.toString('base64'), isBase64Encoded: true };
    for (const event of [http(binary), rest(binary)]) {
      expect(Buffer.from(await requestFrom(event).request.arrayBuffer())).toEqual(bytes);
    }
    const text = { body: '\ufeff{"é":"\u{1f600}"}' };
    for (const event of [http(text), rest(text)]) {
      expect(Buffer.from(await requestFrom(event).request.arrayBuffer()).toString()).toBe(text.body);
    }
  });

  const invalid = Buffer.from([...Buffer.from('{"name":"'), 0xff, ...Buffer.from('"}')]);
  const length = (bytes: Uint8Array | string) => ({ 'content-length': String(Buffer.byteLength(bytes)) });
  const both = (body: string, headers: Record<string, string>, isBase64Encoded = false) => {
    const multiValueHeaders = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, [value]]),
    );
    return [
      http({ body, headers, isBase64Encoded }),
      rest({ body, headers, multiValueHeaders, isBase64Encoded }),
      rest({ body, headers, multiValueHeaders: {}, isBase64Encoded }),
    ];
  };

  it.each<[string, string, Record<string, string>, boolean]>([
    ['bytes that are no UTF-8, replaced', invalid.toString('utf8'), length(invalid), false],
    [
      'bytes that are no UTF-8, replaced and sent in chunks',
      invalid.toString('utf8'),
      { 'transfer-encoding': 'chunked' },
      false,
    ],
    [
      'a replacement character in chunks that also have a length',
      '\ufffd',
      { ...length('\ufffd'), 'Transfer-Encoding': 'chunked' },
      false,
    ],
    [
      'bytes that are no UTF-8, replaced, without the length that a proxy dropped',
      invalid.toString('utf8'),
      {},
      false,
    ],
    ['truncated', '{"a":', length('{"a":1}'), false],
    ['truncated, as base64', Buffer.from('{"a":').toString('base64'), length('{"a":1}'), true],
    ['longer than its content length', '{"a":1}', { 'Content-Length': '5' }, false],
    ['missing', '', length('{}'), false],
  ])('marks a body that arrived damaged: %s', (_case, body, headers, isBase64Encoded) => {
    for (const event of both(body, headers, isBase64Encoded)) {
      expect(requestFrom(event).damaged).toBe(true);
    }
  });

  it.each<[string, string, Record<string, string>, boolean]>([
    ['UTF-8 text', '{"é":"\u{1f600}"}', length('{"é":"\u{1f600}"}'), false],
    ['a replacement character that was sent', '{"a":"\ufffd"}', length('{"a":"\ufffd"}'), false],
    ['bytes that are no UTF-8', invalid.toString('base64'), length(invalid), true],
    ['bytes that are no UTF-8, in chunks', invalid.toString('base64'), {}, true],
    ['a body without a length', '{"a":1}', {}, false],
    [
      'chunks with a wrong length',
      '{"a":1}',
      { 'transfer-encoding': 'chunked', 'content-length': '3' },
      false,
    ],
    ['a length given twice', '{}', { 'content-length': '2, 2' }, false],
    ['a length that is not a number', '{}', { 'content-length': 'two' }, false],
    ['an empty body', '', { 'content-length': '0' }, false],
  ])('does not mark an intact body as damaged: %s', (_case, body, headers, isBase64Encoded) => {
    for (const event of both(body, headers, isBase64Encoded)) {
      expect(requestFrom(event).damaged).toBe(false);
    }
  });

  it('keeps empty and repeated headers and leaves out those with unreadable values', () => {
    expect(requestFrom(http()).request.headers.get('idempotency-key')).toBe('');
    expect(requestFrom(rest()).request.headers.get('x-two')).toBe('1, 2');
    const { request: odd } = requestFrom(http({ headers: { 'idempotency-key': 'é', 'x-ok': 'ok' } }));
    expect([odd.headers.get('idempotency-key'), odd.headers.get('x-ok')]).toEqual([null, 'ok']);
    expect(requestFrom(rest({ multiValueHeaders: {} })).request.headers.get('idempotency-key')).toBe('k');
  });

  it('accepts GET and HEAD with and without a body', () => {
    expect(requestFrom(http({ body: '{}' }, 'GET')).request.method).toBe('GET');
    expect(requestFrom(rest({ body: '{}', httpMethod: 'HEAD' })).request.method).toBe('HEAD');
  });

  it.each(['TRACE', 'CONNECT', 'TRACK', 'PROPFIND'])(
    'passes the method %s to the router, which refuses it',
    (method) => {
      for (const event of [http({}, method), rest({ httpMethod: method })]) {
        expect(requestFrom(event).request.method).toContain(method);
      }
    },
  );

  it('returns the response as text with its headers', async () => {
    const response = new Response('{"é":1}', {
      status: 202,
      headers: { 'content-type': 'application/json' },
    });
    expect(await resultFrom(response)).toEqual({
      statusCode: 202,
      headers: { 'content-type': 'application/json' },
      body: '{"é":1}',
      isBase64Encoded: false,
    });
    expect((await resultFrom(new Response(null, { status: 204 }))).body).toBe('');
    const compressed = new Response(new Uint8Array([31, 139, 255]), {
      headers: { 'content-encoding': 'gzip' },
    });
    expect(await resultFrom(compressed)).toMatchObject({ body: 'H4v/', isBase64Encoded: true });
  });

  it.each([
    ['/webhooks/api/v1/app', '/api/v1/app', 'https://hooks.example.com/webhooks'],
    ['/webhooks', '/', 'https://hooks.example.com/webhooks'],
    ['/api/v1/app', '/api/v1/app', 'https://hooks.example.com'],
    ['/webhooks2/api', '/webhooks2/api', 'https://hooks.example.com'],
  ])('strips the base path of a custom domain from %s', (rawPath, path, baseUrl) => {
    const event = http({
      rawPath,
      headers: { host: 'hooks.example.com', 'x-forwarded-proto': 'https' },
      requestContext: { ...http().requestContext, domainName: 'hooks.example.com' },
    });
    expect(requestFrom(event, '/webhooks')).toMatchObject({ path, baseUrl });
  });

  it('leaves every path as it is without a base path', () => {
    expect(requestFrom(http({ rawPath: '//api/v1/app' }), undefined).path).toBe('//api/v1/app');
  });
});
