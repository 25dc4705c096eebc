/** What a screen wants to be fetched by itself. */
export interface Polled {
  /** From when on it is to be fetched, in ms; Infinity: not now. */
  readonly dueAtMs: () => number;
  readonly fetch: () => void;
}

export const POLL_EVERY_MS = 5_000;
/** Without input for this long the page counts as unread, and stops asking. */
export const IDLE_AFTER_MS = 600_000;

/**
 * Keeps what is on the screen fresh with at most one request per interval in all: what is due longest is fetched next.
 * Nothing is asked while the page is hidden, offline or idle.
 */
export class Poller {
  readonly #now: () => number;
  readonly #isVisible: () => boolean;
  readonly #polled = new Set<Polled>();
  #activeAtMs: number;
  #askedAtMs: number;

  constructor(now: () => number, isVisible: () => boolean) {
    this.#now = now;
    this.#isVisible = isVisible;
    this.#activeAtMs = now();
    this.#askedAtMs = now();
  }

  register(polled: Polled): () => void {
    this.#polled.add(polled);
    return () => this.#polled.delete(polled);
  }

  /** The reader did something. */
  active(): void {
    this.#activeAtMs = this.#now();
  }

  /** Fetches at most one of the registered; called every second or so. */
  tick(): void {
    const now = this.#now();
    const idle = now - this.#activeAtMs >= IDLE_AFTER_MS;
    if (idle || !this.#isVisible() || now - this.#askedAtMs < POLL_EVERY_MS) return;
    const due = [...this.#polled].map((polled) => ({ polled, atMs: polled.dueAtMs() }));
    const [first] = due.toSorted((one, other) => one.atMs - other.atMs);
    if (first === undefined || now < first.atMs) return;
    this.#askedAtMs = now;
    first.polled.fetch();
  }
}
