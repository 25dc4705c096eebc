import { makeHeap } from '../../../scripts/simulate/engine/heap.ts';
import type { Timed } from '../../../scripts/simulate/engine/heap.ts';

/** Virtual time: it advances only when every task that is due has come to wait for the clock. */
export interface VirtualClock {
  readonly now: () => number;
  /** Starts a task at an instant, or as soon as possible where that has passed. */
  readonly at: (atMs: number, task: () => unknown) => void;
  readonly sleep: (ms: number) => Promise<void>;
  /** Runs what is due up to an instant, in order. Throws what a task threw. */
  readonly runUntil: (untilMs: number) => Promise<void>;
}

interface Due extends Timed {
  readonly task: () => unknown;
}

/** Resolves when every running task waits for the clock: promises settle before any macrotask runs. */
const allQuiet = () => new Promise<void>((resolve) => setImmediate(resolve));

export const makeClock = (startMs: number): VirtualClock => {
  const heap = makeHeap<Due>();
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
