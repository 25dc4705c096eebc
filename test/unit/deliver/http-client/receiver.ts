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

type Respond = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

/** An HTTP receiver; `respond` runs once the request's body has arrived. */
export const httpReceiver = (respond: Respond): Promise<Receiver> =>
  listening(createServer(whole(respond)), 'http');

/** The same over TLS, with a self-signed certificate for receiver.test. */
export const httpsReceiver = (respond: Respond, options: TlsOptions = {}): Promise<Receiver> =>
  listening(
    createSecureServer({ cert: CERTIFICATE, key: CERTIFICATE_KEY, ...options }, whole(respond)),
    'https',
  );

/** A TCP receiver: `talk` gets each socket and its first bytes. */
export const tcpReceiver = (talk: (socket: Socket, request: Buffer) => void): Promise<Receiver> =>
  listening(
    createTcpServer((socket) => socket.once('data', (request) => talk(socket, request))),
    'http',
  );

/** A TCP receiver that counts POSTs. `talk` gets each socket and the number of the request on it. */
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

/** A sender of a stage and an organization that both allow 127.0.0.1, unless given otherwise. */
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
  (respond: Respond): RequestListener =>
  (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => respond(request, response, Buffer.concat(chunks)));
  };
