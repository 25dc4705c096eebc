import {
  LONGEST_QUEUE_DELAY_SECONDS,
  MAX_RECEIVES,
  QUEUE_BATCH,
  visibilitySeconds,
} from './queues.domain.ts';

/**
 * The times and sizes of delivery. Everything follows from the greatest request timeout: raising it is a change of that
 * one number.
 */

/** Seconds from the start of an attempt until it fails, as an organization may set it. The default is the contract's. */
export const REQUEST_TIMEOUT_SECONDS = { least: 1, most: 30, byDefault: 30 };

/** What the body of an answer gets at least when its header fields came at the last moment. */
export const LEAST_BODY_MS = 2_000;
/** What an attempt takes besides its request: the rest of a late body, signing before and recording after it. */
export const ATTEMPT_MARGIN_MS = LEAST_BODY_MS + 3_000;
/** The longest timeout that Lambda offers. */
const LAMBDA_TIMEOUT_SECONDS = 900;
const LONGEST_ATTEMPT_MS = REQUEST_TIMEOUT_SECONDS.most * 1_000 + ATTEMPT_MARGIN_MS;

/**
 * Timeout of the delivery functions (s), as a stage may set it. At least: a request of the longest timeout, read, sent and
 * recorded. By default as long again, for records that wait for others of their endpoint.
 */
export const DELIVERY_TIMEOUT_SECONDS = {
  least: (LONGEST_ATTEMPT_MS + ATTEMPT_MARGIN_MS) / 1_000,
  byDefault: 2 * REQUEST_TIMEOUT_SECONDS.most,
  most: Math.min(LAMBDA_TIMEOUT_SECONDS, 4 * REQUEST_TIMEOUT_SECONDS.most),
};
export const DELIVERY_TIMEOUT_RULE = `must be ${DELIVERY_TIMEOUT_SECONDS.least} to ${DELIVERY_TIMEOUT_SECONDS.most}: requests may take ${REQUEST_TIMEOUT_SECONDS.most} s`;

/** A record that has waited this long in its batch, for its endpoint or for memory, goes back to a queue. */
export const LONGEST_WAIT_MS = REQUEST_TIMEOUT_SECONDS.most * 1_000;
/** The longest from the read of a delivery's rows to the record of its attempt. */
const READ_TO_RECORD_MS = LONGEST_WAIT_MS + LONGEST_ATTEMPT_MS;
/** A duplicate of a delivery that may be under way starts this much later, so that the first one's attempt is recorded. */
export const DUPLICATE_DELAY_MS = READ_TO_RECORD_MS;
/** How long a half-open circuit breaker waits for the record of its probe before it lets another one pass. */
export const PROBE_LEASE_MS = READ_TO_RECORD_MS;
/** A drain timer looks for a probe that was lost when its record is this late. */
export const PROBE_PATIENCE_MS = 2 * PROBE_LEASE_MS;

/** After this the record that a crashed function held was received again. */
const RECEIVED_AGAIN_SECONDS = visibilitySeconds(DELIVERY_TIMEOUT_SECONDS.most);
/**
 * A recorded retry belongs to the queue message that recorded the attempt. After this delay assume that message is lost
 * (dead-lettered, say); any duplicate may then schedule the retry.
 */
export const ABANDONED_AFTER_MS = RECEIVED_AGAIN_SECONDS * 1_000;
/** The right to send one of several duplicates outlives all receives of the record that holds it. */
export const DUPLICATE_CLAIM_SECONDS = MAX_RECEIVES * RECEIVED_AGAIN_SECONDS;

/** Records of a batch, and batches at a time unless the stage says otherwise. */
export const FAST_LANE = { batch: QUEUE_BATCH, concurrency: 100 };
/** Slow deliveries mostly wait for responses, so many share a batch; Lambda waits for so many during the window. */
export const SLOW_LANE = { batch: 50, windowSeconds: 1, concurrency: 20 };
/** Requests that one endpoint may have open at a time in a batch of the fast lane: half of it. */
export const OPEN_PER_ENDPOINT = FAST_LANE.batch / 2;

/** Fan-out pages: batches at a time unless the stage says otherwise. */
export const FAN_OUT_PAGES = { batch: QUEUE_BATCH, concurrency: 10 };

/** A retry may wait in the delivery queue for the longest delay; a message that is twice as old is not worked on. */
export const DELIVERY_QUEUE_OLDEST_SECONDS = 2 * LONGEST_QUEUE_DELAY_SECONDS;
