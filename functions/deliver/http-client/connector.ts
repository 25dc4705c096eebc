import type { Socket } from 'node:net';
import { connect as connectTcp, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { LRUCache } from 'lru-cache';
import type { TransportCause } from '../causes.domain.ts';
import { causeOfConnect, causeOfHandshake } from '../causes.domain.ts';
import type { AddressPolicy } from './ssrf-guard.ts';
import { asFailure, ConnectFailure } from './connect-failure.ts';
import type { Instant } from './deadline.ts';
import { before, inMs, msUntil } from './deadline.ts';
import type { Resolver } from './resolve.ts';
import { allowedAddresses } from './resolve.ts';

export interface ConnectorOptions {
  policy: AddressPolicy;
  resolver: Resolver;
  /** For DNS lookup, all addresses and the TLS handshake together. */
  timeoutMs: number;
  /** Certificate authorities (PEM) to trust instead of the public ones. */
  ca?: string;
}

/** Where to connect to. */
export interface Target {
  /** Host name or address; IPv6 without brackets. */
  readonly hostname: string;
  readonly port: number;
  readonly secure: boolean;
}

/** Connects by `deadline`; calls `onPhase` with the timeout cause of each phase. Rejects only with ConnectFailure. */
export type Connect = (
  target: Target,
  deadline: Instant,
  onPhase: (waitingFor: TransportCause) => void,
) => Promise<Socket>;

/** TLS sessions to resume, a few KB each: a handshake costs more than the rest of a delivery. */
const MOST_TLS_SESSIONS = 100;

/**
 * Connects only to addresses that the policy allows (SSRF guard). A custom `lookup` would not suffice, because Node does
 * not call it for address literals. The peer's address is checked again after connecting, before the TLS handshake.
 */
export function makeConnector({ policy, resolver, timeoutMs, ca }: ConnectorOptions): Connect {
  const sessions = new LRUCache<string, Buffer>({ max: MOST_TLS_SESSIONS });

  return async ({ hostname, port, secure }, requestDeadline, onPhase) => {
    const deadline = Math.min(requestDeadline, inMs(timeoutMs));
    // Port 0 means "any" to Node.
    if (port === 0) throw new ConnectFailure('connection_refused');
    onPhase('timeout_dns');
    const addresses = await allowedAddresses(hostname, policy, resolver, deadline);
    onPhase('timeout_connect');
    const socket = await connectToFirst(addresses, port, deadline);
    if (policy.decide(socket.remoteAddress ?? '').kind === 'deny') {
      socket.destroy();
      throw new ConnectFailure('address_blocked');
    }
    socket.setNoDelay(true);
    if (!secure) return socket;
    onPhase('timeout_tls');
    const late = () => new ConnectFailure('timeout_tls');
    return orDestroy(socket, before(deadline, handshake({ hostname, port, socket, sessions, ca }), late));
  };
}

/** Tries the addresses in order. Each gets an equal share of the time left, so that the others still have some. */
async function connectToFirst(
  addresses: readonly string[],
  port: number,
  deadline: Instant,
): Promise<Socket> {
  let failure: unknown;
  for (const [index, address] of addresses.entries()) {
    try {
      const share = inMs(msUntil(deadline) / (addresses.length - index));
      return await connectTo(address, port, share);
    } catch (error) {
      failure = error;
    }
  }
  throw asFailure(failure, causeOfConnect);
}

async function connectTo(address: string, port: number, deadline: Instant): Promise<Socket> {
  // Half-open, because the exchange asks a connection that the receiver closed whether it was reset (exchange.ts).
  const socket = connectTcp({ host: address, port, family: isIP(address), allowHalfOpen: true });
  const connected = new Promise<Socket>((resolve, reject) => {
    socket.once('connect', () => resolve(socket));
    // Never removed: an error event without a listener would end the process.
    socket.on('error', reject);
  });
  return orDestroy(
    socket,
    before(deadline, connected, () => new ConnectFailure('timeout_connect')),
  );
}

interface Handshake {
  readonly hostname: string;
  readonly port: number;
  readonly socket: Socket;
  readonly sessions: LRUCache<string, Buffer>;
  readonly ca: string | undefined;
}

function handshake({ hostname, port, socket: tcp, sessions, ca }: Handshake): Promise<Socket> {
  const key = `${hostname}:${port}`;
  const session = sessions.get(key);
  return new Promise((resolve, reject) => {
    const socket = connectTls({
      socket: tcp,
      // The certificate must be for the host of the URL, whatever a custom Host header says.
      host: hostname,
      servername: serverName(hostname),
      ALPNProtocols: ['http/1.1'],
      // Explicit, because NODE_TLS_REJECT_UNAUTHORIZED=0 would disable it otherwise.
      rejectUnauthorized: true,
      ...(session !== undefined && { session }),
      ...(ca !== undefined && { ca }),
    });
    socket.on('session', (ticket: Buffer) => sessions.set(key, ticket));
    socket.once('secureConnect', () => resolve(socket));
    socket.on('error', (error) => {
      sessions.delete(key);
      reject(asFailure(error, causeOfHandshake));
    });
  });
}

/** SNI allows neither addresses nor a trailing dot (RFC 6066, section 3). */
function serverName(hostname: string): string {
  return isIP(hostname) === 0 ? hostname.replace(/\.$/, '') : '';
}

async function orDestroy(socket: Socket, work: Promise<Socket>): Promise<Socket> {
  try {
    return await work;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
