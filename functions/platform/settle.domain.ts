/**
 * Waits until all of the work has ended, then answers its results or throws the first failure. Unlike `Promise.all` it
 * leaves nothing running: Lambda freezes what a handler left behind and thaws it within a later invocation.
 */
export const settleAll = async <Work extends readonly unknown[] | []>(
  work: Work,
): Promise<{ -readonly [Index in keyof Work]: Awaited<Work[Index]> }> => {
  await Promise.allSettled(work);
  // eslint-disable-next-line no-restricted-syntax -- all of it has ended
  return Promise.all(work);
};

/** For work of which all must have succeeded. */
export const throwFirstFailure = (outcomes: readonly PromiseSettledResult<unknown>[]): void => {
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
};

/** Groups that are worked on side by side. */
const SIDE_BY_SIDE = 16;

/**
 * Does work that is safe to repeat for all items together; where that fails, for each item alone, so that one that
 * cannot be done fails none beside it. Items of one group keep their order. Answers what became of each.
 */
export const settleTogetherOrAlone = async <Item>(
  items: readonly Item[],
  groupOf: (item: Item) => string,
  work: (items: readonly Item[]) => Promise<void>,
): Promise<readonly PromiseSettledResult<void>[]> => {
  const [together] = await Promise.allSettled([work(items)]);
  if (together.status === 'fulfilled' || items.length === 1) return items.map(() => together);
  const outcomes = new Map<Item, PromiseSettledResult<void>>();
  const groups = [...Map.groupBy(items, groupOf).values()];
  const takeGroups = async () => {
    for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
      for (const item of group) {
        const [alone] = await Promise.allSettled([work([item])]);
        outcomes.set(item, alone);
      }
    }
  };
  await settleAll(Array.from({ length: SIDE_BY_SIDE }, takeGroups));
  return items.map((item) => outcomes.get(item) ?? together);
};
