import type { Connection } from './connection.ts';

export interface PoolOptions {
  /** How long a connection may be idle. Short, since Lambda freezes the process between invocations. */
  readonly keepAliveMs: number;
  /** Idle connections; beyond it the one idle for longest is closed. */
  readonly limit: number;
  /** Wall clock in ms, which runs on while the process is frozen. */
  readonly now: () => number;
  /** For so long after its last use a connection is taken as it is: its server closes it much later. Absent: never. */
  readonly surelyOpenMs?: number;
}

interface Idle {
  readonly key: string;
  readonly connection: Connection;
  readonly since: number;
}

/** The end of the event loop's next poll: by then Node has seen which connections the kernel knows to be closed. */
const nextPoll = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

/** Idle connections. A key names receiver and address policy, so that a connection is reused for both alone. */
export class ConnectionPool {
  readonly #options: PoolOptions;
  /** In the order in which they became idle. */
  readonly #idle = new Set<Idle>();
  readonly #byKey = new Map<string, Idle[]>();
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /**
   * Takes a connection that its receiver has not closed; undefined: there is none. If the receiver closed it (while this
   * process was frozen, say), the kernel knows, so wait for the event loop's next poll before using it.
   */
  async take(key: string): Promise<Connection | undefined> {
    const { now, surelyOpenMs = Number.NEGATIVE_INFINITY } = this.#options;
    for (;;) {
      const idle = this.#pop(key);
      if (idle === undefined) return undefined;
      const { connection, since } = idle;
      if (now() - since > surelyOpenMs) await nextPoll();
      if (connection.usable) return connection;
      connection.destroy();
    }
  }

  /** Returns a connection to the pool. */
  put(key: string, connection: Connection): void {
    if (this.#closed || !connection.usable) {
      connection.destroy();
      return;
    }
    const idle = { key, connection, since: this.#options.now() };
    this.#idle.add(idle);
    const same = this.#byKey.get(key) ?? [];
    same.push(idle);
    this.#byKey.set(key, same);
    connection.rest(this.#options.keepAliveMs, () => this.#remove(idle));
    const [longest] = this.#idle;
    if (this.#idle.size > this.#options.limit && longest !== undefined) this.#discard(longest);
  }

  /** Closes all idle connections, and later ones when they are returned. */
  close(): void {
    this.#closed = true;
    for (const idle of this.#idle) this.#discard(idle);
  }

  #pop(key: string): Idle | undefined {
    this.#discardStale();
    const idle = this.#byKey.get(key)?.at(-1);
    if (idle === undefined) return undefined;
    this.#remove(idle);
    idle.connection.resume();
    return idle;
  }

  /** After a freeze, timers have not fired yet and connections may be closed. */
  #discardStale(): void {
    const idleSince = this.#options.now() - this.#options.keepAliveMs;
    for (const idle of this.#idle) {
      if (idle.since >= idleSince) return;
      this.#discard(idle);
    }
  }

  #discard(idle: Idle): void {
    this.#remove(idle);
    idle.connection.destroy();
  }

  #remove(idle: Idle): void {
    if (!this.#idle.delete(idle)) return;
    const same = this.#byKey.get(idle.key)?.filter((other) => other !== idle) ?? [];
    if (same.length === 0) this.#byKey.delete(idle.key);
    else this.#byKey.set(idle.key, same);
  }
}
