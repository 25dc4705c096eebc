import { DELIVERY_QUEUE_OLDEST_SECONDS } from './delivery.domain.ts';
import { MINUTE_MS, SECOND_MS } from './time.domain.ts';

/** DynamoDB streams and the functions that read them. */

/** How long DynamoDB streams keep records. */
const STREAM_RETENTION_HOURS = 24;
/** Records of one invocation: enough to fill the batch writes and sends that follow. */
export const STREAM_BATCH = 100;
/** Batches of one shard that a reader works on at once; records of one item stay in order. */
export const STREAM_PARALLELISM = { fanOut: 4, project: 4, announce: 1 };
/**
 * How long a failing record is retried, which blocks its shard: from its first failure, however late that was. Then it is
 * dead-lettered, so that the shard goes on: most throttling and outages of a table are shorter.
 */
export const STREAM_RETRY_FOR_MS = 5 * MINUTE_MS;
/**
 * How long after its acceptance a message is fanned out and its first delivery taken from a queue at the latest, while no
 * alarm rings: its stream record is retried, then its delivery waits in the delivery queue.
 */
export const LATEST_DELIVERY_MS = STREAM_RETRY_FOR_MS + DELIVERY_QUEUE_OLDEST_SECONDS * SECOND_MS;
/**
 * Functions dead-letter records that can never succeed and throw only for transient failures, so Lambda retries for
 * long. Throttled invocations and halved batches use up no retries (Lambda Developer Guide, "Retaining discarded records for
 * a DynamoDB event source").
 */
export const STREAM_RETRIES = 500;
/**
 * After this age Lambda dead-letters a batch, as a position in the stream, which leaves time to read the batch again.
 */
export const STREAM_MAX_AGE_HOURS = STREAM_RETENTION_HOURS / 2;
