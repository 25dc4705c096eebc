import type { VirtualClock } from './clock.ts';

export interface ReaderOptions<Item> {
  /** False: the batch is read again. */
  readonly work: (items: readonly Item[]) => Promise<boolean>;
  readonly batch: number;
  /** Readers that share the stream, each with its own items in order: shards and their parallelization. Absent: one. */
  readonly readers?: number;
  /** Every batch is read twice, as after a lost checkpoint. */
  readonly twice?: boolean;
}

/** A table's stream of new items, with its readers: in order, a batch at a time, each until it succeeds. */
export interface Stream<Item> {
  readonly append: (item: Item) => void;
  readonly readBy: (reader: ReaderOptions<Item>) => void;
  /** Items that a reader has not processed yet. */
  readonly backlog: () => number;
}

/** The pause before a failed batch is read again. */
const RETRY_MS = 1000;

/** `keyOf`: items with the same key are read in order. */
export const makeStream = <Item>(clock: VirtualClock, keyOf: (item: Item) => number): Stream<Item> => {
  const readers: { readonly notify: (item: Item) => void; readonly backlog: () => number }[] = [];

  /** One reader: `done` of its items are processed. */
  const makeReader = ({ work, batch, twice = false }: ReaderOptions<Item>, own: Item[]) => {
    let running = false;
    let done = 0;
    const run = async () => {
      if (running) return;
      running = true;
      while (done < own.length) {
        const some = own.slice(done, done + batch);
        const worked = (await work(some)) && (!twice || (await work(some)));
        if (worked) done += some.length;
        else await clock.sleep(RETRY_MS);
      }
      running = false;
    };
    return {
      notify: (item: Item) => {
        own.push(item);
        if (!running) clock.at(clock.now(), () => run());
      },
      backlog: () => own.length - done,
    };
  };

  return {
    append: (item) => {
      for (const { notify } of readers) notify(item);
    },
    readBy: (options) => {
      const { readers: count = 1 } = options;
      const all = Array.from({ length: count }, () => makeReader(options, []));
      readers.push({
        notify: (item) => all[keyOf(item) % count]?.notify(item),
        backlog: () => all.reduce((sum, { backlog }) => sum + backlog(), 0),
      });
    },
    backlog: () => readers.reduce((most, { backlog }) => Math.max(most, backlog()), 0),
  };
};
