import type { Instant } from './deadline.ts';
import { msUntil, rightNow } from './deadline.ts';
import { ResponseReader } from '../../platform/http/response-reader.domain.ts';
import type { ResponseFault } from '../../platform/http/response-reader.domain.ts';
import type { Connection, ConnectionEvents } from '../../platform/http/connection.ts';
import { LEAST_BODY_MS } from '../../platform/limits/delivery.domain.ts';

/** How many bytes of a response body are stored (the Svix contract). */
const STORED_BYTES = 20_000;

/**
 * How long a reset may take to arrive on a reused connection after the receiver's FIN: longer than any round
 * trip over the internet.
 */
const RESET_WAIT_MS = 500;

/** How an exchange ended. `status`: 0 if no status line arrived. */
export type Exchange =
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly fields: ReadonlyMap<string, string>;
      readonly body: Buffer;
      /** Whether `body` is the whole body. */
      readonly complete: boolean;
      readonly headersAt: Instant;
    }
  | { readonly kind: 'timeout'; readonly status: number }
  | { readonly kind: 'fault'; readonly fault: ResponseFault; readonly status: number }
  /** The connection ended before the first byte of a response. */
  | { readonly kind: 'broken'; readonly error: Error | undefined };

export interface Exchanged {
  readonly exchange: Exchange;
  /** Whether the connection may carry another request. */
  readonly reusable: boolean;
}

/**
 * Sends one request and reads at most 20,000 bytes of the response body. `deadline` is for the header fields; the body
 * gets the rest of the time, at least two seconds. If the body ends early (time, size, a reset), the status still counts.
 */
export const exchangeOver = (
  connection: Connection,
  request: { readonly head: Buffer; readonly body: Uint8Array },
  deadline: Instant,
): Promise<Exchanged> =>
  new Promise((resolve) => {
    const running = new RunningExchange(connection, deadline, resolve);
    connection.begin(running);
    connection.write(request.head, request.body);
  });

/** The receiver closed the connection without a reset. */
const CLOSED: Exchange = { kind: 'broken', error: undefined };

class RunningExchange implements ConnectionEvents {
  readonly #connection: Connection;
  readonly #deadline: Instant;
  readonly #resolve: (exchanged: Exchanged) => void;
  readonly #reader = new ResponseReader(STORED_BYTES);
  #timer: NodeJS.Timeout;
  #headersAt: Instant | undefined;
  #settled = false;

  constructor(connection: Connection, deadline: Instant, resolve: (exchanged: Exchanged) => void) {
    this.#connection = connection;
    this.#deadline = deadline;
    this.#resolve = resolve;
    this.#timer = setTimeout(() => this.#settle(), msUntil(deadline));
  }

  onData(chunk: Buffer): void {
    this.#reader.push(chunk);
    if (this.#reader.head !== undefined && this.#headersAt === undefined) this.#beginBody();
    if (this.#reader.finished) this.#settle();
  }

  onEnd(): void {
    this.#reader.end();
    if (this.#reader.started) this.#settle();
    else if (this.#connection.reused) this.#awaitReset();
    else this.#settle(CLOSED);
  }

  onBreak(error: Error | undefined): void {
    if (this.#reader.started) this.onEnd();
    else this.#settle({ kind: 'broken', error });
  }

  /**
   * A receiver that closed an idle connection while the request was in flight: its FIN arrives first, and its reset in
   * response to the request a round trip later. One that read the request and then closed sends no reset.
   */
  #awaitReset(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (!this.#connection.flushed) this.#settle(CLOSED);
      else this.#connection.probeReset(() => this.#settle(CLOSED));
    }, RESET_WAIT_MS);
  }

  #beginBody(): void {
    this.#headersAt = rightNow();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#settle(), Math.max(LEAST_BODY_MS, msUntil(this.#deadline)));
  }

  #settle(broken?: Exchange): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    // A response may arrive before the whole request was written; the connection cannot be reused then.
    const reusable = this.#reader.reusable && this.#connection.flushed && this.#connection.usable;
    this.#resolve({ exchange: broken ?? this.#result(), reusable });
  }

  #result(): Exchange {
    const { head, fault, statusSeen: status, body } = this.#reader;
    if (fault !== undefined) return { kind: 'fault', fault, status };
    if (head === undefined) return { kind: 'timeout', status };
    const headersAt = this.#headersAt ?? rightNow();
    return { kind: 'response', ...head, body: body.bytes, complete: body.complete, headersAt };
  }
}
