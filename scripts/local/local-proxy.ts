import type { IncomingMessage, RequestOptions, ServerResponse } from 'node:http';
import { Agent, createServer, request as sendRequest } from 'node:http';
import { pipeline } from 'node:stream';
import { listen } from './listen.ts';
import type { Listening } from './listen.ts';

/**
 * Gives the deployed API an origin of its own: its emulator URL has a path before `/api/v1`, and several SDKs keep only
 * the origin of their server URL. Method, path, query, headers and body are forwarded unchanged, so differences from
 * AWS come from the emulator.
 */
export interface LocalProxy extends Listening {
  readonly url: string;
  /**
   * Forwards requests to `target` from now on, but OPTIONS to `preflights`, for emulators that answer OPTIONS of
   * `target` by themselves. Before that they get 503.
   */
  open(target: string, preflights?: string): void;
}

/** Below the emulator's idle timeout of 75 s, so that it never closes a connection that the proxy reuses. */
const IDLE_MS = 30_000;
/**
 * Requests that the emulator works on at a time; further ones wait here. It starts a process for each concurrent request
 * of a function, and dozens of starts at once outlast the function's timeout on a busy machine. More are no faster.
 */
export const MOST_AT_ONCE = 10;

const refuse = (response: ServerResponse, status: number, detail: string): void => {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ code: 'local_proxy', detail }));
};

const optionsFor = (target: URL, request: IncomingMessage, agent: Agent): RequestOptions => ({
  agent,
  host: target.hostname,
  port: target.port,
  method: request.method,
  path: `${target.pathname.replace(/\/$/, '')}${request.url ?? '/'}`,
  // rawHeaders keeps the order, case and duplicates of headers.
  headers: request.rawHeaders,
  setHost: false,
  joinDuplicateHeaders: false,
});

const forward = (target: URL, agent: Agent, request: IncomingMessage, response: ServerResponse): void => {
  const onward = sendRequest(optionsFor(target, request, agent), (answer) => {
    response.sendDate = false;
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.rawHeaders);
    pipeline(answer, response, () => undefined);
  });
  onward.on('error', (error) => refuse(response, 502, `The emulator did not answer: ${error.message}`));
  response.on('close', () => onward.destroy());
  pipeline(request, onward, () => undefined);
};

/** Starts the proxy on 127.0.0.1; port 0 takes a free one. */
export const startLocalProxy = async (port: number): Promise<LocalProxy> => {
  let targets: { readonly all: URL; readonly preflights: URL } | null = null;
  const agent = new Agent({ keepAlive: true, timeout: IDLE_MS, maxSockets: MOST_AT_ONCE });
  const server = createServer((request, response) => {
    if (targets === null) {
      refuse(response, 503, 'The stack is still starting.');
    } else if (request.url?.startsWith('/') === true) {
      forward(request.method === 'OPTIONS' ? targets.preflights : targets.all, agent, request, response);
    } else {
      refuse(response, 400, 'The request target is not a path.');
    }
  });
  // A request to a Lambda may take 30 s; Node's own limits must not end it earlier.
  server.requestTimeout = 0;
  const listening = await listen(server, port);
  return {
    port: listening.port,
    url: `http://127.0.0.1:${listening.port}`,
    open: (all, preflights = all) => (targets = { all: new URL(all), preflights: new URL(preflights) }),
    close: async () => {
      agent.destroy();
      await listening.close();
    },
  };
};
