import { describe, expect, it } from 'vitest';
import { USER_AGENT } from '../../../../functions/deliver/http-client/request-headers.ts';
import { httpReceiver, tcpReceiver, testSender } from './receiver.ts';
import manifest from '../../../../package.json' with { type: 'json' };

/** The lines of the request's head, as sent. */
async function headOf(
  url: string,
  headers: [string, string][],
  signed: [string, string][] = [['svix-id', 'msg_1']],
): Promise<string[]> {
  const requests: string[] = [];
  await using receiver = await tcpReceiver((socket, request) => {
    requests.push(request.toString('latin1'));
    socket.end('HTTP/1.1 204 No Content\r\n\r\n');
  });
  await using sender = testSender();
  const sent = url.replace('HOST', `127.0.0.1:${receiver.port}`);
  expect(await sender.send({ url: sent, signed, custom: headers })).toMatchObject({
    kind: 'response',
    status: 204,
    body: '',
  });
  return requests.join('').replaceAll(`:${receiver.port}`, ':PORT').split('\r\n\r\n')[0]!.split('\r\n');
}

describe('a request', () => {
  it('has the built-in headers first, and custom ones in their case', async () => {
    const head = await headOf('http://HOST/a%20b?c=d#fragment', [['X-Custom-CASE', 'Ünï']]);
    expect(head).toEqual([
      'POST /a%20b?c=d HTTP/1.1',
      'Host: 127.0.0.1:PORT',
      'Connection: keep-alive',
      'Accept: */*',
      'Content-Type: application/json',
      `User-Agent: ${USER_AGENT}`,
      'svix-id: msg_1',
      'X-Custom-CASE: Ünï',
      'Content-Length: 2',
    ]);
  });

  it.each([
    ['http://HOST/a^b/%5E', '/a^b/%5E'],
    ['http://HOST/caret^?q=^&%5E#^', '/caret^?q=^&%5E'],
    ['http://u^:p^@HOST/x^/../^y', '/^y'],
    ['http://HOST?q', '/?q'],
    ['http://HOST', '/'],
  ])('to %s has the stored target %s', async (url, target) => {
    expect((await headOf(url, []))[0]).toBe(`POST ${target} HTTP/1.1`);
  });

  it.each(['svix', 'webhook'] as const)(
    'never has a custom header replace one that Posthorn sets, with the prefix %s',
    async (prefix) => {
      const names = ['id', 'timestamp', 'signature'];
      const signed = names.map((name): [string, string] => [`${prefix}-${name}`, 'ours']);
      const stored = [
        ...names.flatMap((name) => [`Svix-${name}`, `${prefix.toUpperCase()}-${name}`]),
        ...['Content-Length', 'content-type', 'CONTENT-ENCODING', 'User-Agent', 'Transfer-Encoding'],
        ...['Connection', 'Proxy-Connection', 'Keep-Alive', 'Expect', 'TE', 'Trailer', 'Trailers', 'Upgrade'],
      ];
      const head = await headOf(
        'http://HOST/',
        stored.map((name) => [name, 'theirs']),
        signed,
      );
      expect(head.filter((line) => line.includes('theirs'))).toEqual([]);
      expect(head.filter((line) => line.includes('ours'))).toHaveLength(3);
    },
  );

  it('may have custom headers for Host and Accept', async () => {
    const head = await headOf('http://HOST/', [
      ['Host', 'other.example'],
      ['ACCEPT', 'text/plain'],
      ['Date', 'today'],
    ]);
    expect(head.filter((line) => /^(host|accept|date)/i.test(line))).toEqual([
      'Host: other.example',
      'ACCEPT: text/plain',
      'Date: today',
    ]);
  });

  it('has the credentials of the URL as Basic authorization, unless there is a custom Authorization', async () => {
    const head = await headOf('http://us%C3%A9r:p%3A%ffw@HOST/x', []);
    const credentials = Buffer.concat([Buffer.from('usér:p:'), Buffer.of(0xff), Buffer.from('w')]);
    expect(head).toContain(`Authorization: Basic ${credentials.toString('base64')}`);
    expect(head[0]).toBe('POST /x HTTP/1.1');
    const own = await headOf('http://user:pw@HOST/x', [['authorization', 'Bearer t']]);
    expect(own.filter((line) => /^authorization/i.test(line))).toEqual(['authorization: Bearer t']);
  });

  it('has the version of this package in its User-Agent', () => {
    expect(USER_AGENT).toBe(`Posthorn/${manifest.version}`);
  });

  it('has the body unchanged, from any part of a buffer', async () => {
    const bodies: Buffer[] = [];
    await using receiver = await httpReceiver((_request, response, body) => {
      bodies.push(body);
      response.end();
    });
    await using sender = testSender();
    await sender.send({ url: receiver.url, body: Buffer.from('--{"é":1.0}--').subarray(2, -2) });
    await sender.send({ url: receiver.url, body: new Uint8Array() });
    await sender.send({ url: receiver.url, body: new Uint8Array(2_000_000).fill(0x20) });
    expect(bodies.map((body) => body.length)).toEqual([10, 0, 2_000_000]);
    expect(bodies[0]?.toString()).toBe('{"é":1.0}');
  });

  it.each<[string, string, [string, string][]]>([
    ['a line break in a value', 'http://127.0.0.1:9/', [['x', 'a\r\nb: c']]],
    ['a value beyond latin1', 'http://127.0.0.1:9/', [['x', '☃']]],
    ['a space in a name', 'http://127.0.0.1:9/', [['x y', 'a']]],
    ['an empty name', 'http://127.0.0.1:9/', [['', 'a']]],
    ['no URL', 'nonsense', []],
    ['another scheme', 'ftp://example.com/', []],
  ])('that cannot be sent is a result, not an exception: %s', async (_what, url, headers) => {
    await using sender = testSender();
    const result = await sender.send({ url, custom: headers });
    expect(result).toMatchObject({ kind: 'error', cause: 'request_unsendable', status: 0 });
  });
});

