import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterFailure, parseRetryAfter } from '../../../functions/domain/retry-schedule.ts';
import type { FailedTry } from '../../../functions/domain/retry-schedule.ts';
import { NOON, SETTINGS } from '../../support/world/builders.ts';

const failed = (some: Partial<FailedTry>) =>
  afterFailure({
    schedule: SETTINGS.retrySchedule,
    number: 1,
    timedOut: false,
    retryAfter: null,
    nowMs: NOON,
    jitter: 0,
    ...some,
  });

const delayOf = (some: Partial<FailedTry>) => {
  const decision = failed(some);
  return decision.kind === 'retry' ? (decision.at - NOON) / 1000 : decision.kind;
};

const askedFor = (header: string | undefined) => delayOf({ retryAfter: parseRetryAfter(header, NOON) });

describe('the retry schedule', () => {
  it('waits as long as its entry says, try by try, and ends after its last', () => {
    const delays = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => delayOf({ number }));
    expect(delays).toEqual([5, 300, 1800, 7200, 18_000, 36_000, 36_000, 'exhausted', 'exhausted']);
  });

  it('is over after one try where it is empty', () => {
    expect(delayOf({ schedule: [] })).toBe('exhausted');
  });

  it('takes fractions of a second', () => {
    expect(delayOf({ schedule: [0.25] })).toBe(0.25);
  });

  it('leaves a receiver that timed out alone for a minute at least', () => {
    expect(delayOf({ timedOut: true })).toBe(60);
    expect(delayOf({ timedOut: true, number: 2 })).toBe(300);
  });

  it('moves each delay by a fifth at most, either way', () => {
    fc.assert(
      fc.property(fc.double({ min: -1, max: 1, noNaN: true }), (jitter) => {
        const delay = Number(delayOf({ number: 2, jitter }));
        expect(delay).toBeGreaterThanOrEqual(240);
        expect(delay).toBeLessThanOrEqual(360);
      }),
    );
    expect([delayOf({ number: 2, jitter: -1 }), delayOf({ number: 2, jitter: 1 })]).toEqual([240, 360]);
  });

  it('always gives a whole millisecond that has not passed', () => {
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
  it('stretches the delay up to its double', () => {
    expect(['9.5', '10', '100000', '9'.repeat(400)].map(askedFor)).toEqual([10, 10, 10, 10]);
    expect(['6', '6.2', ' 7 '].map(askedFor)).toEqual([6, 7, 7]);
  });

  it('never shortens the delay', () => {
    expect(['1', '4.9', '0.1'].map(askedFor)).toEqual([5, 5, 5]);
  });

  it('leaves the schedule alone where it is junk, zero, negative or past', () => {
    const past = new Date(NOON - 1000).toUTCString();
    const junk = ['0', '-3', '+8', '1e3', '0x10', 'soon', '', '7 s', '8,5', past, undefined];
    for (const header of junk) expect([header, askedFor(header)]).toEqual([header, 5]);
  });

  it('may be an HTTP date in each of its three forms', () => {
    const dates = [
      'Mon, 23 Nov 2026 12:00:08 GMT',
      'Monday, 23-Nov-26 12:00:08 GMT',
      'Mon Nov 23 12:00:08 2026',
    ];
    expect(dates.map(askedFor)).toEqual([8, 8, 8]);
  });

  it('is read without ever throwing', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const seconds = parseRetryAfter(header, NOON);
        expect(seconds === null || seconds > 0).toBe(true);
      }),
    );
  });
});
