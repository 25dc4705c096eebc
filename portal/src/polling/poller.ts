/** What a screen wants to be kept fresh. */
export interface Polled {
  /** When it was fetched last, in ms; Infinity: it has not loaded, so there is nothing to keep fresh. */
  readonly fetchedAtMs: () => number;
  readonly fetch: () => void;
}

export const POLL_EVERY_MS = 5_000;
/** Without input for this long the page counts as unread, and stops asking. */
export const IDLE_AFTER_MS = 600_000;

/**
 * Keeps what is on the screen fresh with at most one request per interval in all: what was fetched longest ago is fetched
 * next. Nothing is asked while the page is hidden, offline or idle.
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
    const [oldest] = [...this.#polled].toSorted((one, other) => one.fetchedAtMs() - other.fetchedAtMs());
    if (oldest === undefined || now - oldest.fetchedAtMs() < POLL_EVERY_MS) return;
    this.#askedAtMs = now;
    oldest.fetch();
  }
}
