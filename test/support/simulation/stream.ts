import type { VirtualClock } from './clock.ts';

export interface ReaderOptions<Item> {
  /** False: the batch is read again. */
  readonly work: (items: readonly Item[]) => Promise<boolean>;
  readonly batch: number;
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

export const makeStream = <Item>(clock: VirtualClock): Stream<Item> => {
  const items: Item[] = [];
  const readers: { done: number; notify: () => void }[] = [];

  const readBy = ({ work, batch, twice = false }: ReaderOptions<Item>) => {
    let running = false;
    const reader = { done: 0, notify: () => (running ? undefined : clock.at(clock.now(), () => run())) };
    const run = async () => {
      if (running) return;
      running = true;
      while (reader.done < items.length) {
        const some = items.slice(reader.done, reader.done + batch);
        const worked = (await work(some)) && (!twice || (await work(some)));
        if (worked) reader.done += some.length;
        else await clock.sleep(RETRY_MS);
      }
      running = false;
    };
    readers.push(reader);
  };

  return {
    append: (item) => {
      items.push(item);
      for (const { notify } of readers) notify();
    },
    readBy,
    backlog: () => readers.reduce((most, { done }) => Math.max(most, items.length - done), 0),
  };
};
