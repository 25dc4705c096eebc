import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { afterAll, beforeAll, expect, inject } from 'vitest';
import { eventually } from '../support/poll.ts';
import { portalTest } from '../support/portal/portal-test.ts';
import { visit } from '../support/portal/visit.ts';
import {
  CERTIFICATE,
  CERTIFICATE_KEY,
  PRIVATE_CERTIFICATE,
} from '../unit/deliver/http-client/certificate.ts';

/** Endpoints that fail for one cause each, and what the delivery's screen must say about it. */
const servers: Server[] = [];
const start = async (server: Server): Promise<number> => {
  const host = inject('stack').receiverHost === '127.0.0.1' ? '127.0.0.1' : '0.0.0.0';
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  servers.push(server);
  return (server.address() as AddressInfo).port;
};

/** A TCP server that answers the first bytes of a request with these. */
const talking = (answer: string): Server =>
  createServer((socket: Socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(answer));
  });

let planted: Readonly<Record<string, { readonly url: string; readonly says: RegExp }>> = {};

beforeAll(async () => {
  const { receiverHookUrl, receiverHost } = inject('stack');
  const at = (port: number, scheme = 'http') => `${scheme}://${receiverHost}:${port}/`;
  const tls = (cert: string) => createTlsServer({ cert, key: CERTIFICATE_KEY });
  const closed = await start(createServer());
  servers.pop()?.close();
  const hook = (query: string) => `${receiverHookUrl}/planted?${query}`;
  planted = {
    status_5xx: { url: hook('status=503'), says: /failed with status 503/ },
    status_4xx: { url: hook('status=404'), says: /refused the request with status 404/ },
    gone: { url: hook('status=410'), says: /answered 410 Gone, so it was disabled/ },
    redirect: { url: hook('redirect=https://example.com/'), says: /redirect \(302\), which is not followed/ },
    connection_reset: { url: hook('hang-up=connect'), says: /connection was reset before/ },
    connection_closed: { url: at(await start(talking(''))), says: /connection was closed before/ },
    timeout_response: { url: hook('script=timeout'), says: /did not answer within 2/ },
    connection_refused: { url: at(closed), says: /refused the connection to port \d+/ },
    address_blocked: { url: 'http://10.0.0.1/', says: /address to which no webhooks are sent/ },
    protocol_error: { url: at(await start(talking('SSH-2.0-x\r\n\r\n'))), says: /answer is not valid HTTP/ },
    header_too_large: {
      url: at(await start(talking(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(100_000)}\r\n\r\n`))),
      says: /header fields of the endpoint’s answer are larger/,
    },
    tls_self_signed: {
      url: at(await start(tls(CERTIFICATE)), 'https'),
      says: /certificate of \S+ is self-signed/,
    },
    tls_unknown_authority: {
      url: at(await start(tls(PRIVATE_CERTIFICATE)), 'https'),
      says: /cannot be traced to a public certificate authority/,
    },
    tls_handshake_failed: {
      url: at(await start(talking('HTTP/1.1 400 Bad Request\r\n\r\n')), 'https'),
      says: /did not agree on a TLS connection/,
    },
  };
});
afterAll(() => {
  for (const server of servers) server.close();
});

interface Attempt {
  readonly id: string;
  readonly endpointId: string;
}

portalTest(
  'the delivery’s screen names each of fourteen planted causes, what to do, and when it is tried again',
  async ({ portal }) => {
    const { tenant, appId } = portal.customer;
    await tenant.settings({ requestTimeout: 2 });
    const causes = new Map<string, string>();
    for (const [cause, { url }] of Object.entries(planted)) {
      const { id } = await tenant.ask('POST', `/app/${appId}/endpoint`, { url });
      causes.set(String(id), cause);
    }
    const { id: messageId } = await tenant.ask('POST', `/app/${appId}/msg`, {
      ...{ eventType: 'invoice.paid', payload: { id: 'inv_1' } },
    });
    const attempts = await eventually(
      async (): Promise<Attempt[]> => {
        const { data } = await tenant.ask('GET', `/app/${appId}/attempt/msg/${String(messageId)}?limit=250`);
        return data as Attempt[];
      },
      (found) => new Set(found.map(({ endpointId }) => endpointId)).size === causes.size,
    );
    const page = await portal.open();
    await page.getByRole('navigation').waitFor();
    const wrong: string[] = [];
    for (const [endpointId, cause] of causes) {
      const attempt = attempts.findLast((one) => one.endpointId === endpointId)!;
      await visit(page, `/messages/${String(messageId)}/attempts/${attempt.id}`);
      const text = await page.locator('main#content').innerText();
      if (!planted[cause]!.says.test(text)) wrong.push(`${cause}: ${text.slice(0, 600)}`);
    }
    expect(wrong).toEqual([]);
  },
);
