/** Virtual time: it advances only when every task that is due has come to wait for the clock. */
export interface VirtualClock {
  readonly now: () => number;
  /** Starts a task at an instant, or as soon as possible where that has passed. */
  readonly at: (atMs: number, task: () => unknown) => void;
  readonly sleep: (ms: number) => Promise<void>;
  /** Runs what is due up to an instant, in order. Throws what a task threw. */
  readonly runUntil: (untilMs: number) => Promise<void>;
}

interface Due {
  readonly at: number;
  readonly order: number;
  readonly task: () => unknown;
}

const comesFirst = (left: Due, right: Due) =>
  left.at < right.at || (left.at === right.at && left.order < right.order);

/** A binary heap: a long simulation holds hundreds of thousands of instants. */
const makeHeap = () => {
  const items: Due[] = [];
  const swap = (one: number, other: number) => ([items[one], items[other]] = [items[other]!, items[one]!]);
  return {
    peek: () => items[0],
    push: (item: Due) => {
      items.push(item);
      let index = items.length - 1;
      while (index > 0) {
        const parent = (index - 1) >> 1;
        if (!comesFirst(items[index]!, items[parent]!)) return;
        swap(index, parent);
        index = parent;
      }
    },
    pop: () => {
      const first = items[0];
      const last = items.pop();
      if (items.length === 0 || last === undefined) return first;
      items[0] = last;
      for (let index = 0; ;) {
        const [left, right] = [2 * index + 1, 2 * index + 2];
        let least = index;
        if (left < items.length && comesFirst(items[left]!, items[least]!)) least = left;
        if (right < items.length && comesFirst(items[right]!, items[least]!)) least = right;
        if (least === index) return first;
        swap(index, least);
        index = least;
      }
    },
  };
};

/** Resolves when every running task waits for the clock: promises settle before any macrotask runs. */
const allQuiet = () => new Promise<void>((resolve) => setImmediate(resolve));

export const makeClock = (startMs: number): VirtualClock => {
  const heap = makeHeap();
  const errors: unknown[] = [];
  let now = startMs;
  let scheduled = 0;

  const start = ({ task }: Due) => {
    void (async () => {
      try {
        await task();
      } catch (error) {
        errors.push(error);
      }
    })();
  };

  const at = (atMs: number, task: () => unknown) => {
    heap.push({ at: Math.max(atMs, now), order: scheduled++, task });
  };

  return {
    now: () => now,
    at,
    sleep: (ms) => new Promise((resolve) => at(now + ms, resolve)),
    runUntil: async (untilMs) => {
      await allQuiet();
      for (let next = heap.peek(); next !== undefined && next.at <= untilMs; next = heap.peek()) {
        now = next.at;
        while (heap.peek()?.at === now) start(heap.pop()!);
        await allQuiet();
        if (errors.length > 0) throw errors[0];
      }
      now = Math.max(now, untilMs);
    },
  };
};
