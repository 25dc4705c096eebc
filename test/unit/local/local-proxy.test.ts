import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalProxy } from '../../../scripts/local/local-proxy.ts';
import { MOST_AT_ONCE, startLocalProxy } from '../../../scripts/local/local-proxy.ts';
import type { Listening } from '../../../scripts/local/listen.ts';
import { listen } from '../../../scripts/local/listen.ts';
import { settled } from '../../support/poll.ts';
import { rawRequest } from './raw-request.ts';

interface Seen {
  method: string;
  url: string;
  headers: string[];
  body: Buffer;
}

let api: Listening;
let proxy: LocalProxy;
let seen: Seen | undefined;
beforeAll(async () => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen = {
        method: request.method!,
        url: request.url!,
        headers: request.rawHeaders,
        body: Buffer.concat(chunks),
      };
      response.writeHead(207, 'Odd Phrase', ['X-A', '1', 'x-a', '2', 'content-type', 'text/odd']);
      response.end(request.method === 'HEAD' ? undefined : seen.body);
    });
  });
  api = await listen(server, 0);
  proxy = await startLocalProxy(0);
});
afterAll(async () => {
  await proxy.close();
  await api.close();
});

describe('local proxy', () => {
  it('answers 503 until the stack is deployed', async () => {
    expect((await fetch(proxy.url)).status).toBe(503);
    proxy.open(`http://127.0.0.1:${api.port}/_aws/execute-api/abc/$default`);
    expect((await fetch(proxy.url)).status).toBe(207);
  });

  it.each([
    '/api/v1/app',
    '/api/v1/app/',
    '//api//v1',
    '/api/v1/app/a%2Fb/%252F',
    '/x?a=1&a=2&b=%20+%2F',
    '/a/../b/./c',
    '/',
  ])('appends the target %s unchanged to the base path', async (target) => {
    await rawRequest(proxy.port, [`GET ${target} HTTP/1.1`]);
    expect(seen?.url).toBe(`/_aws/execute-api/abc/$default${target}`);
  });

  it('forwards headers in order, with case and repeats', async () => {
    await rawRequest(proxy.port, ['GET / HTTP/1.1', 'ZZ-Last: 1', 'aa-First: 2', 'ZZ-Last: 3']);
    expect(seen?.headers.slice(0, 6)).toEqual(['ZZ-Last', '1', 'aa-First', '2', 'ZZ-Last', '3']);
    expect(seen?.headers).toContain(`127.0.0.1:${proxy.port}`);
  });

  it('returns status, reason phrase, headers and body of the answer', async () => {
    const answer = await rawRequest(proxy.port, ['POST / HTTP/1.1'], Buffer.from('hello'));
    expect(answer).toMatch(/^HTTP\/1\.1 207 Odd Phrase\r\nX-A: 1\r\nx-a: 2\r\ncontent-type: text\/odd\r\n/);
    expect(answer).toContain('hello');
  });

  it.each(['HEAD', 'OPTIONS', 'DELETE', 'PATCH'])('forwards %s', async (method) => {
    const answer = await rawRequest(proxy.port, [`${method} / HTTP/1.1`]);
    expect(seen?.method).toBe(method);
    expect(answer).toContain('207');
  });

  it('forwards OPTIONS alone to the API that takes preflight requests', async () => {
    const opened = await startLocalProxy(0);
    opened.open(`http://127.0.0.1:${api.port}/http`, `http://127.0.0.1:${api.port}/rest/prod`);
    await rawRequest(opened.port, ['OPTIONS /api/v1/app HTTP/1.1']);
    expect(seen?.url).toBe('/rest/prod/api/v1/app');
    await rawRequest(opened.port, ['POST /api/v1/app HTTP/1.1']);
    expect(seen?.url).toBe('/http/api/v1/app');
    await opened.close();
  });

  it('forwards binary and large bodies completely', async () => {
    const body = Buffer.from(Uint8Array.from({ length: 5_000_000 }, (_, index) => index % 256));
    const response = await fetch(proxy.url, { method: 'POST', body });
    expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
    expect(seen?.body.equals(body)).toBe(true);
  });

  it('answers 502 when it cannot connect to the API', async () => {
    const unconnected = await startLocalProxy(0);
    unconnected.open('http://127.0.0.1:1');
    expect((await fetch(unconnected.url)).status).toBe(502);
    await unconnected.close();
  });

  it(`forwards ${MOST_AT_ONCE} requests at a time, keeps further ones waiting, and answers all`, async () => {
    const held: (() => void)[] = [];
    const busy = await listen(
      createServer((_, response) => void held.push(() => response.end())),
      0,
    );
    const limited = await startLocalProxy(0);
    limited.open(`http://127.0.0.1:${busy.port}`);
    const all = Array.from({ length: 2 * MOST_AT_ONCE }, () => fetch(limited.url));
    await settled(() => expect(held).toHaveLength(MOST_AT_ONCE));
    // A request that is sent on is answered by the API before this one, which the proxy answers by itself.
    expect(await rawRequest(limited.port, ['GET * HTTP/1.1'])).toContain(' 400 ');
    expect(held).toHaveLength(MOST_AT_ONCE);
    const answered = Promise.all(all);
    for (let next = 0; next < all.length; next += 1) {
      await settled(() => expect(held.length).toBeGreaterThan(next));
      held[next]!();
    }
    expect((await answered).map(({ status }) => status)).toEqual(all.map(() => 200));
    await limited.close();
    await busy.close();
  });

  it('reports that its port is in use', async () => {
    await expect(startLocalProxy(proxy.port)).rejects.toThrow(`Port ${proxy.port} on 127.0.0.1 is in use`);
  });
});
