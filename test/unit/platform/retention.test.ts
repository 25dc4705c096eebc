import { describe, expect, it } from 'vitest';
import { afterFailure } from '../../../functions/deliver/retries/retry-schedule.domain.ts';
import {
  ROW_RETENTION_DAYS,
  fitsRetention,
  longestScheduleMs,
  messageLifetime,
} from '../../../functions/platform/limits/retention.domain.ts';
import { NOON, SETTINGS } from '../../support/simulation/builders.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const some = { createdAt: NOON, deliverAt: null, retentionHours: 1, retrySchedule: [5] };

describe('payload expiry', () => {
  it('is the retention after the message was accepted', () => {
    expect(messageLifetime(some).payloadExpiresAt).toBe(NOON + HOUR);
  });

  it('is the retention after deliverAt for a message with a later delivery', () => {
    const deliverAt = NOON + 2 * HOUR;
    expect(messageLifetime({ ...some, deliverAt }).payloadExpiresAt).toBe(deliverAt + HOUR);
  });

  it('ignores a deliverAt in the past', () => {
    expect(messageLifetime({ ...some, deliverAt: NOON - HOUR }).payloadExpiresAt).toBe(NOON + HOUR);
  });
});

describe('message row retention', () => {
  it('is the default when the payload and the retries end before', () => {
    expect(messageLifetime(some).retainUntil).toBe(NOON + ROW_RETENTION_DAYS * DAY);
  });

  it('is that of the stage, unless payload or retries live longer', () => {
    const month = { ...some, rowRetentionDays: 30 };
    expect(messageLifetime(month).retainUntil).toBe(NOON + 30 * DAY);
    expect(messageLifetime({ ...month, retentionHours: 90 * 24 }).retainUntil).toBe(NOON + 90 * DAY);
    const retrySchedule = Array<number>(4).fill(10 * 86_400);
    expect(messageLifetime({ ...month, retrySchedule }).retainUntil).toBeGreaterThan(NOON + 40 * DAY);
  });

  it('is at least a day after the last retry, whatever Retry-After the receiver sends', () => {
    const retrySchedule = Array<number>(12).fill(10 * 86_400);
    const { retainUntil } = messageLifetime({ ...some, retrySchedule });
    expect(retainUntil).toBeGreaterThanOrEqual(NOON + 12 * 12 * DAY + DAY);
  });

  it('is not shorter than the payload retention after a late deliverAt', () => {
    const life = messageLifetime({ ...some, deliverAt: NOON + DAY, retentionHours: 90 * 24 });
    expect(life.retainUntil).toBeGreaterThanOrEqual(life.payloadExpiresAt);
  });
});

describe('longest duration of a retry schedule', () => {
  it.each([[SETTINGS.retrySchedule], [[5]], [[0.01, 86_400]], [[2 * 86_400]], [[14 * 86_400]]])(
    'is not exceeded by timeouts and Retry-After with the schedule %j',
    (schedule) => {
      for (const timedOut of [false, true]) {
        for (const retryAfter of [null, 1, 7_200, 86_400, 30 * 86_400]) {
          let nowMs = 0;
          for (let number = 1; number <= schedule.length; number += 1) {
            const failed = { schedule, number, timedOut, retryAfter, nowMs, jitter: 1, latest: null };
            const decision = afterFailure(failed);
            nowMs = decision.kind === 'retry' ? decision.at : nowMs;
          }
          expect(nowMs).toBeLessThanOrEqual(longestScheduleMs(schedule) + schedule.length);
        }
      }
    },
  );

  it('must fit into the row retention', () => {
    expect(fitsRetention(SETTINGS.retrySchedule, 30)).toBe(true);
    expect(fitsRetention(Array<number>(3).fill(10 * 86_400), 30)).toBe(false);
    expect(fitsRetention(SETTINGS.retrySchedule)).toBe(true);
    // With jitter a delay of ten days takes twelve; deliverAt and the last day take two.
    const most = Math.floor((ROW_RETENTION_DAYS - 2) / 12);
    expect(fitsRetention(Array<number>(most).fill(10 * 86_400))).toBe(true);
    expect(fitsRetention(Array<number>(most + 1).fill(10 * 86_400))).toBe(false);
  });
});
