/**
 * Time limits of tests. They end hanging tests and do not measure speed: each is far above what the slowest test takes on
 * a busy machine with two cores. Tests about time use virtual time or compare times that the system recorded.
 */
const MINUTE_MS = 60_000;

/**
 * How long a test polls for one condition. Open-source LocalStack takes up to 14 s. On MiniStack a record that its worker
 * did not finish in time, on a busy machine, is received again after a minute.
 */
export const DEADLINE_MS = 6 * MINUTE_MS;

/** The limit of a test and of a hook, by tier: several deadlines, or minutes of computation. */
export const TEST_LIMITS_MS = {
  unit: 20 * MINUTE_MS,
  contract: 20 * MINUTE_MS,
  infra: 20 * MINUTE_MS,
  e2e: 30 * MINUTE_MS,
  faults: 30 * MINUTE_MS,
  drill: 30 * MINUTE_MS,
  page: 20 * MINUTE_MS,
  portal: 30 * MINUTE_MS,
  permissions: 20 * MINUTE_MS,
  chaos: 60 * MINUTE_MS,
  upgrade: 60 * MINUTE_MS,
  isolation: 60 * MINUTE_MS,
  bench: 60 * MINUTE_MS,
} as const;

/** A test that takes a larger share of its limit is reported at the end of the run (near-limit.ts). */
export const NEAR_LIMIT = 1 / 4;
