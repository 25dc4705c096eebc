import { LONGEST_QUEUE_DELAY_SECONDS, QUEUE_BATCH, STARTS, visibilitySeconds } from './queues.domain.ts';

/** The times and sizes of delivery. All times derive from the greatest request timeout. */

/** The setting `requestTimeout`: seconds from the start of an attempt until it fails. The default is the contract's. */
export const REQUEST_TIMEOUT_SECONDS = { least: 1, most: 30, byDefault: 30 };

/**
 * The longest timeout of a test attempt (s): its caller waits for the answer, and API Gateway gives up after 29 s, of which
 * calls to AWS may take 12.
 */
export const LONGEST_TEST_SECONDS = 15;

/** The least time for the body of a response whose headers arrived just before the timeout. */
export const LEAST_BODY_MS = 2_000;
/** The time of an attempt beyond the request timeout: the rest of a late body, and signing and recording. */
export const ATTEMPT_MARGIN_MS = LEAST_BODY_MS + 3_000;
/** The longest timeout that Lambda offers. */
const LAMBDA_TIMEOUT_SECONDS = 900;
/** From the beginning of an attempt until it is recorded. */
export const LONGEST_ATTEMPT_MS = REQUEST_TIMEOUT_SECONDS.most * 1_000 + ATTEMPT_MARGIN_MS;

/**
 * The stage option for the timeout of the delivery functions (s). The least one is enough to read, send and record a
 * request with the greatest timeout; the default doubles the request timeout, for records that wait for other records of
 * their endpoint.
 */
export const DELIVERY_TIMEOUT_SECONDS = {
  least: (LONGEST_ATTEMPT_MS + ATTEMPT_MARGIN_MS) / 1_000,
  byDefault: 2 * REQUEST_TIMEOUT_SECONDS.most,
  most: Math.min(LAMBDA_TIMEOUT_SECONDS, 4 * REQUEST_TIMEOUT_SECONDS.most),
};
export const DELIVERY_TIMEOUT_RULE = `must be ${DELIVERY_TIMEOUT_SECONDS.least} to ${DELIVERY_TIMEOUT_SECONDS.most}: requests may take ${REQUEST_TIMEOUT_SECONDS.most} s`;

/** After this wait in a batch, for its endpoint or for memory, a record is sent to a queue again. */
export const LONGEST_WAIT_MS = REQUEST_TIMEOUT_SECONDS.most * 1_000;
/** The longest time between reading a delivery's rows and recording its attempt. */
const READ_TO_RECORD_MS = LONGEST_WAIT_MS + LONGEST_ATTEMPT_MS;
/** The delay of a duplicate of a delivery that may be in flight, so that it finds the attempt recorded. */
export const DUPLICATE_DELAY_MS = READ_TO_RECORD_MS;
/** How long a half-open circuit breaker waits for the result of its probe before it permits another one. */
export const PROBE_LEASE_MS = READ_TO_RECORD_MS;
/** After this time without a result of the probe, a drain timer treats the probe as lost. */
export const PROBE_LOST_AFTER_MS = 2 * PROBE_LEASE_MS;

/** The longest time until SQS delivers a record of a crashed function again. */
const RECEIVED_AGAIN_SECONDS = visibilitySeconds(DELIVERY_TIMEOUT_SECONDS.most);
/**
 * The worker that recorded an attempt also schedules its retry. After this time it counts as lost (its queue message was
 * dead-lettered, say), and any duplicate may schedule the retry.
 */
export const ABANDONED_AFTER_MS = RECEIVED_AGAIN_SECONDS * 1_000;
/** The life of a claim that decides which duplicate may send: longer than all starts on the record that holds it. */
export const DUPLICATE_CLAIM_SECONDS = STARTS.delivery * RECEIVED_AGAIN_SECONDS;

/**
 * Batch size, and the default of the stage option for the maximum concurrency: most of what queues may take
 * (concurrency.domain.ts), since only use costs, and requests that hang hold a batch each until their timeout.
 */
export const FAST_LANE = { batch: QUEUE_BATCH, concurrency: 400 };
/** The same for applications with many deliveries at a time, so that these use another concurrency. */
export const BULK_LANE = { batch: QUEUE_BATCH, concurrency: 100 };
/** Deliveries a second, below which an application holds six tenths of the fast lane, however many of its endpoints hang. */
const BULK_PER_SECOND = (0.6 * FAST_LANE.concurrency) / REQUEST_TIMEOUT_SECONDS.most;
/** When an application uses the bulk lane. */
export const BULK_RULES = {
  /** Deliveries at once, from which all of them go to the bulk lane. */
  burst: FAST_LANE.batch,
  perSecond: BULK_PER_SECOND,
  /** Deliveries that one process sees before it measures that rate; it forgets so many a second. */
  unmeasured: 2,
  leaksPerSecond: 1,
  /** The newest messages of one shard that a measurement reads: sixteen within this time are surely more than `perSecond`. */
  sample: 16,
  sampleMs: 64_000 / BULK_PER_SECOND,
  /** How long a burst or a measured rate counts. */
  busyMs: 10_000,
};
/**
 * Slow deliveries mostly wait for responses, so many share a batch; the batching window gives Lambda time to fill it.
 */
export const SLOW_LANE = { batch: 50, windowSeconds: 1, concurrency: 60 };
/** The most concurrent requests to one endpoint in a batch of the fast or bulk lane: half of the batch. */
export const OPEN_PER_ENDPOINT = FAST_LANE.batch / 2;

/** A message for more endpoints than this continues through the fan-out queue, so that it does not block its shard. */
export const WIDE_ABOVE_ENDPOINTS = 100;
/** Fan-out pages: batch size, and the default of the stage option for the maximum concurrency. */
export const FAN_OUT_PAGES = { batch: QUEUE_BATCH, concurrency: 10 };

/** Concurrent invocations of ingest in an account with the usual quota: some 2,000 messages a second. */
export const INGEST = { concurrency: 10 };

/** Retries wait as delayed messages for up to the longest delay; at twice that age the lane is too slow. */
export const DELIVERY_QUEUE_OLDEST_SECONDS = 2 * LONGEST_QUEUE_DELAY_SECONDS;
