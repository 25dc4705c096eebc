import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { Connections } from '../../../functions/platform/aws/connections.ts';
import { CERTIFICATE, CERTIFICATE_KEY } from '../deliver/http-client/certificate.ts';

const LIMITS = { connectMs: 10_000, attemptMs: 10_000, totalMs: 10_000, attempts: 1 };
const running = () => ({ isOver: false, endAttempt: (): void => undefined });
const BODY = Buffer.from('{"a":1}');
const HEAD = Buffer.from(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${BODY.length}\r\n\r\n`);
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nx-amzn-RequestId: r\r\n\r\n{}';

let server: Server | undefined;
let sockets: Socket[] = [];

/** Calls `answer` for each request, which always arrives in whole; `nth`: from 1, over all connections. */
const serve = async (
  answer: (socket: Socket, nth: number) => void,
  make: (listener: (socket: Socket) => void) => Server = createServer,
): Promise<number> => {
  let requests = 0;
  server = make((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    let got = 0;
    socket.on('data', (chunk: Buffer) => {
      got += chunk.length;
      if (got < HEAD.length + BODY.length) return;
      got = 0;
      requests += 1;
      answer(socket, requests);
    });
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  server?.close();
});

const post = (connections: Connections, port: number, call = running()) =>
  connections.post(new URL(`http://127.0.0.1:${port}/`), HEAD, BODY, call);

describe('connections to a service', () => {
  it('are kept for later calls', async () => {
    const port = await serve((socket) => socket.write(OK));
    const connections = new Connections(LIMITS);
    const first = await post(connections, port);
    expect([first.status, first.fields.get('x-amzn-requestid'), first.text]).toEqual([200, 'r', '{}']);
    await post(connections, port);
    expect(sockets).toHaveLength(1);
  });

  it('that the service closed are not used again', async () => {
    const port = await serve((socket, nth) => (nth === 1 ? socket.end(OK) : socket.write(OK)));
    const connections = new Connections(LIMITS);
    await post(connections, port);
    await new Promise((resolve) => sockets[0]!.once('close', resolve));
    expect((await post(connections, port)).status).toBe(200);
    expect(sockets).toHaveLength(2);
  });

  it('are at most 50; further calls wait for one, and none waits for ever', async () => {
    const held: Socket[] = [];
    const all = Promise.withResolvers<undefined>();
    const port = await serve((socket, nth) => {
      if (nth > 50) socket.write(OK);
      else if (held.push(socket) === 50) all.resolve(undefined);
    });
    const connections = new Connections(LIMITS);
    const calls = Array.from({ length: 60 }, () => post(connections, port));
    await all.promise;
    expect(sockets).toHaveLength(50);
    // Half of them break: what waited gets their places.
    for (const [index, socket] of held.entries()) if (index % 2 === 0) socket.write(OK);
    for (const [index, socket] of held.entries()) if (index % 2 === 1) socket.destroy();
    const ends = await Promise.allSettled(calls);
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(35);
    expect((await post(connections, port)).status).toBe(200);
  });

  it.each([
    ['before a response', (socket: Socket) => socket.destroy()],
    ['within the header fields', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Le')],
    ['within the body', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{')],
    [
      'within a chunk',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{'),
    ],
  ])('that end %s fail with the code by which calls are repeated', async (_, end) => {
    const port = await serve(end);
    await expect(post(new Connections(LIMITS), port)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('that are refused fail with the code by which calls are repeated', async () => {
    const port = await serve(() => undefined);
    await new Promise((resolve) => server!.close(resolve));
    await expect(post(new Connections(LIMITS), port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('with a response that is none fail, without a code', async () => {
    const port = await serve((socket) => socket.write('SSH-2.0-OpenSSH\r\n'));
    const error: unknown = await post(new Connections(LIMITS), port).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toHaveProperty('code');
  });

  it('read answers in chunks, however they arrive', async () => {
    const port = await serve((socket) => {
      const bytes =
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{"ü\r\n7\r\n":"ab"}\r\n0\r\n\r\n';
      for (const byte of Buffer.from(bytes.replace('3\r\n', '4\r\n'))) socket.write(Buffer.of(byte));
    });
    expect((await post(new Connections(LIMITS), port)).text).toBe('{"ü":"ab"}');
  });

  it('are closed when their call is over, and a call that is over sends nothing', async () => {
    const arrived = Promise.withResolvers<Socket>();
    const port = await serve((socket) => arrived.resolve(socket));
    const connections = new Connections(LIMITS);
    const call = running();
    const answer = post(connections, port, call);
    const closed = arrived.promise.then((socket) => new Promise((resolve) => socket.once('close', resolve)));
    await arrived.promise;
    call.endAttempt();
    await expect(answer).rejects.toThrow('the call is over');
    await closed;
    await expect(post(connections, port, { ...running(), isOver: true })).rejects.toThrow('the call is over');
    expect(sockets).toHaveLength(1);
  });
});

describe('TLS connections to a service', () => {
  const secure = (listener: (socket: Socket) => void) =>
    createTlsServer({ cert: CERTIFICATE, key: CERTIFICATE_KEY }, listener);
  const local = {
    lookup: (...args: unknown[]) =>
      (args[2] as (...found: unknown[]) => void)(null, [{ address: '127.0.0.1', family: 4 }]),
  };

  it('trust only authorities, and resume their session', async () => {
    const reused: boolean[] = [];
    const port = await serve((socket) => {
      reused.push((socket as unknown as { isSessionReused(): boolean }).isSessionReused());
      socket.write(OK.replace('\r\n', '\r\nConnection: close\r\n'));
    }, secure);
    const url = new URL(`https://receiver.test:${port}/`);
    const connections = new Connections(LIMITS, { ca: CERTIFICATE, ...local });
    for (let nth = 0; nth < 2; nth += 1)
      expect((await connections.post(url, HEAD, BODY, running())).text).toBe('{}');
    expect(reused).toEqual([false, true]);
    await expect(new Connections(LIMITS, local).post(url, HEAD, BODY, running())).rejects.toThrow(/self/);
    const otherName = new URL(`https://other.test:${port}/`);
    await expect(
      new Connections(LIMITS, { ca: CERTIFICATE, ...local }).post(otherName, HEAD, BODY, running()),
    ).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(reused).toHaveLength(2);
  });
});
