/** SQS's own limits, and how its queues feed functions. */

/** The longest retention that SQS offers. */
export const QUEUE_RETENTION_DAYS = 14;
/** The longest delay of a message that SQS offers. Retries with a longer delay become due items. */
export const LONGEST_QUEUE_DELAY_SECONDS = 900;
/** The largest batch that Lambda takes without a batching window, and the most entries of one call to SQS. */
export const QUEUE_BATCH = 10;

/**
 * The highest receive count of a redrive policy that SQS offers. Lambda receives a batch before it knows whether the function
 * has concurrency left, and a throttled batch counts as a receive (docs/decisions/0128): 1,000 receives of a visibility
 * timeout each are days of throttling.
 */
export const MOST_RECEIVES = 1_000;
const MAX_STARTS = 5;
/**
 * The receive count of each queue: how often its worker starts on a record before it dead-letters it. Only our own failures
 * use up starts: each retry of a delivery is a new message, and a throttled invocation starts nothing.
 */
export const STARTS = {
  /** All lanes: their records move from one to another. */
  delivery: MAX_STARTS,
  /** An hour of retries: messages that failed in the stream reader may need a row or partition that is unavailable for long. */
  fanOutWide: 20,
  ingest: MAX_STARTS,
  tasks: MAX_STARTS,
};

/**
 * The receive count after which SQS dead-letters a record that no worker could dead-letter. Emulators do not throttle, and
 * tests there would wait too long for a worker that allows more than the usual starts.
 */
export const receivesBeforeDeadLetter = (starts: number, target: 'aws' | 'emulator'): number =>
  target === 'emulator' && starts > MAX_STARTS ? MAX_STARTS : MOST_RECEIVES;

/**
 * The visibility timeout as a multiple of the function's timeout. AWS recommends six, so that a batch whose invocation
 * was throttled is not received again while Lambda still retries it. Emulators do not throttle invocations; a short
 * visibility timeout lets tests see the retry after a crash.
 */
const VISIBILITY_FACTOR = { aws: 6, emulator: 1 };

/** The visibility timeout (s) of the queue that feeds a function with this timeout. */
export const visibilitySeconds = (functionSeconds: number, target: 'aws' | 'emulator' = 'aws'): number =>
  functionSeconds * VISIBILITY_FACTOR[target];
