import { describe, expect, it } from 'vitest';
import {
  SWEEP_EVERY_SECONDS,
  SWEEP_LEASE_SECONDS,
  SWEEP_TIMEOUT_SECONDS,
} from '../../../functions/platform/limits/sweep.domain.ts';
import {
  FUNCTION_TIMEOUT_SECONDS,
  TASK_LEASE_SECONDS,
} from '../../../functions/platform/limits/function-timeouts.domain.ts';

describe('lease limits', () => {
  it('the lease of a sweep outlasts its function timeout and ends before the next run', () => {
    expect(SWEEP_TIMEOUT_SECONDS).toBeLessThan(SWEEP_LEASE_SECONDS);
    expect(SWEEP_LEASE_SECONDS).toBeLessThan(SWEEP_EVERY_SECONDS);
  });

  it('the lease of a background task outlasts its function timeout', () => {
    expect(FUNCTION_TIMEOUT_SECONDS.runTask).toBeLessThan(TASK_LEASE_SECONDS);
  });
});
