import type { Connection } from './connection.ts';

export interface PoolOptions {
  /** How long a connection may rest. Short, since Lambda environments freeze between invocations. */
  readonly keepAliveMs: number;
  /** Connections that rest at a time; past it the one that rested longest is closed. */
  readonly limit: number;
  /** Wall clock in ms: it runs on while a Lambda environment is frozen. */
  readonly now: () => number;
}

interface Resting {
  readonly key: string;
  readonly connection: Connection;
  readonly since: number;
}

/** The end of the event loop's next poll, when everything is known that the kernel had to tell of connections. */
const nextPoll = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

/** Connections that rest between exchanges. A key names receiver and policy, so that neither is ever confused. */
export class ConnectionPool {
  readonly #options: PoolOptions;
  /** In the order in which they began to rest. */
  readonly #resting = new Set<Resting>();
  readonly #byKey = new Map<string, Resting[]>();
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /**
   * A connection that its receiver has not closed; undefined: there is none. A receiver that closed it meanwhile (while
   * this process was frozen, say) has told the kernel so, which is heard of before the connection is used.
   */
  async take(key: string): Promise<Connection | undefined> {
    for (;;) {
      const connection = this.#pop(key);
      if (connection === undefined) return undefined;
      await nextPoll();
      if (connection.usable) return connection;
      connection.destroy();
    }
  }

  /** Lets a connection rest. */
  put(key: string, connection: Connection): void {
    if (this.#closed || !connection.usable) {
      connection.destroy();
      return;
    }
    const resting = { key, connection, since: this.#options.now() };
    this.#resting.add(resting);
    const same = this.#byKey.get(key) ?? [];
    same.push(resting);
    this.#byKey.set(key, same);
    connection.rest(this.#options.keepAliveMs, () => this.#remove(resting));
    const [longest] = this.#resting;
    if (this.#resting.size > this.#options.limit && longest !== undefined) this.#discard(longest);
  }

  /** Closes what rests now and whatever would rest later. */
  close(): void {
    this.#closed = true;
    for (const resting of this.#resting) this.#discard(resting);
  }

  #pop(key: string): Connection | undefined {
    this.#discardStale();
    const resting = this.#byKey.get(key)?.at(-1);
    if (resting === undefined) return undefined;
    this.#remove(resting);
    resting.connection.resume();
    return resting.connection;
  }

  /** After a thaw timers have not fired yet, and connections are dead. */
  #discardStale(): void {
    const restingSince = this.#options.now() - this.#options.keepAliveMs;
    for (const resting of this.#resting) {
      if (resting.since >= restingSince) return;
      this.#discard(resting);
    }
  }

  #discard(resting: Resting): void {
    this.#remove(resting);
    resting.connection.destroy();
  }

  #remove(resting: Resting): void {
    if (!this.#resting.delete(resting)) return;
    const same = this.#byKey.get(resting.key)?.filter((other) => other !== resting) ?? [];
    if (same.length === 0) this.#byKey.delete(resting.key);
    else this.#byKey.set(resting.key, same);
  }
}
