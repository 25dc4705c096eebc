/** SQS's own limits, and how its queues feed functions. */

/** The longest retention that SQS offers. */
export const QUEUE_RETENTION_DAYS = 14;
/** The longest delay of a message that SQS offers. Retries with a longer delay become due items. */
export const LONGEST_QUEUE_DELAY_SECONDS = 900;
/** The largest batch that Lambda takes without a batching window, and the most entries of one call to SQS. */
export const QUEUE_BATCH = 10;

/**
 * The least that AWS recommends for queues that feed functions. Only our own failures use up receives: each retry of a
 * delivery is a new message.
 */
export const MAX_RECEIVES = 5;
/**
 * An hour of retries: messages that failed in the stream reader may need a row or partition that is unavailable for
 * long.
 */
export const FAN_OUT_RECEIVES = 20;

/**
 * The visibility timeout as a multiple of the function's timeout. AWS recommends six, so that a batch whose invocation
 * was throttled is not received again while Lambda still retries it. Emulators do not throttle invocations; a short
 * visibility timeout lets tests see the retry after a crash.
 */
const VISIBILITY_FACTOR = { aws: 6, emulator: 1 };

/** The visibility timeout (s) of the queue that feeds a function with this timeout. */
export const visibilitySeconds = (functionSeconds: number, target: 'aws' | 'emulator' = 'aws'): number =>
  functionSeconds * VISIBILITY_FACTOR[target];
