/** A thing with a place in time: of one instant, what was added first comes first. */
export interface Timed {
  readonly at: number;
  readonly order: number;
}

const isEarlier = (one: Timed, other: Timed) =>
  one.at < other.at || (one.at === other.at && one.order < other.order);

/** A binary heap: a simulation holds up to a million tasks. */
export const makeHeap = <Task extends Timed>() => {
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
