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

interface Task {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

const isEarlier = (one: Task, other: Task) =>
  one.at < other.at || (one.at === other.at && one.order < other.order);

/** A binary heap: a simulation holds up to a million tasks. */
const makeHeap = () => {
  const tasks: Task[] = [];

  const push = (task: Task) => {
    let index = tasks.push(task) - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = tasks[above];
      if (parent === undefined || !isEarlier(task, parent)) break;
      tasks[index] = parent;
      index = above;
    }
    tasks[index] = task;
  };

  const siftDown = (task: Task) => {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      let least = tasks[left];
      if (least === undefined) break;
      let position = left;
      const right = tasks[left + 1];
      if (right !== undefined && isEarlier(right, least)) {
        least = right;
        position = left + 1;
      }
      if (!isEarlier(least, task)) break;
      tasks[index] = least;
      index = position;
    }
    tasks[index] = task;
  };

  return {
    peek: () => tasks[0],
    push,
    pop: (): Task | undefined => {
      const first = tasks[0];
      const last = tasks.pop();
      if (last !== undefined && tasks.length > 0) siftDown(last);
      return first;
    },
  };
};

export const makeClock = (): Clock => {
  const heap = makeHeap();
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
