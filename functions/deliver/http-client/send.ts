import { LRUCache } from 'lru-cache';
import { requestTarget } from '../../catalog/endpoints/endpoint-url.domain.ts';
import type { TransportCause } from '../causes.domain.ts';
import { PhaseClock } from './phase-clock.ts';
import { ConnectionPool } from '../../platform/http/connection-pool.ts';
import { Connection } from '../../platform/http/connection.ts';
import { exchangeOver } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import type { Outbound, OutboundRequest, OutboundResult } from './outbound.port.ts';
import { makeAddressPolicy } from './ssrf-guard.ts';
import { asFailure, ConnectFailure } from './connect-failure.ts';
import { makeConnector } from './connector.ts';
import type { Connect, Target } from './connector.ts';
import type { Instant } from './deadline.ts';
import { before, inMs, rightNow } from './deadline.ts';
import { failed, outcome, wasClosedBefore } from './outbound-result.ts';
import type { SendFacts } from './outbound-result.ts';
import { requestHead, requestHeaders } from './request-headers.ts';
import type { Resolver } from './resolve.ts';
import { systemResolver } from './resolve.ts';

export interface SenderOptions {
  /** Loopback, link-local and the like that this stage lets organizations allow; none on AWS. */
  stageSubnets: readonly string[];
  resolver?: Resolver;
  /** Short, since Lambda freezes the process between invocations. */
  keepAliveMs?: number;
  /** Bounds connecting, which continues after its request has timed out. */
  connectTimeoutMs?: number;
  /** Certificate authorities (PEM) to trust instead of the public ones. */
  ca?: string;
  /** Wall clock in ms. */
  now?: () => number;
}

export interface Sender extends Outbound {
  /** Closes all connections; those in use after their response. */
  close(): void;
}

/** Idle connections, and connectors (one for each list of subnets; most organizations share the empty list). */
const IDLE_LIMIT = 100;
const CONNECTOR_LIMIT = 50;

/** One request, ready to be written, and its target. */
interface Post {
  readonly target: Target;
  /** The pool's key of connections that may be reused: same receiver, same address policy. */
  readonly key: string;
  readonly connect: Connect;
  readonly head: Buffer;
  readonly body: Uint8Array;
  readonly deadline: Instant;
  readonly clock: PhaseClock;
}

interface Sent {
  readonly exchange: Exchange;
  readonly repeated: boolean;
}

/** Sends webhooks as POST, to allowed addresses only (SSRF guard): HTTP/1.1, no redirects, proxies or decompression. */
export function makeSender(options: SenderOptions): Sender {
  const { keepAliveMs = 4_000, now = Date.now } = options;
  const pool = new ConnectionPool({ keepAliveMs, limit: IDLE_LIMIT, now });
  const connectorOf = makeConnectors(options);

  const over = async (connection: Connection, post: Post): Promise<Exchange> => {
    const { exchange, reusable } = await exchangeOver(connection, post, post.deadline);
    if (reusable) pool.put(post.key, connection);
    else connection.destroy();
    return exchange;
  };

  /** Writes the request once; again only if the receiver had already closed the idle connection that was reused. */
  const post = async (one: Post): Promise<Sent> => {
    const kept = await pool.take(one.key);
    if (kept !== undefined) {
      const exchange = await over(kept, one);
      if (!wasClosedBefore(exchange)) return { exchange, repeated: false };
    }
    return { exchange: await over(await connected(one), one), repeated: kept !== undefined };
  };

  const send = async (request: OutboundRequest): Promise<OutboundResult> => {
    const start = rightNow();
    const url = URL.parse(request.url);
    const facts: SendFacts = { start, url: url ?? NO_URL, timeoutMs: request.timeoutMs, repeated: false };
    if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
      return failed({ cause: 'request_unsendable', detail: 'its URL is neither http nor https' }, facts);
    }
    const head = requestHead(requestTarget(request.url), requestHeaders(url, request, request.body.length));
    if (head === undefined) {
      return failed({ cause: 'request_unsendable', detail: 'a header cannot be written in HTTP/1.1' }, facts);
    }
    const target = targetOf(url);
    const { allowedSubnets, body, timeoutMs } = request;
    const policy = keyOf(allowedSubnets);
    const key = `${url.protocol}//${url.host} ${policy}`;
    const connect = connectorOf(policy, allowedSubnets);
    const clock = new PhaseClock();
    try {
      const deadline = inMs(timeoutMs);
      const { exchange, repeated } = await post({ target, key, connect, head, body, deadline, clock });
      return outcome(exchange, { ...facts, repeated, phases: clock.phases });
    } catch (error) {
      const { failure: cause } = asFailure(error, () => 'connection_unreachable');
      return failed({ cause }, { ...facts, phases: clock.phases });
    }
  };

  return { send, close: () => pool.close() };
}

/** Replaces a URL that cannot be parsed. */
const NO_URL = new URL('http://invalid./');

/** A new connection by the deadline of its request. One that is made later is closed unused. */
async function connected({ connect, target, deadline, clock }: Post): Promise<Connection> {
  let waitingFor: TransportCause = 'timeout_dns';
  const connecting = connect(target, deadline, (phase) => {
    waitingFor = phase;
    clock.begin(phase);
  });
  try {
    return new Connection(await before(deadline, connecting, () => new ConnectFailure(waitingFor)));
  } catch (error) {
    connecting.then(
      (socket) => socket.destroy(),
      () => undefined,
    );
    throw error;
  } finally {
    clock.stop();
  }
}

/** One connector for each list of allowed subnets; the least recently used is dropped. */
function makeConnectors(options: SenderOptions) {
  const connectors = new LRUCache<string, Connect>({ max: CONNECTOR_LIMIT });
  return (key: string, allowedSubnets: readonly string[]): Connect => {
    const connect = connectors.get(key) ?? makeConnect(options, allowedSubnets);
    connectors.set(key, connect);
    return connect;
  };
}

const makeConnect = (options: SenderOptions, allowedSubnets: readonly string[]): Connect =>
  makeConnector({
    policy: makeAddressPolicy({ allowedSubnets, stageSubnets: options.stageSubnets }),
    resolver: options.resolver ?? systemResolver,
    timeoutMs: options.connectTimeoutMs ?? 10_000,
    ...(options.ca !== undefined && { ca: options.ca }),
  });

const keyOf = (allowedSubnets: readonly string[]): string => [...allowedSubnets].sort().join(' ');

const targetOf = ({ hostname, port, protocol }: URL): Target => {
  const secure = protocol === 'https:';
  return {
    hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port || (secure ? 443 : 80)),
    secure,
  };
};
