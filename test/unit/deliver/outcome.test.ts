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

describe('the outcome of a status', () => {
  it('is success for every 2xx and for nothing else', () => {
    const statuses = Array.from({ length: 500 }, (_, index) => 100 + index);
    const successes = statuses.filter((status) => outcomeOfStatus(status, null).kind === 'success');
    expect(successes).toEqual(Array.from({ length: 100 }, (_, index) => 200 + index));
  });

  it('is the end of the endpoint for 410', () => {
    expect(outcomeOfStatus(410, null)).toEqual(gone);
  });

  it('is a failure that may say when to come again, for every other one', () => {
    for (const status of [100, 302, 400, 404, 429, 500, 503, 599]) {
      expect(outcomeOfStatus(status, 7)).toEqual({ kind: 'failure', timedOut: false, retryAfter: 7 });
    }
  });
});

describe('what follows from a try', () => {
  it('is nothing more after success, for scheduled tries and resends alike', () => {
    for (const trigger of [first, last, resend])
      expect(decide(success, trigger, plan)).toEqual({ kind: 'succeeded' });
  });

  it('is the end of everything after 410, for scheduled tries and resends alike', () => {
    for (const trigger of [first, last, resend])
      expect(decide(gone, trigger, plan)).toEqual({ kind: 'gone' });
  });

  it('is a retry while the schedule lasts, and exhaustion after it', () => {
    expect(decide(failure, first, plan)).toEqual({ kind: 'retry', at: NOON + 5000 });
    expect(decide(failure, last, plan)).toEqual({ kind: 'exhausted' });
  });

  it('is never a retry of a resend', () => {
    expect(decide(failure, resend, plan)).toEqual({ kind: 'manual-failed' });
  });

  it('takes the timeout and the wish of the receiver into account', () => {
    expect(decide({ ...failure, timedOut: true }, first, plan)).toEqual({ kind: 'retry', at: NOON + 60_000 });
    expect(decide({ ...failure, retryAfter: 120 }, first, { ...plan, jitter: -1 })).toEqual({
      kind: 'retry',
      at: NOON + 120_000,
    });
  });
});
