import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Problem, explain } from '../local/problem.ts';

/** What the clock and the network do, replaceable in tests. */
export interface Runtime {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly sleep: (ms: number) => Promise<void>;
  readonly now: () => number;
}

export const realRuntime: Runtime = {
  fetch: (url, init) => fetch(url, init),
  sleep: async (ms) => {
    await wait(ms);
  },
  now: () => Date.now(),
};

export interface ApiClientTask {
  /** For messages: `source` or `target`. */
  readonly side: string;
  readonly serverUrl: string;
  readonly token: string;
  /** Requests a second. */
  readonly rate: number;
  readonly signal: AbortSignal;
  readonly runtime: Runtime;
}

/** A Svix API with paths below `/api/v1`. */
export interface ApiClient {
  readonly side: string;
  /** The parsed answer. Throws ApiRefusal for 4xx and 501, and a Problem if the server cannot be used. */
  send(method: string, path: string, body?: unknown): Promise<unknown>;
}

/** The server refused one request. */
export class ApiRefusal extends Error {
  override name = 'ApiRefusal';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const TRIES = 8;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
const REQUEST_LIMIT_MS = 60_000;
const LONGEST_DETAIL = 500;

/** Slots of equal length, one request each. */
const makePace = ({ rate, runtime }: ApiClientTask) => {
  let next = 0;
  return async (): Promise<void> => {
    const now = runtime.now();
    const slot = Math.max(now, next);
    next = slot + 1000 / rate;
    if (slot > now) await runtime.sleep(slot - now);
  };
};

/** Milliseconds until the next try: what the server asks for, else a doubling pause. */
const pauseMs = (tried: number, retryAfter: string | null): number => {
  const asked = Number(retryAfter ?? Number.NaN) * 1000;
  const backoff = FIRST_PAUSE_MS * 2 ** (tried - 1);
  return Math.min(asked > 0 ? asked : backoff, LONGEST_PAUSE_MS);
};

type Result =
  | { readonly kind: 'answered'; readonly value: unknown }
  | { readonly kind: 'again'; readonly why: string; readonly retryAfter: string | null };

interface Answer {
  readonly status: number;
  readonly ok: boolean;
  readonly text: string;
  readonly retryAfter: string | null;
}

const parse = (side: string, text: string): unknown => {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem(
      `The ${side} does not answer JSON: ${text.slice(0, LONGEST_DETAIL)}. Is its URL that of a Svix API, without /api/v1?`,
    );
  }
};

const resultOf = (side: string, { status, ok, text, retryAfter }: Answer): Result => {
  if (ok) return { kind: 'answered', value: parse(side, text) };
  // 501 is for good: the server has no such operation.
  if (status === 429 || (status >= 500 && status !== 501))
    return { kind: 'again', why: `status ${status}`, retryAfter };
  const detail = text.slice(0, LONGEST_DETAIL);
  if (status === 401 || status === 403)
    throw new Problem(`The ${side} refuses its token (${status}): ${detail}`);
  throw new ApiRefusal(status, `${status} ${detail}`);
};

/**
 * A client that keeps a rate, repeats requests that were not answered, throttled (429) or failed (5xx), and gives up after
 * some minutes. Repeats carry the same idempotency key, so that none of them creates a second object.
 */
export const makeApiClient = (task: ApiClientTask): ApiClient => {
  const pace = makePace(task);
  const { runtime, signal, side } = task;
  const exchange = async (method: string, path: string, body: unknown, key: string): Promise<Answer> => {
    const response = await runtime.fetch(`${task.serverUrl}/api/v1${path}`, {
      method,
      redirect: 'error',
      headers: {
        authorization: `Bearer ${task.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(method === 'POST' ? { 'idempotency-key': key } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
    });
    const { status, ok, headers } = response;
    return { status, ok, text: await response.text(), retryAfter: headers.get('retry-after') };
  };
  const once = async (method: string, path: string, body: unknown, key: string): Promise<Result> => {
    await pace();
    signal.throwIfAborted();
    const answer = await exchange(method, path, body, key).catch((error: unknown) => explain(error));
    if (typeof answer === 'string') return { kind: 'again', why: answer, retryAfter: null };
    return resultOf(side, answer);
  };
  return {
    side,
    send: async (method, path, body) => {
      const key = randomUUID();
      for (let tried = 1; ; tried += 1) {
        const result = await once(method, path, body, key);
        if (result.kind === 'answered') return result.value;
        if (tried === TRIES)
          throw new Problem(`The ${side} does not answer ${method} ${path}: ${result.why} (${TRIES} tries).`);
        await runtime.sleep(pauseMs(tried, result.retryAfter));
      }
    },
  };
};
