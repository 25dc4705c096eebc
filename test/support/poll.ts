import { vi } from 'vitest';
import { DEADLINE_MS } from './limits.ts';

const INTERVAL_MS = 100;

const show = (value: unknown): string => {
  const text = value instanceof Error ? value.stack : JSON.stringify(value, null, 2);
  return (text ?? String(value)).slice(0, 4_000);
};

/**
 * Asks until the answer is accepted (by default: until it is neither null, undefined nor false) and returns it. At the
 * deadline it throws with the last answer or error, so that a failure says what was seen instead.
 */
export const eventually = async <T>(
  ask: () => Promise<T>,
  accept: (answer: T) => boolean = (answer) => answer !== null && answer !== undefined && answer !== false,
  { deadlineMs = DEADLINE_MS, what = 'what was awaited' }: { deadlineMs?: number; what?: string } = {},
): Promise<T> => {
  const deadline = Date.now() + deadlineMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (accept(answer)) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline)
      throw new Error(`${what} did not happen within ${deadlineMs} ms; last seen: ${show(last)}`);
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
};

/** Repeats an assertion about this process until it holds; fails with it at the deadline. */
export const settled = (assertion: () => void): Promise<void> =>
  // eslint-disable-next-line no-restricted-properties -- the one place that says a limit
  vi.waitFor(assertion, { timeout: DEADLINE_MS });
