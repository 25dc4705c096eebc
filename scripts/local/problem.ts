/** An error that the user can fix. Its message says how and is printed without a stack trace. */
export class Problem extends Error {
  override name = 'Problem';
}

/** The text to print for an error: a Problem's message, or name, message and cause of any other error. */
export const explain = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof Problem) return error.message;
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.name}: ${error.message}${cause}`;
};

export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
