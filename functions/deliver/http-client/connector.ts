import type { Socket } from 'node:net';
import { connect as connectTcp, isIP } from 'node:net';
import type { buildConnector } from 'undici';
import undiciConnector from 'undici/lib/core/connect.js';
import type { AddressPolicy } from './ssrf-guard.ts';
import { asFailure, blocked, ConnectFailure } from './connect-failure.ts';
import type { Instant } from './deadline.ts';
import { before, inMs, msUntil } from './deadline.ts';
import type { Resolver } from './resolve.ts';
import { allowedAddresses } from './resolve.ts';

export interface ConnectorOptions {
  policy: AddressPolicy;
  resolver: Resolver;
  /** For the look-up, all addresses and the TLS handshake together. */
  timeoutMs: number;
  /** Certificate authorities (PEM) to trust instead of the public ones. */
  ca?: string;
}

/**
 * An undici connector that connects only to addresses which the policy allows. A hook on the look-up would not do:
 * Node never calls it for address literals. Peers are checked again once connected, before TLS says a word.
 */
export function makeConnector(options: ConnectorOptions): buildConnector.connector {
  const { policy, resolver, timeoutMs, ca } = options;
  // rejectUnauthorized is said aloud, because NODE_TLS_REJECT_UNAUTHORIZED=0 could turn it off otherwise.
  const secure = undiciConnector({ allowH2: false, timeout: 0, rejectUnauthorized: true, ...(ca && { ca }) });

  const open = async (target: buildConnector.Options): Promise<Socket> => {
    const deadline = inMs(timeoutMs);
    const late = () =>
      new ConnectFailure('timeout', `no connection was made within ${timeoutMs / 1000} seconds`);
    const { hostname } = target;
    const port = Number(target.port || (target.protocol === 'https:' ? 443 : 80));
    // Node takes port 0 for "any", which means nothing here.
    if (port === 0) throw new ConnectFailure('connect', 'port 0 cannot be connected to');
    const addresses = await allowedAddresses(hostname, policy, resolver, deadline);
    const socket = await firstToAnswer(addresses, port, deadline, late);
    if (policy.decide(socket.remoteAddress ?? '').kind === 'deny') {
      socket.destroy();
      throw blocked();
    }
    socket.setNoDelay(true);
    if (target.protocol !== 'https:') return socket;
    return orDestroy(socket, before(deadline, handshake(secure, target, socket), late));
  };

  return (target, callback) => {
    void open(target).then(
      (socket) => callback(null, socket),
      (error: unknown) => callback(asFailure('connect', error), null),
    );
  };
}

/** Tries one address after the other; each gets its share of what time is left, so that a silent one leaves some. */
async function firstToAnswer(
  addresses: readonly string[],
  port: number,
  deadline: Instant,
  late: () => Error,
): Promise<Socket> {
  let failure: unknown;
  for (const [index, address] of addresses.entries()) {
    try {
      const share = inMs(msUntil(deadline) / (addresses.length - index));
      return await connectTo(address, port, share, late);
    } catch (error) {
      failure = error;
    }
  }
  throw asFailure('connect', failure);
}

async function connectTo(
  address: string,
  port: number,
  deadline: Instant,
  late: () => Error,
): Promise<Socket> {
  const socket = connectTcp({ host: address, port, family: isIP(address) });
  const connected = new Promise<Socket>((resolve, reject) => {
    socket.once('connect', () => resolve(socket));
    // Stays for as long as the socket lives: an error nobody listens to would end the process.
    socket.on('error', reject);
  });
  return orDestroy(socket, before(deadline, connected, late));
}

function handshake(
  secure: buildConnector.connector,
  target: buildConnector.Options,
  tcp: Socket,
): Promise<Socket> {
  // The server's name comes from the URL alone: undici would take it from a custom Host header.
  const servername = serverName(target.hostname);
  return new Promise((resolve, reject) => {
    secure({ ...target, servername, httpSocket: tcp }, (error, socket) => {
      if (error) reject(asFailure('tls', error));
      else resolve(socket);
    });
  });
}

/** TLS names no addresses, and no root dot (RFC 6066, section 3). */
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
