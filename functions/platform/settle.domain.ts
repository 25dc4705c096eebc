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
