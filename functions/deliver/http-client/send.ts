import type { Dispatcher } from 'undici';
import Agent from 'undici/lib/dispatcher/agent.js';
import type { Outbound, OutboundRequest, OutboundResult } from './outbound.port.ts';
import { makeAddressPolicy } from './ssrf-guard.ts';
import { Agents } from './agents.ts';
import { makeConnector } from './connector.ts';
import type { Instant } from './deadline.ts';
import { inMs, rightNow } from './deadline.ts';
import { exchange } from './exchange.ts';
import { outcome, unsendable, worthAnotherTry } from './outcome.ts';
import { requestHeaders } from './request-headers.ts';
import type { Resolver } from './resolve.ts';
import { systemResolver } from './resolve.ts';

export interface SenderOptions {
  /** Loopback, link-local and the like that this stage lets organizations open; none on AWS. */
  stageSubnets: readonly string[];
  resolver?: Resolver;
  /** Short, since Lambda environments freeze between invocations. */
  keepAliveMs?: number;
  /** Bounds a connection that is still being made after its request was given up. */
  connectTimeoutMs?: number;
  /** Certificate authorities (PEM) to trust instead of the public ones. */
  ca?: string;
  /** Wall clock in ms. */
  now?: () => number;
}

export interface Sender extends Outbound {
  /** Waits for open requests and closes all connections. */
  close(): Promise<void>;
}

/** Lists of subnets with open connections at a time. Most organizations share one, the empty list. */
const AGENT_LIMIT = 50;

/** POSTs webhooks to public addresses only: HTTP/1.1, no redirects, no proxies, nothing decompressed. */
export function makeSender(options: SenderOptions): Sender {
  const keepAliveMs = options.keepAliveMs ?? 4_000;
  const build = (allowedSubnets: readonly string[]) => makeAgent(options, keepAliveMs, allowedSubnets);
  const agents = new Agents({ build, keepAliveMs, limit: AGENT_LIMIT, now: options.now ?? Date.now });

  const pooled = async (request: OutboundRequest, post: Dispatcher.DispatchOptions, deadline: Instant) => {
    const agent = agents.get(request.allowedSubnets);
    const result = await exchange(agent, post, deadline);
    agents.release(request.allowedSubnets, agent);
    return result;
  };

  // On a connection of its own: the pool may hold more that are as dead as the one that failed.
  const fresh = async (request: OutboundRequest, post: Dispatcher.DispatchOptions, deadline: Instant) => {
    const agent = build(request.allowedSubnets);
    const result = await exchange(agent, post, deadline);
    agent.close().catch(() => undefined);
    return result;
  };

  const send = async (request: OutboundRequest): Promise<OutboundResult> => {
    const start = rightNow();
    const post = asPost(request);
    if (post === undefined) return unsendable('not an http or https URL');
    const deadline = inMs(request.timeoutMs);
    const first = await pooled(request, post, deadline);
    const again = worthAnotherTry(first, start);
    const result = again ? await fresh(request, post, deadline) : first;
    return outcome(result, { start, timeoutMs: request.timeoutMs, transportRetry: again });
  };

  return { send, close: () => agents.close() };
}

function makeAgent(options: SenderOptions, keepAliveMs: number, allowedSubnets: readonly string[]): Agent {
  const connect = makeConnector({
    policy: makeAddressPolicy({ allowedSubnets, stageSubnets: options.stageSubnets }),
    resolver: options.resolver ?? systemResolver,
    timeoutMs: options.connectTimeoutMs ?? 10_000,
    ...(options.ca !== undefined && { ca: options.ca }),
  });
  // Limits of time are ours (exchange.ts): undici's own are coarse, and none spans connection and headers.
  const limits = {
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
  };
  return new Agent({ connect, allowH2: false, pipelining: 1, ...limits });
}

function asPost(request: OutboundRequest): Dispatcher.DispatchOptions | undefined {
  const url = URL.parse(request.url);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  return {
    origin: url.origin,
    path: url.pathname + url.search,
    method: 'POST',
    headers: requestHeaders(url, request.headers),
    body: request.body,
  };
}
