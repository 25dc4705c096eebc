import { SWEEP_TIMEOUT_SECONDS } from './sweep.domain.ts';
import { MINUTE_MS } from './time.domain.ts';

/** Timeouts of functions (s). Those of deliver and deliver-slow are options of the stage (delivery.domain.ts). */
export const FUNCTION_TIMEOUT_SECONDS = {
  /**
   * One second below the integration timeout of HTTP APIs, so that callers get the function's error, not the gateway's.
   */
  api: 29,
  fanOut: 30,
  ingest: 30,
  project: 30,
  announce: 30,
  updateHourlyStatistics: 300,
  /** An invocation sends the rest of its background task back to the queue shortly before this timeout. */
  runTask: 30,
  sweep: SWEEP_TIMEOUT_SECONDS,
  /** A dozen calls of Lambda's API, four at a time. */
  checkEventSources: 60,
  /** A few dozen uploads of small files. */
  portalUpload: 120,
};

/**
 * Messages of a batch that are not being written after this time fail, so that the others are answered within the
 * timeout: calls to AWS take 15 s at most.
 */
export const LONGEST_BATCH_START_MS = 10_000;

/** The lease of a background task: longer than the invocation that holds it can run. */
export const TASK_LEASE_SECONDS = 2 * FUNCTION_TIMEOUT_SECONDS.runTask;

/**
 * The writer of a reserved message that is not written after this time is gone: it is many times the timeout of the function.
 * A later repeat reserves a new message, whose retention begins then.
 */
export const ABANDONED_RESERVATION_MS = 15 * MINUTE_MS;
