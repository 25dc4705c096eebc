import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterFailure,
  parseRetryAfter,
} from '../../../../functions/deliver/retries/retry-schedule.domain.ts';
import type { FailedAttempt } from '../../../../functions/deliver/retries/retry-schedule.domain.ts';
import { NOON, SETTINGS } from '../../../support/simulation/builders.ts';

const failed = (some: Partial<FailedAttempt>) =>
  afterFailure({
    schedule: SETTINGS.retrySchedule,
    number: 1,
    timedOut: false,
    retryAfter: null,
    nowMs: NOON,
    jitter: 0,
    latest: null,
    ...some,
  });

const delayOf = (some: Partial<FailedAttempt>) => {
  const decision = failed(some);
  return decision.kind === 'retry' ? (decision.at - NOON) / 1000 : decision.kind;
};

/** Jitter of -1: the earliest retry. */
const askedFor = (header: string | undefined, some: Partial<FailedAttempt> = {}) =>
  delayOf({ retryAfter: parseRetryAfter(header, NOON), jitter: header === undefined ? 0 : -1, ...some });

describe('the retry schedule', () => {
  it('delays each retry by its entry, and is exhausted after the last', () => {
    const delays = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => delayOf({ number }));
    expect(delays).toEqual([5, 300, 1800, 7200, 18_000, 36_000, 36_000, 'exhausted', 'exhausted']);
  });

  it('is exhausted after one attempt if it is empty', () => {
    expect(delayOf({ schedule: [] })).toBe('exhausted');
  });

  it('may hold fractions of a second', () => {
    expect(delayOf({ schedule: [0.25] })).toBe(0.25);
  });

  it('delays the retry after a timeout by at least a minute', () => {
    expect(delayOf({ timedOut: true })).toBe(60);
    expect(delayOf({ timedOut: true, number: 2 })).toBe(300);
  });

  it('has a jitter of at most a fifth either way', () => {
    fc.assert(
      fc.property(fc.double({ min: -1, max: 1, noNaN: true }), (jitter) => {
        const delay = Number(delayOf({ number: 2, jitter }));
        expect(delay).toBeGreaterThanOrEqual(240);
        expect(delay).toBeLessThanOrEqual(360);
      }),
    );
    expect([delayOf({ number: 2, jitter: -1 }), delayOf({ number: 2, jitter: 1 })]).toEqual([240, 360]);
  });

  it('always gives a whole millisecond that is not past', () => {
    const seconds = fc.double({ min: 0.001, max: 1_209_600, noNaN: true });
    fc.assert(
      fc.property(seconds, fc.option(seconds), fc.boolean(), (entry, retryAfter, timedOut) => {
        const decision = failed({ schedule: [entry], retryAfter, timedOut, jitter: -1 });
        expect(decision.kind === 'retry' && Number.isInteger(decision.at) && decision.at >= NOON).toBe(true);
      }),
    );
  });
});

describe('Retry-After', () => {
  it('of 120 seconds delays the first retry by 120 seconds or more, never less', () => {
    const delays = [-1, 0, 1].map((jitter) => askedFor('120', { jitter }));
    expect(delays).toEqual([120, 132, 144]);
  });

  it('is honoured up to two hours, or up to twice the planned delay if that is longer', () => {
    expect(['7200', '7201', '100000', '9'.repeat(400)].map((header) => askedFor(header))).toEqual([
      ...[7200, 7200, 7200, 7200],
    ]);
    expect(askedFor('60000', { number: 5 })).toBe(36_000);
    expect(askedFor('60000', { number: 6 })).toBe(60_000);
    expect(askedFor('100000', { number: 6 })).toBe(72_000);
  });

  it('never delays a retry for more than seven days, jitter included', () => {
    const week = 7 * 86_400;
    const schedule = [5 * 86_400];
    for (const jitter of [-1, 0, 1]) expect(askedFor('9'.repeat(9), { schedule, jitter })).toBe(week);
    expect(askedFor(String(6 * 86_400), { schedule })).toBe(6 * 86_400);
  });

  it('may be there twice, from a server and its proxy: the longer delay counts', () => {
    expect(['120, 120', '60, 120', '120, 60.5'].map((header) => askedFor(header))).toEqual([120, 120, 120]);
    expect(askedFor('120, soon', { jitter: 0 })).toBe(5);
  });

  it('never shortens the planned delay', () => {
    expect(['1', '4', '0.1'].map((header) => askedFor(header, { jitter: 0 }))).toEqual([5, 5, 5]);
    expect(askedFor('100', { number: 2 })).toBe(240);
  });

  it('is not undercut by the jitter of the planned delay', () => {
    expect(askedFor('290', { number: 2 })).toBe(290);
    expect(askedFor('300', { number: 2 })).toBe(300);
  });

  it('is honoured past the end of the schedule, which bounds the planned delay alone', () => {
    const latest = NOON + 3000;
    expect(delayOf({ latest })).toBe(3);
    expect(askedFor('120', { latest })).toBe(120);
  });

  it('is ignored if it is invalid, zero, negative or past', () => {
    const past = new Date(NOON - 1000).toUTCString();
    const junk = ['0', '-3', '+8', '1e3', '0x10', 'soon', '', '7 s', '8,5', past, undefined];
    for (const header of junk) expect([header, askedFor(header, { jitter: 0 })]).toEqual([header, 5]);
  });

  it('may be an HTTP date in each of its three forms', () => {
    const dates = [
      'Mon, 23 Nov 2026 12:00:08 GMT',
      'Monday, 23-Nov-26 12:00:08 GMT',
      'Mon Nov 23 12:00:08 2026',
    ];
    expect(dates.map((date) => askedFor(date))).toEqual([8, 8, 8]);
  });

  it('is parsed without throwing, whatever its text', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const seconds = parseRetryAfter(header, NOON);
        expect(seconds === null || seconds > 0).toBe(true);
      }),
    );
  });
});
