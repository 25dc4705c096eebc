/** Something the person at the terminal can mend; its message is a plain sentence and is shown without a stack. */
export class Problem extends Error {
  override name = 'Problem';
}

/** One line for any error: a Problem as it is, everything else with its cause. */
export const explain = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof Problem) return error.message;
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.name}: ${error.message}${cause}`;
};

export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
