import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  mustOpen,
  opened,
  passage,
} from '../../../../functions/deliver/circuit-breaker/circuit-breaker.domain.ts';
import type {
  Breaker,
  FailureRun,
} from '../../../../functions/deliver/circuit-breaker/circuit-breaker.domain.ts';
import { roundOf } from '../../../../functions/deliver/circuit-breaker/probe.domain.ts';
import { PROBE_LOST_AFTER_MS } from '../../../../functions/platform/limits/delivery.domain.ts';

const NOW = Date.parse('2026-11-23T12:00:00.000Z');
const CLOSED: Breaker = { kind: 'closed' };
const OPEN: Breaker = { kind: 'open', since: NOW - 30_000, until: NOW + 30_000, times: 1, probeUntil: null };
const arrival = {
  trigger: { kind: 'scheduled', number: 1 },
  deadline: NOW + 3_600_000,
  endpoint: { updatedAt: NOW - 86_400_000 },
  nowMs: NOW,
} as const;

const opens = (run: FailureRun) =>
  mustOpen({ endpoint: undefined, health: { ...run, breaker: CLOSED }, nowMs: NOW });

describe('the circuit breaker opens', () => {
  it('on 100 consecutive failures that began 30 seconds ago', () => {
    expect(opens({ failures: 100, firstFailureAt: NOW - 30_000 })).toBe(true);
  });

  it.each([
    ['on 99 failures', { failures: 99, firstFailureAt: NOW - 86_400_000 }],
    ['on a burst of failures within 30 seconds', { failures: 5_000, firstFailureAt: NOW - 29_999 }],
    ['without failures', { failures: 0, firstFailureAt: null }],
  ])('not %s', (_, run) => {
    expect(opens(run)).toBe(false);
  });

  it.each([
    [1, 1],
    [2, 2],
    [3, 5],
    [4, 15],
    [5, 30],
    [50, 30],
  ])('for the %i. time since the last success, for %i minutes', (times, minutes) => {
    expect(opened(times, NOW, 0)).toEqual({
      kind: 'open',
      since: NOW,
      until: NOW + minutes * 60_000,
      times,
      probeUntil: null,
    });
  });

  it('for a time with jitter of a tenth either way', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.double({ min: -1, max: 1, noNaN: true }),
        (times, jitter) => {
          const pause = opened(times, NOW, 0).until - NOW;
          const moved = opened(times, NOW, jitter).until - NOW;
          expect(moved).toBeGreaterThanOrEqual(pause * 0.9 - 1);
          expect(moved).toBeLessThanOrEqual(pause * 1.1 + 1);
        },
      ),
    );
  });
});

describe('a delivery at a circuit breaker', () => {
  it('passes if the breaker is closed', () => {
    expect(passage(CLOSED, arrival)).toEqual({ kind: 'send' });
  });

  it('is parked if the breaker is open', () => {
    expect(passage(OPEN, arrival)).toEqual({ kind: 'park' });
  });

  it('passes an open breaker if it is a resend', () => {
    expect(passage(OPEN, { ...arrival, trigger: { kind: 'manual', request: 'r' } })).toEqual({
      kind: 'send',
    });
  });

  it('has one last attempt when its schedule is over', () => {
    expect(passage(OPEN, { ...arrival, deadline: NOW })).toEqual({ kind: 'last' });
  });

  it('may be the probe once the breaker is half-open', () => {
    expect(passage(OPEN, { ...arrival, nowMs: NOW + 30_000 })).toEqual({ kind: 'probe', otherwise: 'park' });
  });

  it('is parked while another delivery is the probe, and may be the probe once that one’s lease has expired', () => {
    const probed = { ...OPEN, probeUntil: NOW + 60_000 };
    expect(passage(probed, { ...arrival, nowMs: NOW + 59_999 })).toEqual({ kind: 'park' });
    expect(passage(probed, { ...arrival, nowMs: NOW + 60_000 }).kind).toBe('probe');
  });

  it('may be the probe at once if its endpoint was changed after the breaker opened', () => {
    expect(passage(OPEN, { ...arrival, endpoint: { updatedAt: NOW - 29_999 } }).kind).toBe('probe');
    expect(passage(OPEN, { ...arrival, endpoint: { updatedAt: NOW - 30_000 } }).kind).toBe('park');
  });
});

describe('parked deliveries', () => {
  const facts = { isDisabled: false, rate: null, step: 0, nowMs: NOW };

  it('are released one a second, then twice as many each minute, up to 3,840', () => {
    const counts = [0, 1, 2, 6, 7, 99].map((step) => roundOf(CLOSED, { ...facts, step }).count);
    expect(counts).toEqual([60, 120, 240, 3_840, 3_840, 3_840]);
  });

  it('are released no faster than a throttle allows', () => {
    expect(roundOf(CLOSED, { ...facts, step: 9, rate: 2 })).toMatchObject({ kind: 'drain', count: 120 });
  });

  it('wait for a probe while the breaker is open', () => {
    expect(roundOf(OPEN, facts)).toMatchObject({
      kind: 'probe',
      probeAt: NOW + 30_000,
      nextAt: NOW + 30_000 + PROBE_LOST_AFTER_MS,
    });
  });

  it('of a disabled endpoint are released at once, to be canceled', () => {
    expect(roundOf(OPEN, { ...facts, isDisabled: true })).toMatchObject({
      kind: 'drain',
      count: 3_840,
      spreadSeconds: 0,
    });
  });
});
