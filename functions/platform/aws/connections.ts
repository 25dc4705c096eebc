import { connect as connectTcp, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { Connection } from '../http/connection.ts';
import type { ConnectionEvents } from '../http/connection.ts';
import { ConnectionPool } from '../http/connection-pool.ts';
import { ResponseReader } from '../http/response-reader.domain.ts';
import { MOST_CONNECTIONS } from '../limits/aws-calls.domain.ts';
import type { CallLimits } from '../limits/aws-calls.domain.ts';
import { AttemptTimedOut } from './call-timeouts.ts';
import type { RunningCall } from './call-timeouts.ts';

/** What a service answered. */
export interface ServiceResponse {
  readonly status: number;
  /** By name in lower case. */
  readonly fields: ReadonlyMap<string, string>;
  readonly text: string;
}

/** Longer than Lambda keeps an idle function. A service that closes earlier is noticed before the next call. */
const KEEP_ALIVE_MS = 900_000;
/** Services close connections that were idle for a minute or more. */
const SURELY_OPEN_MS = 2_000;
/** After so much silence the kernel asks whether the other side is still there, as Node's own HTTP agent has it do. */
const PROBE_AFTER_MS = 1_000;
/** The most that a service answers: DynamoDB's BatchGetItem, in JSON. */
const MOST_BYTES = 64 * 1_048_576;

/** The connection ended before the whole response was there. It has Node's code, by which the SDK's functions retry. */
class HungUp extends Error {
  override readonly name = 'HungUp';
  readonly code = 'ECONNRESET';
}

/** One request and its response on whatever connection it gets, until its time is over. */
class Attempt implements ConnectionEvents {
  readonly #reader = new ResponseReader(MOST_BYTES);
  readonly #resolve: (response: ServiceResponse) => void;
  readonly #reject: (error: unknown) => void;
  readonly #timer: NodeJS.Timeout;
  #whenOver: (() => void) | undefined;
  #isOver = false;

  constructor(
    attemptMs: number,
    resolve: (response: ServiceResponse) => void,
    reject: (error: unknown) => void,
  ) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(
      () => this.fail(new AttemptTimedOut(`no answer within ${attemptMs} ms`)),
      attemptMs,
    );
  }

  isOver(): boolean {
    return this.#isOver;
  }

  /** Calls `done`, before the caller gets the response, with whether the connection may carry another request. */
  over(connection: Connection, head: Buffer, body: Uint8Array, done: (reusable: boolean) => void): void {
    if (this.#isOver) {
      done(true);
      return;
    }
    this.#whenOver = () => done(this.#reader.reusable && connection.flushed && connection.usable);
    connection.begin(this);
    connection.write(head, body);
  }

  /** Calls `end` if the attempt ends before its connection is made. */
  whileConnecting(end: () => void): void {
    this.#whenOver = end;
  }

  onData(chunk: Buffer): void {
    this.#reader.push(chunk);
    if (this.#reader.finished) this.#settle();
  }

  onEnd(): void {
    this.#reader.end();
    if (this.#reader.head === undefined) this.fail(new HungUp('the connection ended before a response'));
    else this.#settle();
  }

  onBreak(error: Error | undefined): void {
    if (error === undefined) this.onEnd();
    else this.fail(error);
  }

  fail(error: unknown): void {
    if (this.#end()) this.#reject(error);
  }

  #settle(): void {
    const { fault, head, body } = this.#reader;
    if (fault !== undefined)
      this.fail(new Error(fault.kind === 'protocol-error' ? fault.reason : 'its header fields are too long'));
    else if (head !== undefined && body.complete) {
      const { status, fields } = head;
      if (this.#end()) this.#resolve({ status, fields, text: body.bytes.toString() });
    } else if (body.bytes.length >= MOST_BYTES)
      this.fail(new Error(`An answer has more than ${MOST_BYTES} bytes.`));
    else this.fail(new HungUp('the connection ended before the whole response'));
  }

  #end(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#whenOver?.();
    return true;
  }
}

/**
 * HTTP/1.1 connections to one service, kept for later calls. Over Node's own HTTP client a call takes four times the CPU
 * (docs/decisions/0145); this is the client that sends webhooks (platform/http), with the SDK's limits.
 */
export class Connections {
  readonly #limits: CallLimits;
  readonly #tls: ConnectionOptions;
  readonly #pool: ConnectionPool;
  readonly #waiting: (() => void)[] = [];
  #used = 0;
  /** Of TLS, to resume: a handshake costs more than many calls. */
  #session: Buffer | undefined;

  /** `tls`: Node's options, other than its defaults. */
  constructor(limits: CallLimits, tls: ConnectionOptions = {}) {
    this.#limits = limits;
    this.#tls = tls;
    this.#pool = new ConnectionPool({
      keepAliveMs: KEEP_ALIVE_MS,
      limit: MOST_CONNECTIONS,
      now: Date.now,
      surelyOpenMs: SURELY_OPEN_MS,
    });
  }

  /** Sends a request once. Its time includes waiting for a connection. */
  post(url: URL, head: Buffer, body: Uint8Array, call: RunningCall): Promise<ServiceResponse> {
    return new Promise((resolve, reject) => {
      const attempt = new Attempt(this.#limits.attemptMs, resolve, reject);
      call.endAttempt = () => attempt.fail(new Error('the call is over'));
      if (call.isOver) call.endAttempt();
      this.#run(attempt, url, head, body).catch((error: unknown) => attempt.fail(error));
    });
  }

  async #run(attempt: Attempt, url: URL, head: Buffer, body: Uint8Array): Promise<void> {
    if (this.#used < MOST_CONNECTIONS) this.#used += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      const connection = await this.#connection(attempt, url);
      attempt.over(connection, head, body, (reusable) => {
        if (reusable) this.#pool.put(url.host, connection);
        else connection.destroy();
        this.#giveUp();
      });
    } catch (error) {
      this.#giveUp();
      throw error;
    }
  }

  async #connection(attempt: Attempt, url: URL): Promise<Connection> {
    if (attempt.isOver()) throw new Error('no connection is needed any more');
    return (await this.#pool.take(url.host)) ?? (await this.#connect(url, attempt));
  }

  /** Gives one's place to the call that has waited for longest. */
  #giveUp(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#used -= 1;
    else next();
  }

  #connect(url: URL, attempt: Attempt): Promise<Connection> {
    const { connectMs } = this.#limits;
    const secure = url.protocol === 'https:';
    const socket = secure ? this.#secureSocket(url) : connectTcp(placeOf(url));
    return new Promise((resolve, reject) => {
      attempt.whileConnecting(() => socket.destroy());
      const timer = setTimeout(
        () => socket.destroy(new AttemptTimedOut(`no connection within ${connectMs} ms`)),
        connectMs,
      );
      socket.once('connect', () => clearTimeout(timer));
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        socket.setNoDelay(true).setKeepAlive(true, PROBE_AFTER_MS);
        resolve(new Connection(socket));
      });
      // Never removed: an error event without a listener would end the process.
      socket.on('error', reject);
      socket.once('close', () => {
        clearTimeout(timer);
        reject(new HungUp('the connection was not made'));
      });
    });
  }

  #secureSocket(url: URL): Socket {
    const { host, port } = placeOf(url);
    const socket = connectTls({
      host,
      port,
      servername: isIP(host) === 0 ? host : '',
      ALPNProtocols: ['http/1.1'],
      ...(this.#session === undefined ? {} : { session: this.#session }),
      ...this.#tls,
    });
    socket.on('session', (session: Buffer) => (this.#session = session));
    socket.on('error', () => (this.#session = undefined));
    return socket;
  }
}

const placeOf = ({ hostname, port, protocol }: URL) => ({
  host: hostname.replace(/^\[(.*)\]$/, '$1'),
  port: Number(port || (protocol === 'https:' ? 443 : 80)),
});
