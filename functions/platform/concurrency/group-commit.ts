interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: items that arrive in one pass of the event loop, or while a write is under way, are written together. No
 * timer delays them. `write` returns the outcome of each item, in order; if it throws, all of its items fail.
 */
export const makeGroupCommit = <Item, Result = void>(
  write: (items: readonly Item[]) => Promise<readonly PromiseSettledResult<Result>[]>,
) => {
  let waiting: Waiting<Item, Result>[] = [];
  let running = false;

  const writeGroup = async (group: readonly Waiting<Item, Result>[]): Promise<void> => {
    try {
      const outcomes = await write(group.map(({ item }) => item));
      for (const [index, { resolve, reject }] of group.entries()) {
        const outcome = outcomes[index];
        if (outcome?.status === 'fulfilled') resolve(outcome.value);
        else reject(outcome?.reason ?? new Error('the write returned no outcome for an item'));
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  };

  const run = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      await new Promise(setImmediate);
      const group = waiting;
      waiting = [];
      await writeGroup(group);
    }
    running = false;
  };

  return (item: Item): Promise<Result> =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!running) void run();
    });
};
