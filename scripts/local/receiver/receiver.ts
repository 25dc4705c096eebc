import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listen } from '../listen.ts';
import { execute } from './receiver-answer.ts';
import { describeOutcome, parseCommand } from './receiver-command.ts';
import { makeReceiverLog } from './receiver-log.ts';
import type { Filter } from './receiver-log.ts';

/**
 * A webhook receiver that executes the command in the URL of each request (docs/receiver.md) and records every request.
 * Tests and users script its answers with URLs.
 */
export interface Receiver {
  /** On 127.0.0.1. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Message ids and paths whose requests are counted; the oldest are dropped. */
const MAX_COUNTED = 100_000;
const MAX_WAIT_MS = 60_000;
const CONTROL = new Set(['/_received', '/_release']);

const pairs = (raw: readonly string[]): [string, string][] =>
  raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? '']] : []));

const makeTries = () => {
  const tries = new Map<string, number>();
  return (key: string): number => {
    const number = (tries.get(key) ?? 0) + 1;
    tries.delete(key);
    tries.set(key, number);
    const oldest = tries.keys().next();
    if (tries.size > MAX_COUNTED && oldest.done !== true) tries.delete(oldest.value);
    return number;
  };
};

/** Names that requests wait for. A released name stays released. */
const makeHolds = () => {
  const holds = new Map<string, PromiseWithResolvers<void>>();
  const open = new Set<string>();
  const hold = (name: string) => {
    const fresh: PromiseWithResolvers<void> = Promise.withResolvers();
    const known = holds.get(name) ?? fresh;
    holds.set(name, known);
    return known;
  };
  return {
    wait: (name: string) => hold(name).promise,
    isOpen: (name: string) => open.has(name),
    release: (name: string) => {
      open.add(name);
      hold(name).resolve();
    },
  };
};

/** `until=<name>`: once that name is released, the URL's commands are ignored. */
const commandsIn = (query: URLSearchParams, isOpen: (name: string) => boolean): URLSearchParams => {
  const name = query.get('until');
  return name !== null && isOpen(name) ? new URLSearchParams() : query;
};

const json = (response: ServerResponse, status: number, value: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
};

const numberIn = (query: URLSearchParams, name: string, otherwise: number): number => {
  const value = Number(query.get(name) ?? otherwise);
  return Number.isFinite(value) ? value : otherwise;
};

const filterIn = (query: URLSearchParams): Filter => ({
  id: query.get('id') ?? undefined,
  path: query.get('path') ?? undefined,
  after: query.has('after') ? numberIn(query, 'after', 0) : undefined,
});

const makeHandler = () => {
  const log = makeReceiverLog();
  const tries = makeTries();
  const holds = makeHolds();

  /** Serves `/_received` and `/_release`. */
  const control = async (request: IncomingMessage, url: URL, response: ServerResponse): Promise<void> => {
    const query = url.searchParams;
    const route = `${request.method ?? ''} ${url.pathname}`;
    switch (route) {
      case 'GET /_received': {
        const waitMs = Math.min(numberIn(query, 'wait', 0), MAX_WAIT_MS);
        json(response, 200, { data: await log.wait(filterIn(query), numberIn(query, 'count', 1), waitMs) });
        return;
      }
      case 'DELETE /_received':
        log.clear(filterIn(query));
        break;
      case 'POST /_release':
        holds.release(query.get('name') ?? '');
        break;
      default:
        json(response, 404, { detail: 'GET /_received, DELETE /_received or POST /_release?name=...' });
        return;
    }
    response.writeHead(204).end();
  };

  const webhook = async (request: IncomingMessage, url: URL, response: ServerResponse): Promise<void> => {
    const header = request.headers['svix-id'] ?? request.headers['webhook-id'] ?? null;
    const id = typeof header === 'string' ? header : null;
    const tryNumber = tries(`${url.pathname} ${id ?? ''}`);
    const parsed = parseCommand(commandsIn(url.searchParams, holds.isOpen), tryNumber);
    const answered = parsed.kind === 'ok' ? describeOutcome(parsed.command.outcome) : '400';
    const body = await buffer(request);
    log.add({
      id,
      try: tryNumber,
      method: request.method ?? '',
      url: request.url ?? '',
      path: url.pathname,
      headers: pairs(request.rawHeaders),
      body: body.toString('base64'),
      text: body.toString(),
      at: Date.now(),
      answered,
    });
    if (parsed.kind === 'invalid') {
      json(response, 400, { detail: parsed.reason });
      return;
    }
    const { hold } = parsed.command;
    await execute(response, parsed.command, hold === null ? Promise.resolve() : holds.wait(hold));
  };

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(`http://receiver${request.url ?? '/'}`);
    await (CONTROL.has(url.pathname) ? control : webhook)(request, url, response);
  };
};

/** Starts a receiver on 127.0.0.1, on a free port unless one is given. */
export const startReceiver = async (port = 0, host = '127.0.0.1'): Promise<Receiver> => {
  const handle = makeHandler();
  const server = createServer((request, response) => {
    // A sender may close the connection in the middle of a request.
    handle(request, response).catch(() => response.destroy());
  });
  const listening = await listen(server, port, host);
  return { url: `http://127.0.0.1:${listening.port}`, ...listening };
};
