import { describe, expect, it } from 'vitest';
import { decide, outcomeOfStatus } from '../../../functions/deliver/attempts/outcome.domain.ts';
import type { Outcome } from '../../../functions/deliver/attempts/outcome.domain.ts';
import { NOON } from '../../support/simulation/builders.ts';

const plan = { schedule: [5], nowMs: NOON, jitter: 0, latest: null };
const first = { kind: 'scheduled', number: 1 } as const;
const last = { kind: 'scheduled', number: 2 } as const;
const resend = { kind: 'manual', request: 'r1' } as const;
const success: Outcome = { kind: 'success' };
const gone: Outcome = { kind: 'gone' };
const failure: Outcome = { kind: 'failure', timedOut: false, retryAfter: null };

describe('the outcome of a response status', () => {
  it('is a success for every 2xx and no other status', () => {
    const statuses = Array.from({ length: 500 }, (_, index) => 100 + index);
    const successes = statuses.filter((status) => outcomeOfStatus(status, null).kind === 'success');
    expect(successes).toEqual(Array.from({ length: 100 }, (_, index) => 200 + index));
  });

  it('is `gone` for 410', () => {
    expect(outcomeOfStatus(410, null)).toEqual(gone);
  });

  it('is a failure, with the Retry-After, for every other status', () => {
    for (const status of [100, 302, 400, 404, 429, 500, 503, 599]) {
      expect(outcomeOfStatus(status, 7)).toEqual({ kind: 'failure', timedOut: false, retryAfter: 7 });
    }
  });
});

describe('the decision after an attempt', () => {
  it('is `succeeded` after a success, for scheduled attempts and resends alike', () => {
    for (const trigger of [first, last, resend])
      expect(decide(success, trigger, plan)).toEqual({ kind: 'succeeded' });
  });

  it('is `gone` after 410, for scheduled attempts and resends alike', () => {
    for (const trigger of [first, last, resend])
      expect(decide(gone, trigger, plan)).toEqual({ kind: 'gone' });
  });

  it('is a retry while the schedule lasts, and `exhausted` after it', () => {
    expect(decide(failure, first, plan)).toEqual({ kind: 'retry', at: NOON + 5000 });
    expect(decide(failure, last, plan)).toEqual({ kind: 'exhausted' });
  });

  it('is never a retry after a resend', () => {
    expect(decide(failure, resend, plan)).toEqual({ kind: 'manual-failed' });
  });

  it('delays the retry for longer after a timeout, and as Retry-After asks', () => {
    expect(decide({ ...failure, timedOut: true }, first, plan)).toEqual({ kind: 'retry', at: NOON + 60_000 });
    expect(decide({ ...failure, retryAfter: 120 }, first, { ...plan, jitter: -1 })).toEqual({
      kind: 'retry',
      at: NOON + 120_000,
    });
  });
});