describe('a response', () => {
  it.each([200, 204, 301, 404, 410, 500, 599])('with status %i is reported unchanged', async (status) => {
    await using receiver = await httpReceiver((_request, response) => response.writeHead(status).end());
    await using sender = testSender();
    const result = await sender.send({ url: receiver.url });
    expect(result).toEqual({
      kind: 'response',
      status,
      fields: expect.any(Map),
      body: '',
      durationMs: expect.any(Number),
      phases: { dnsMs: expect.any(Number), connectMs: expect.any(Number) },
    });
  });

  it('is reported with its header fields', async () => {
    await using receiver = await httpReceiver((_q, response) =>
      response.writeHead(429, { 'Retry-After': '9.5' }).end(),
    );
    await using sender = testSender();
    const result = await sender.send({ url: receiver.url });
    expect(result).toMatchObject({ status: 429 });
    expect(result.kind === 'response' && result.fields.get('retry-after')).toBe('9.5');
  });

  it('on a reused connection has no phases of connecting', async () => {
    await using receiver = await httpReceiver((_request, response) => response.end());
    await using sender = testSender();
    await sender.send({ url: receiver.url });
    const result = await sender.send({ url: receiver.url });
    expect([receiver.connections(), result.phases]).toEqual([1, undefined]);
  });

  it('that never came has the phases that were reached', async () => {
    await using receiver = await httpReceiver((_request, response) => response.end());
    await using sender = testSender();
    const plain = await sender.send({ url: receiver.url.replace('http:', 'https:') });
    expect(plain).toMatchObject({ kind: 'error', cause: 'tls_handshake_failed' });
    expect(Object.keys(plain.phases ?? {})).toEqual(['dnsMs', 'connectMs', 'tlsMs']);
    const refused = await sender.send({ url: 'http://127.0.0.1:1/' });
    expect(Object.keys(refused.phases ?? {})).toEqual(['dnsMs', 'connectMs']);
  });

  it.each([102, 103])('may follow an interim %i', async (status) => {
    await using receiver = await tcpReceiver((socket) => {
      socket.end(`HTTP/1.1 ${status} Wait\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`);
    });
    await using sender = testSender();
    expect(await sender.send({ url: receiver.url })).toMatchObject({ status: 200, body: 'ok' });
  });

  it('is not decompressed', async () => {
    const zipped = Buffer.from('1f8b0800000000000003cb4fcf010047dddc79', 'hex');
    await using receiver = await httpReceiver((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(zipped);
    });
    await using sender = testSender();
    expect(await sender.send({ url: receiver.url })).toMatchObject({ body: zipped.toString('base64') });
  });

  it.each<[string, Buffer, string]>([
    ['text with NUL and a byte order mark', Buffer.from('\uFEFFa\0b'), '\uFEFFa\0b'],
    ['what is not UTF-8, in base64', Buffer.of(0xff, 0xfe), '//4='],
    ['20,000 bytes at most', Buffer.alloc(50_000, 'é'), 'é'.repeat(10_000)],
    ['cut between characters', Buffer.from(`a${'é'.repeat(20_000)}`), `a${'é'.repeat(9_999)}`],
    [
      'cut between characters of four bytes',
      Buffer.from('ab' + '🦔'.repeat(9_000)),
      'ab' + '🦔'.repeat(4_999),
    ],
  ])('is stored as text: %s', async (_what, bytes, text) => {
    await using receiver = await httpReceiver((_request, response) => response.end(bytes));
    await using sender = testSender();
    const result = await sender.send({ url: receiver.url });
    expect(result.kind === 'response' && result.body === text).toBe(true);
  });

  it('that redirects to loopback is not followed', async () => {
    await using target = await httpReceiver((_request, response) => response.end());
    await using receiver = await httpReceiver((_request, response) => {
      response.writeHead(307, { location: target.url }).end();
    });
    await using sender = testSender();
    expect(await sender.send({ url: receiver.url })).toMatchObject({ kind: 'response', status: 307 });
    expect(target.connections()).toBe(0);
  });
});
