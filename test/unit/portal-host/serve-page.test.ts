import { gunzipSync, gzipSync } from 'node:zlib';
import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { gatewayResultFrom, pageRequestFrom } from '../../../functions/portal-host/page-request.ts';
import type { PageFile } from '../../../functions/portal-host/page-file.ts';
import { acceptsGzip, makeServePage } from '../../../functions/portal-host/serve-page.ts';

const file = (path: string, type: string, text: string): PageFile => ({
  path,
  type,
  etag: `tag-of-${path}`,
  gzip: gzipSync(text).toString('base64'),
});

const HTML = '<html><head><base href="./" /><script src="./assets/index-1.js"></script></head></html>';
const serve = makeServePage({
  files: [
    file('index.html', 'text/html; charset=utf-8', HTML),
    file('assets/index-1.js', 'text/javascript; charset=utf-8', 'run()'),
    file('favicon.svg', 'image/svg+xml', '<svg/>'),
  ],
  headers: { 'x-content-type-options': 'nosniff' },
  config: '{"apiUrl":null}',
});

const http = (path: string, proxy?: string, headers: Record<string, string> = {}, method = 'GET') =>
  ({
    ...{ rawPath: path, headers, requestContext: { http: { method } } },
    ...(proxy === undefined ? {} : { pathParameters: { proxy } }),
  }) as unknown as APIGatewayProxyEventV2;

const rest = (path: string, proxy?: string, headers: Record<string, string> = {}, method = 'GET') =>
  ({
    ...{ path, headers, httpMethod: method },
    pathParameters: proxy === undefined ? null : { proxy },
  }) as unknown as APIGatewayProxyEvent;

const get = (event: APIGatewayProxyEventV2 | APIGatewayProxyEvent) =>
  gatewayResultFrom(serve(pageRequestFrom(event)));

const textOf = (result: { body: string; headers: Readonly<Record<string, string>> }): string => {
  const bytes = Buffer.from(result.body, 'base64');
  return (result.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
};

/** The address of the script, as a browser resolves it on the page at this path. */
const scriptOf = (path: string, html: string): string => {
  const [, base = ''] = /<base href="([^"]*)"/.exec(html) ?? [];
  const [, script = ''] = /<script src="([^"]*)"/.exec(html) ?? [];
  return new URL(script, new URL(base, `https://posthorn.test${path}`)).pathname;
};

describe('every route of the page answers with the start page, whose addresses lead to the page’s folder', () => {
  it.each([
    ['/portal', undefined],
    ['/portal/', undefined],
    ['/portal/', ''],
    ['/portal/login', 'login'],
    ['/portal/endpoints/ep_1', 'endpoints/ep_1'],
    // Gateways may strip the slash from the variable, but the browser resolves addresses with it.
    ['/portal/endpoints/ep_1/', 'endpoints/ep_1'],
    ['/portal/event-types/invoice.paid', 'event-types/invoice.paid'],
    ['/portal/portal', 'portal'],
    ['/portal/portal/x', 'portal/x'],
    ['/portal/index.html', 'index.html'],
  ])('%s', (path, proxy) => {
    for (const prefix of ['', '/prod', '/webhooks/portal']) {
      const result = get(http(prefix + path, proxy));
      expect(result).toMatchObject({ statusCode: 200, isBase64Encoded: true });
      expect(result.headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
      });
      expect(scriptOf(prefix + path, textOf(result))).toBe(`${prefix}/portal/assets/index-1.js`);
      expect(get(rest(prefix + path, proxy))).toEqual(result);
    }
  });
});

describe('a file of the page', () => {
  it('with a hash in its name may be kept for ever', () => {
    const result = get(http('/portal/assets/index-1.js', 'assets/index-1.js'));
    expect(textOf(result)).toBe('run()');
    expect(result.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
    });
  });

  it('is sent as it was compressed by the build where the browser accepts that', () => {
    const result = get(http('/portal/favicon.svg', 'favicon.svg', { 'Accept-Encoding': 'gzip, br' }));
    expect(result.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
    expect(textOf(result)).toBe('<svg/>');
  });

  it('config.json says what the page needs to know about the stage', () => {
    const result = get(http('/portal/config.json', 'config.json'));
    expect(result.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-cache' });
    expect(textOf(result)).toBe('{"apiUrl":null}');
  });

  it.each(['W/"tag-of-favicon.svg"', '"other", "tag-of-favicon.svg"', '*'])(
    'is not sent again to a browser that has it: If-None-Match %s',
    (known) => {
      const result = get(http('/portal/favicon.svg', 'favicon.svg', { 'if-none-match': known }));
      expect(result).toMatchObject({ statusCode: 304, body: '' });
      expect(result.headers['etag']).toBe('W/"tag-of-favicon.svg"');
    },
  );

  it('is sent when the browser has another version', () => {
    const result = get(http('/portal/favicon.svg', 'favicon.svg', { 'if-none-match': 'W/"old"' }));
    expect(result.statusCode).toBe(200);
  });

  it('has the same headers without a body for HEAD', () => {
    const head = get(http('/portal/favicon.svg', 'favicon.svg', {}, 'HEAD'));
    expect(head).toEqual({ ...get(http('/portal/favicon.svg', 'favicon.svg')), body: '' });
  });
});

describe('the host of the page refuses', () => {
  it.each([
    'assets/index-0.js',
    'assets/../index-1.js',
    'assets/',
    Array.from({ length: 20 }, () => 'a').join('/'),
  ])('%s with 404 and the headers of every response', (path) => {
    const result = get(http(`/portal/${path}`, path));
    expect(result.statusCode).toBe(404);
    expect(result.headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
  });

  it.each(['../../../etc/passwd', '..%2f..%2fetc/passwd', '/etc/passwd', '.env', '__proto__', 'constructor'])(
    'to read any other file: %s is a route of the page',
    (path) => {
      expect(textOf(get(http(`/portal/${path}`, path)))).toContain('<base href=');
    },
  );

  it('methods that write', () => {
    const result = get(http('/portal/login', 'login', {}, 'POST'));
    expect(result).toMatchObject({ statusCode: 405 });
    expect(result.headers['allow']).toBe('GET, HEAD');
  });
});

it.each([
  ['gzip', true],
  ['GZIP;q=0.5, br', true],
  ['*', true],
  ['br, gzip;q=0', false],
  ['gzip; q=0.000', false],
  ['identity', false],
  ['', false],
])('Accept-Encoding: %s accepts gzip: %s', (header, accepted) => {
  expect(acceptsGzip(header)).toBe(accepted);
});
