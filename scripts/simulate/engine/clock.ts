import { makeHeap } from './heap.ts';
import type { Timed } from './heap.ts';

/** A virtual clock: tasks run in the order of their instants, and those of one instant in the order they were added. */
export interface Clock {
  /** Milliseconds since the start of the simulation. */
  readonly now: () => number;
  /** Runs a task at an instant, or as soon as possible where that has passed. */
  readonly at: (atMs: number, task: () => void) => void;
  /** Runs all tasks up to an instant; that is the present afterwards. */
  readonly runUntil: (untilMs: number) => void;
  /** The instant of the next task; undefined: none is left. */
  readonly next: () => number | undefined;
  /** How many tasks ran. */
  readonly tasks: () => number;
}

interface Task extends Timed {
  readonly run: () => void;
}

export const makeClock = (): Clock => {
  const heap = makeHeap<Task>();
  let now = 0;
  let added = 0;
  let ran = 0;
  return {
    now: () => now,
    at: (atMs, run) => heap.push({ at: Math.max(atMs, now), order: (added += 1), run }),
    runUntil: (untilMs) => {
      for (let task = heap.peek(); task !== undefined && task.at <= untilMs; task = heap.peek()) {
        heap.pop();
        now = task.at;
        ran += 1;
        task.run();
      }
      now = Math.max(now, untilMs);
    },
    next: () => heap.peek()?.at,
    tasks: () => ran,
  };
};
