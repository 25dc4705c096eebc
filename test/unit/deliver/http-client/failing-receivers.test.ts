import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { settled } from '../../../support/poll.ts';
import { httpReceiver, httpsReceiver, tcpReceiver, testSender } from './receiver.ts';

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n';
const nothing = () => undefined;

describe('a receiver', () => {
  it('that never responds costs the timeout and one request', async () => {
    await using receiver = await tcpReceiver(nothing);
    await using sender = testSender();
    const result = await sender.send({ url: receiver.url, timeoutMs: 2_000 });
    expect(result).toMatchObject({ kind: 'error', cause: 'timeout_response', repeated: false });
    expect(result.kind === 'error' && result.message).toMatch(
      /^The endpoint did not answer within 2 seconds\. /,
    );
    expect(receiver.connections()).toBe(1);
    await settled(() => expect(receiver.open()).toEqual([]));
  });

  it('whose connection is made after the timeout is sent no request', async () => {
    const asked: string[] = [];
    await using receiver = await httpReceiver((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    });
    const address = Promise.withResolvers<string[]>();
    await using sender = testSender({ resolver: () => address.promise });
    const url = `http://slow-dns.example:${receiver.port}`;
    expect(await sender.send({ url: `${url}/late`, timeoutMs: 50 })).toMatchObject({ cause: 'timeout_dns' });
    address.resolve(['127.0.0.1']);
    expect(await sender.send({ url: `${url}/next` })).toMatchObject({ status: 200 });
    expect(asked).toEqual(['/next']);
  });

  it('that never finishes its headers costs the timeout', async () => {
    await using receiver = await tcpReceiver((socket) =>
      drip(socket, 'HTTP/1.1 200 OK\r\n', 'X-Slow: 1\r\n'),
    );
    await using sender = testSender();
    expect(await sender.send({ url: receiver.url, timeoutMs: 2_000 })).toMatchObject({
      cause: 'timeout_response',
    });
  });

  it('that never finishes its body counts by its status', async () => {
    await using receiver = await tcpReceiver((socket) => socket.write(`${HEAD}begun`));
    await using sender = testSender();
    const result = await sender.send({ url: receiver.url, timeoutMs: 2_000 });
    expect(result).toMatchObject({ kind: 'response', status: 200, body: 'begun' });
    await settled(() => expect(receiver.open()).toEqual([]));
  });

  it('that sends its body slowly counts by its status', async () => {
    await using receiver = await tcpReceiver((socket) => drip(socket, HEAD, 'x'));
    await using sender = testSender();
    expect(await sender.send({ url: receiver.url, timeoutMs: 2_000 })).toMatchObject({ status: 200 });
  });

  it('that breaks off its body counts by its status', async () => {
    await using receiver = await tcpReceiver((socket) => socket.end(`${HEAD}begun`));
    await using sender = testSender();
    expect(await sender.send({ url: receiver.url })).toMatchObject({ status: 200, body: 'begun' });
    expect(receiver.connections()).toBe(1);
  });

  it('that sends a gigabyte is cut off after 20,000 bytes', async () => {
    let sent = 0;
    const chunk = Buffer.alloc(65_536, 'x');
    await using receiver = await tcpReceiver((socket) => {
      const pour = () => {
        while (!socket.destroyed && socket.write(chunk)) sent += chunk.length;
      };
      socket.write(HEAD);
      socket.on('drain', pour);
      pour();
    });
    await using sender = testSender();
    const result = await sender.send({ url: receiver.url });
    expect(result.kind === 'response' && result.body.length).toBe(20_000);
    await settled(() => expect(receiver.open()).toEqual([]));
    expect(sent).toBeLessThan(50_000_000);
  });

  it('that refuses connections has the cause connection_refused', async () => {
    const { url } = await closedReceiver();
    await using sender = testSender();
    expect(await sender.send({ url })).toMatchObject({ cause: 'connection_refused', repeated: false });
    expect(await sender.send({ url: 'http://127.0.0.1:0/' })).toMatchObject({ cause: 'connection_refused' });
    expect(await sender.send({ url: 'https://127.0.0.1:0/' })).toMatchObject({ cause: 'connection_refused' });
  });
});

