import { LONGEST_QUEUE_DELAY_SECONDS, QUEUE_RETENTION_DAYS } from '../platform/limits/queues.domain.ts';
import { DAY_MS } from '../platform/limits/time.domain.ts';

/** How a record waits for its publish rate limit. `since`: when it was first sent (ms since 1970). */
export interface Waiting {
  readonly waits: number;
  readonly since: number;
}

/** Random part of a delay, so that records that were refused together do not come back together. */
const JITTER = 0.2;

/**
 * Seconds until a record that exceeds its publish rate limit is tried again: twice as long each time, at most the longest
 * delay of SQS. `jitter` from -1 to 1. undefined: it has waited for as long as a queue keeps a message.
 */
export const waitSeconds = (
  { waits, since }: Waiting,
  retryAfterSeconds: number,
  jitter: number,
  nowMs: number,
): number | undefined => {
  if (nowMs - since > QUEUE_RETENTION_DAYS * DAY_MS) return undefined;
  const doubled = retryAfterSeconds * 2 ** Math.min(waits, 20);
  const longest = LONGEST_QUEUE_DELAY_SECONDS / (1 + JITTER);
  return Math.ceil(Math.min(doubled, longest) * (1 + JITTER * jitter));
};
