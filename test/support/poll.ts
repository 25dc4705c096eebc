import { vi } from 'vitest';
import { DEADLINE_MS } from './limits.ts';

const INTERVAL_MS = 100;

const show = (value: unknown): string => {
  const text = value instanceof Error ? value.stack : JSON.stringify(value, null, 2);
  return (text ?? String(value)).slice(0, 4_000);
};

/**
 * Calls `ask` until its result is accepted (by default: until it is neither null, undefined nor false) and returns it. At
 * the deadline it throws with the last result or error.
 */
export const eventually = async <T>(
  ask: () => Promise<T>,
  accept: (answer: T) => boolean = (answer) => answer !== null && answer !== undefined && answer !== false,
  { deadlineMs = DEADLINE_MS, what = 'the awaited condition' }: { deadlineMs?: number; what?: string } = {},
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

/** Repeats an assertion about this process until it passes; rejects with its error at the deadline. */
export const settled = (assertion: () => void): Promise<void> =>
  // eslint-disable-next-line no-restricted-properties -- the one place that sets a limit
  vi.waitFor(assertion, { timeout: DEADLINE_MS });
