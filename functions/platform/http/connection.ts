import type { Socket } from 'node:net';

/** Up to this size copying a body is cheaper than a second write. */
const JOINED_BYTES = 16_384;

/** What happens on a connection while an exchange uses it. */
export interface ConnectionEvents {
  onData(chunk: Buffer): void;
  /** The receiver closed its side. */
  onEnd(): void;
  /** The connection broke; undefined: it closed without an error. */
  onBreak(error: Error | undefined): void;
}

/** A connection to a receiver. The listeners of its socket are set once, however many exchanges follow. */
export class Connection {
  readonly #socket: Socket;
  #user: ConnectionEvents | undefined;
  #error: Error | undefined;
  #whenUnusable: (() => void) | undefined;
  #reused = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('end', () => this.#onEnd());
    socket.on('error', (error) => (this.#error = error));
    socket.on('close', () => this.#onClose());
    socket.on('timeout', () => socket.destroy());
  }

  /** Whether a request may be written. */
  get usable(): boolean {
    return !this.#socket.destroyed && this.#socket.writable && !this.#socket.readableEnded;
  }

  /** Whether everything that was written has been handed to the kernel. */
  get flushed(): boolean {
    return this.#socket.writableLength === 0;
  }

  /** Whether it was idle before its present exchange. */
  get reused(): boolean {
    return this.#reused;
  }

  begin(user: ConnectionEvents): void {
    this.#user = user;
  }

  write(head: Buffer, body: Uint8Array): void {
    if (body.length <= JOINED_BYTES) {
      this.#socket.write(Buffer.concat([head, body]));
      return;
    }
    this.#socket.cork();
    this.#socket.write(head);
    this.#socket.write(body);
    this.#socket.uncork();
  }

  /**
   * Asks the kernel about a connection that the receiver closed, by writing an empty line: if it was reset, the write fails
   * and `onBreak` follows, else `otherwise` is called. A receiver ignores the line (RFC 9112, section 2.2).
   */
  probeReset(otherwise: () => void): void {
    this.#socket.write('\r\n', (error) => {
      if (error === null || error === undefined) otherwise();
    });
  }

  /** Keeps the connection idle for its next exchange, at most so long. If it closes or receives data, `whenUnusable` is called. */
  rest(keepAliveMs: number, whenUnusable: () => void): void {
    this.#user = undefined;
    this.#whenUnusable = whenUnusable;
    this.#socket.setTimeout(keepAliveMs);
    this.#socket.unref();
  }

  /** Ends being idle. */
  resume(): void {
    this.#whenUnusable = undefined;
    this.#reused = true;
    this.#socket.setTimeout(0);
    this.#socket.ref();
  }

  destroy(): void {
    this.#user = undefined;
    this.#socket.destroy();
  }

  #onData(chunk: Buffer): void {
    // Unsolicited data would be read as the response to the next request.
    if (this.#user === undefined) this.#socket.destroy();
    else this.#user.onData(chunk);
  }

  #onEnd(): void {
    if (this.#user === undefined) this.#socket.destroy();
    else this.#user.onEnd();
  }

  #onClose(): void {
    this.#whenUnusable?.();
    this.#user?.onBreak(this.#error);
  }
}
