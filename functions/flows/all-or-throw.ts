/** Waits for all, so that trouble of one does not cut the others short; then throws what the first one threw. */
export const allOrThrow = async (work: readonly Promise<void>[]): Promise<void> => {
  await Promise.allSettled(work);
  await Promise.all(work);
};
