import { SWEEP_TIMEOUT_SECONDS } from './sweep.domain.ts';

/** Timeouts of functions (s). Those of deliver and deliver-slow are options of the stage (delivery.domain.ts). */
export const FUNCTION_TIMEOUT_SECONDS = {
  /**
   * One second below the integration timeout of HTTP APIs, so that callers get the function's error, not the gateway's.
   */
  api: 29,
  fanOut: 30,
  project: 30,
  announce: 30,
  updateHourlyStatistics: 300,
  /** An invocation sends the rest of its background task back to the queue shortly before this timeout. */
  runTask: 30,
  sweep: SWEEP_TIMEOUT_SECONDS,
};

/** The lease of a background task: longer than the invocation that holds it can run. */
export const TASK_LEASE_SECONDS = 2 * FUNCTION_TIMEOUT_SECONDS.runTask;
