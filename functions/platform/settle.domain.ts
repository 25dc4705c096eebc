import pLimit from 'p-limit';

/**
 * Waits until all promises have settled, then returns their results or throws the first failure. `Promise.all` would
 * leave promises running, which Lambda freezes with the environment and resumes in a later invocation.
 */
export const settleAll = async <Work extends readonly unknown[] | []>(
  work: Work,
): Promise<{ -readonly [Index in keyof Work]: Awaited<Work[Index]> }> => {
  await Promise.allSettled(work);
  // eslint-disable-next-line no-restricted-syntax -- all of it has ended
  return Promise.all(work);
};

/** Throws the reason of the first outcome that was rejected. */
export const throwFirstFailure = (outcomes: readonly PromiseSettledResult<unknown>[]): void => {
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
};

/** Groups that are processed concurrently. */
const CONCURRENT_GROUPS = 16;

/**
 * Does idempotent work for all items in one call. If that fails, repeats it for each item alone, so that a failing item
 * does not fail the others; items of one group keep their order. Returns the outcome of each item.
 */
export const settleTogetherOrAlone = async <Item>(
  items: readonly Item[],
  groupOf: (item: Item) => string,
  work: (items: readonly Item[]) => Promise<void>,
): Promise<readonly PromiseSettledResult<void>[]> => {
  const [together] = await Promise.allSettled([work(items)]);
  if (together.status === 'fulfilled' || items.length === 1) return items.map(() => together);
  const outcomes = new Map<Item, PromiseSettledResult<void>>();
  const settleInOrder = async (group: readonly Item[]) => {
    for (const item of group) {
      const [alone] = await Promise.allSettled([work([item])]);
      outcomes.set(item, alone);
    }
  };
  const limit = pLimit(CONCURRENT_GROUPS);
  const groups = [...Map.groupBy(items, groupOf).values()];
  await settleAll(groups.map((group) => limit(settleInOrder, group)));
  return items.map((item) => outcomes.get(item) ?? together);
};
