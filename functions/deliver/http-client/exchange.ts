import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Instant } from './deadline.ts';
import { msUntil, rightNow } from './deadline.ts';
import { STORED_BYTES, storedText } from './stored-text.ts';

export type Exchange =
  | { kind: 'response'; status: number; retryAfter: string | undefined; body: string; headersAt: Instant }
  | { kind: 'timeout' }
  | { kind: 'failed'; error: unknown };

/** What a body gets at least, when the headers came at the last moment: it costs a slot, and explains failures. */
const MIN_BODY_MS = 2_000;

/**
 * Sends one request and reads at most 20,000 bytes of the answer. `deadline` is that of the headers; the body gets
 * what is left, two seconds at least, and whatever ends it early (time, size, a reset) the status stands.
 * Once this has settled, nothing more is sent: a request still waiting for its connection is dropped.
 */
export function exchange(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  deadline: Instant,
): Promise<Exchange> {
  return new Promise((resolve) => {
    const handler = new ExchangeHandler(deadline, resolve);
    try {
      dispatcher.dispatch(options, handler);
    } catch (error) {
      handler.onResponseError(undefined, error);
    }
  });
}

type Head = Omit<Extract<Exchange, { kind: 'response' }>, 'body'>;

class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #deadline: Instant;
  readonly #resolve: (result: Exchange) => void;
  readonly #chunks: Uint8Array[] = [];
  #timer: NodeJS.Timeout;
  #size = 0;
  #head: Head | undefined;
  #settled = false;
  #controller: Dispatcher.DispatchController | undefined;

  constructor(deadline: Instant, resolve: (result: Exchange) => void) {
    this.#deadline = deadline;
    this.#resolve = resolve;
    this.#timer = setTimeout(() => this.#cut(), msUntil(deadline));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#settled) controller.abort(new Error('given up before it was sent'));
  }

  onResponseStart(_controller: unknown, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return; // informational: the answer is still to come
    const retryAfter = [headers['retry-after']].flat()[0];
    this.#head = { kind: 'response', status, retryAfter, headersAt: rightNow() };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#cut(), Math.max(MIN_BODY_MS, msUntil(this.#deadline)));
  }

  onResponseData(_controller: unknown, chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size >= STORED_BYTES) this.#cut();
  }

  onResponseEnd(): void {
    this.#settle({ kind: 'timeout' });
  }

  onResponseError(_controller: unknown, error: unknown): void {
    this.#settle({ kind: 'failed', error });
  }

  #cut(): void {
    this.#settle({ kind: 'timeout' });
    this.#controller?.abort(new Error('nothing more is wanted'));
  }

  /** Ends with the response if its headers are here, whatever happened since, else with `otherwise`. */
  #settle(otherwise: Exchange): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#resolve(this.#head ? { ...this.#head, body: storedText(this.#chunks) } : otherwise);
  }
}
