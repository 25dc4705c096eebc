import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { createServer as createTcpServer } from 'node:net';
import type {
  OutboundRequest,
  OutboundResult,
} from '../../../../functions/deliver/http-client/outbound.port.ts';
import type { SenderOptions } from '../../../../functions/deliver/http-client/send.ts';
import { makeSender } from '../../../../functions/deliver/http-client/send.ts';
import { CERTIFICATE, CERTIFICATE_KEY } from './certificate.ts';

export const LOOPBACK = ['127.0.0.1/32'];

/** A server on 127.0.0.1 that counts its connections; disposing it cuts them. */
export interface Receiver extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** Connections so far. */
  connections(): number;
  /** Connections that are open now. */
  open(): readonly Socket[];
}

type Answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

/** An HTTP receiver; `answer` runs once the request's body is here. */
export const httpReceiver = (answer: Answer): Promise<Receiver> =>
  listening(createServer(whole(answer)), 'http');

/** The same over TLS, with a self-signed certificate for receiver.test. */
export const httpsReceiver = (answer: Answer, options: TlsOptions = {}): Promise<Receiver> =>
  listening(
    createSecureServer({ cert: CERTIFICATE, key: CERTIFICATE_KEY, ...options }, whole(answer)),
    'https',
  );

/** A receiver below HTTP: `talk` gets each socket and the first bytes that came over it. */
export const tcpReceiver = (talk: (socket: Socket, request: Buffer) => void): Promise<Receiver> =>
  listening(
    createTcpServer((socket) => socket.once('data', (request) => talk(socket, request))),
    'http',
  );

/** A receiver below HTTP that counts POSTs. `talk` gets each socket and the number of its request on that socket. */
export const rawReceiver = async (
  talk: (socket: Socket, request: number) => void,
  when: 'at-head' | 'at-end' = 'at-end',
): Promise<Receiver & { posts(): number }> => {
  let posts = 0;
  const server = createTcpServer((socket) => {
    let requests = 0;
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      for (;;) {
        const [head] = /^POST [^]*?\r\n\r\n/.exec(received) ?? [];
        if (head === undefined) return;
        const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
        if (when === 'at-end' && received.length < head.length + length) return;
        received = received.slice(head.length + length);
        posts += 1;
        requests += 1;
        talk(socket, requests);
      }
    });
  });
  const receiver = await listening(server, 'http');
  return { ...receiver, posts: () => posts };
};

export interface TestSender extends AsyncDisposable {
  send(request: Partial<OutboundRequest> & { url: string }): Promise<OutboundResult>;
}

/** A sender of a stage that opens 127.0.0.1, for an organization that does too, unless told otherwise. */
export function testSender(options: Partial<SenderOptions> = {}): TestSender {
  const sender = makeSender({ stageSubnets: LOOPBACK, ...options });
  const usual = {
    signed: [],
    custom: [],
    body: new TextEncoder().encode('{}'),
    timeoutMs: 60_000,
    allowedSubnets: LOOPBACK,
  };
  return {
    send: (request) => sender.send({ ...usual, ...request }),
    [Symbol.asyncDispose]: async () => sender.close(),
  };
}

async function listening(server: Server, scheme: string): Promise<Receiver> {
  const open = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${scheme}://127.0.0.1:${port}/`,
    connections: () => connections,
    open: () => [...open],
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

const whole =
  (answer: Answer): RequestListener =>
  (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(request, response, Buffer.concat(chunks)));
  };
