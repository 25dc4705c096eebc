import { describe, expect, it } from 'vitest';
import { ApiError, NoAnswer } from '../../../portal/src/api/problem.ts';
import {
  MOST_BACKOFF_MS,
  STALE_AFTER_MS,
  isStale,
  refreshAtMs,
  retryAtMs,
} from '../../../portal/src/polling/due.ts';
import type { Fetched } from '../../../portal/src/polling/due.ts';
import { POLL_EVERY_MS } from '../../../portal/src/polling/poller.ts';

const LOADED: Fetched = {
  fetchStatus: 'idle',
  ...{ dataUpdatedAt: 1_000, error: null, errorUpdatedAt: 0, errorUpdateCount: 0 },
};
const never = Number.POSITIVE_INFINITY;
const failed = (error: unknown, errorUpdateCount = 1): Fetched => ({
  ...{ fetchStatus: 'idle', dataUpdatedAt: 0, error, errorUpdatedAt: 2_000, errorUpdateCount },
});

const PASSING = [
  ['no connection', new NoAnswer('network', null)],
  ['no answer in time', new NoAnswer('timeout', null)],
  ['a fault of the server', new ApiError(503, 'unavailable', '')],
  ['too many requests', new ApiError(429, 'rate_limit', '')],
] as const;
const FINAL = [
  ['what does not exist', new ApiError(404, 'not_found', '')],
  ['what the link does not allow', new ApiError(403, 'forbidden', '')],
  ['an answer that cannot be read', new Error('not a message')],
] as const;

describe('portal: what never loaded', () => {
  it.each(PASSING)('is tried again after %s, later each time up to a minute', (_name, error) => {
    const pauses = [1, 2, 3, 4, 5, 60].map((count) => retryAtMs(failed(error, count)) - 2_000);
    expect(pauses).toEqual([5_000, 10_000, 20_000, 40_000, MOST_BACKOFF_MS, MOST_BACKOFF_MS]);
  });

  it.each(FINAL)('is not asked for again: %s', (_name, error) => {
    expect(retryAtMs(failed(error))).toBe(never);
    expect(refreshAtMs(failed(error))).toBe(never);
  });

  it('is not asked for a second time while a request is under way, nor before its first answer', () => {
    const fault = new ApiError(500, 'failed', '');
    expect(retryAtMs({ ...failed(fault), fetchStatus: 'fetching' })).toBe(never);
    expect(retryAtMs({ ...LOADED, dataUpdatedAt: 0 })).toBe(never);
  });
});

describe('portal: what has loaded', () => {
  it('is kept fresh, unless a request is under way, which a second one would cancel', () => {
    expect(refreshAtMs(LOADED)).toBe(1_000 + POLL_EVERY_MS);
    expect(refreshAtMs({ ...LOADED, fetchStatus: 'fetching' })).toBe(never);
    expect(retryAtMs(LOADED)).toBe(never);
  });

  it.each(PASSING)(
    'waits as long after %s as after an answer, so that the rest is fetched too',
    (_name, error) => {
      expect(refreshAtMs({ ...LOADED, error, errorUpdatedAt: 9_000 })).toBe(9_000 + POLL_EVERY_MS);
    },
  );

  it.each(PASSING)('is tried again with backoff after %s, also if nothing polls it', (_name, error) => {
    const state = { ...failed(error, 2), dataUpdatedAt: 1_000 };
    expect(retryAtMs(state)).toBe(2_000 + 2 * POLL_EVERY_MS);
  });

  it.each(PASSING)('counts as out of date once it missed two polls, after %s', (_name, error) => {
    const stale = { dataUpdatedAt: 1_000, error, errorUpdatedAt: 1_000 + STALE_AFTER_MS };
    expect(isStale(stale)).toBe(true);
    expect(isStale({ ...stale, errorUpdatedAt: stale.errorUpdatedAt - 1 })).toBe(false);
    expect(isStale({ ...stale, dataUpdatedAt: 0 })).toBe(false);
    expect(isStale({ ...stale, error: null })).toBe(false);
  });

  it('may be kept fresh at a slower pace', () => {
    expect(refreshAtMs(LOADED, 60_000)).toBe(61_000);
  });

  it.each(FINAL)('is no longer polled after a refusal: %s', (_name, error) => {
    expect(refreshAtMs({ ...LOADED, error, errorUpdatedAt: 9_000 })).toBe(never);
  });
});