describe('an idle connection', () => {
  it('is reused', async () => {
    await using receiver = await httpReceiver((_request, response) => response.end('ok'));
    await using sender = testSender();
    for (let sent = 0; sent < 10; sent += 1) {
      expect(await sender.send({ url: receiver.url })).toMatchObject({ status: 200 });
    }
    expect(receiver.connections()).toBe(1);
  });

  it('that was closed meanwhile causes no failure, however many there are', async () => {
    await using receiver = await httpReceiver((_request, response) => response.end('ok'));
    await using sender = testSender();
    const five = () => Promise.all([1, 2, 3, 4, 5].map(() => sender.send({ url: receiver.url })));
    await five();
    for (const socket of receiver.open()) socket.resetAndDestroy();
    for (const result of await five()) expect(result).toMatchObject({ status: 200 });
  });

  it('that is reset at the next request causes no failure', async () => {
    await using receiver = await tcpReceiver((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      socket.on('data', () => socket.resetAndDestroy());
    });
    await using sender = testSender();
    for (let sent = 0; sent < 3; sent += 1)
      expect(await sender.send({ url: receiver.url })).toMatchObject({ status: 200 });
  });

  it('is not reused after a pause in which it may have been closed unnoticed', async () => {
    let now = 0;
    await using receiver = await httpReceiver((_request, response) => response.end('ok'));
    await using sender = testSender({ now: () => now });
    await sender.send({ url: receiver.url });
    const before = receiver.open();
    now += 4_001;
    expect(await sender.send({ url: receiver.url })).toMatchObject({ status: 200 });
    await settled(() => expect(receiver.open().filter((socket) => before.includes(socket))).toEqual([]));
    expect(receiver.connections()).toBe(2);
  });

  it('is never reused for an organization with other allowed subnets', async () => {
    await using receiver = await httpReceiver((_request, response) => response.end('ok'));
    await using sender = testSender();
    expect(await sender.send({ url: receiver.url })).toMatchObject({ status: 200 });
    expect(await sender.send({ url: receiver.url, allowedSubnets: [] })).toMatchObject({
      cause: 'address_blocked',
    });
    expect(await sender.send({ url: receiver.url, allowedSubnets: ['127.0.0.0/8'] })).toMatchObject({
      status: 200,
    });
    expect(receiver.connections()).toBe(2);
  });

  it('is closed when more than 100 connections are idle', async () => {
    await using receiver = await httpReceiver((_request, response) => response.end('ok'));
    await using sender = testSender();
    for (let net = 0; net < 110; net += 1) {
      const result = await sender.send({
        url: receiver.url,
        allowedSubnets: ['127.0.0.1/32', `10.${net}.0.0/16`],
      });
      expect(result).toMatchObject({ status: 200 });
    }
    await settled(() => expect(receiver.open().length).toBeLessThanOrEqual(100));
  });
});

describe('a TLS connection', () => {
  it('fails for a self-signed certificate', async () => {
    await using receiver = await httpsReceiver((_request, response) => response.end());
    await using sender = testSender();
    expect(await sender.send({ url: receiver.url })).toMatchObject({
      kind: 'error',
      cause: 'tls_self_signed',
    });
  });

  it('fails if the receiver serves plain HTTP', async () => {
    await using receiver = await httpReceiver((_request, response) => response.end());
    await using sender = testSender();
    expect(await sender.send({ url: receiver.url.replace('http:', 'https:') })).toMatchObject({
      cause: 'tls_handshake_failed',
    });
  });

  it('times out and is closed if the handshake hangs', async () => {
    await using receiver = await tcpReceiver(nothing);
    await using sender = testSender({ connectTimeoutMs: 100 });
    const result = await sender.send({ url: receiver.url.replace('http:', 'https:') });
    expect(result).toMatchObject({ cause: 'timeout_tls' });
    await settled(() => expect(receiver.open()).toEqual([]));
  });
});

async function closedReceiver(): Promise<{ url: string }> {
  await using receiver = await tcpReceiver(nothing);
  return { url: receiver.url };
}

function drip(socket: Socket, first: string, next: string): void {
  socket.write(first);
  const timer = setInterval(() => socket.write(next), 20);
  socket.on('close', () => clearInterval(timer));
}
