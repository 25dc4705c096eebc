/**
 * What the benchmark measured of each function (docs/performance.md, 2026-11-30 and 2026-12-01), as the simulation uses it.
 * Times are those that Lambda bills there: computing stretched by the function's share of a core, and waiting for AWS.
 */

/** Milliseconds of an invocation: of its first record, and of each further one. */
export const FUNCTION_MS = {
  /** One by one at 512 MB. */
  publish: { first: 18.6, further: 0 },
  fanOut: { first: 9.1, further: 0.4 },
  /** Before its requests are sent: one read of the batch, admission. Without the time of receivers. */
  deliver: { first: 15, further: 2 },
  /** After a response: the attempt is recorded, and its retry scheduled. */
  record: { first: 13, further: 3 },
  project: { first: 6.5, further: 0.3 },
} as const;

/** The init phase of a new environment (docs/performance.md: bundles below 500 KB). */
export const COLD_START_MS = 375;
/** API Gateway before and after the function. */
export const GATEWAY_MS = 8;
/** A long poll of SQS that finds a message, and the invocation that follows. */
export const RECEIVE_MS = { p50: 12, p95: 35 };
/** Lambda polls each shard of a stream four times a second (Lambda Developer Guide, DynamoDB). */
export const STREAM_POLL_MS = 250;
/** A new connection to a receiver: DNS, TCP and TLS. Kept connections are free. */
export const CONNECT_MS = { p50: 60, p95: 180 };
/** A page of the sweeper: two calls to SQS and one to DynamoDB, for twenty due items. */
export const SWEEP_PAGE = { items: 20, ms: 30 };

/** Read units: of a publish; of an application in a batch of fan-out and of deliver; of a batch; of each delivery. */
export const READS = {
  publish: 2,
  fanOutApplication: 2,
  deliverApplication: 2.5,
  deliverBatch: 0.5,
  delivery: 2,
};
/** Further read units of an attempt after the first (decision 0101: 35 of a message that fails eight times). */
export const RETRY_READS = 2;

/** Bytes of a log line of an API request, and of the lines of a failed attempt (docs/performance.md). */
export const LOG_BYTES = { message: 360, failedAttempt: 100 };
/** Bytes that a delivered message leaves in tables as long as rows are kept, without its payload. */
export const STORED_BYTES = { message: 1_510, furtherDelivery: 1_200, backedUpShare: 0.7 };
/** Payloads are compressed about by half; a row has this many bytes besides. */
export const COMPRESSED = 0.45;
export const ROW_BYTES = 350;
/** Headers of a webhook request. */
export const HEADER_BYTES = 700;

/** Dollars of an idle month by `npm run bench -- price`. */
export const IDLE_MONTH_DOLLARS = 13.18;

/** Prices per million messages that the benchmark measured, with which the simulation compares its own. */
export const MEASURED_DOLLARS = { oneByOne: 7.23, fullBatches: 4.79 };
