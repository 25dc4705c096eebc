import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mustOpen, opened } from '../../../../functions/deliver/circuit-breaker/circuit-breaker.domain.ts';
import {
  changeOf,
  HEALTHY,
  NO_OBSERVATION,
  addObservation,
} from '../../../../functions/deliver/circuit-breaker/health.domain.ts';
import type {
  EndpointHealth,
  AttemptObservation,
} from '../../../../functions/deliver/circuit-breaker/health.domain.ts';

const NOW = Date.parse('2026-11-23T12:00:00.000Z');
const attempted = (some: Partial<AttemptObservation> = {}): AttemptObservation => ({
  ...{ succeeded: false, at: NOW, durationMs: 20, timedOut: false, probe: false },
  ...some,
});
const batchOf = (...all: readonly AttemptObservation[]) => all.reduce(addObservation, NO_OBSERVATION);
const open = (some: Partial<EndpointHealth> = {}): EndpointHealth => ({
  ...HEALTHY,
  failures: 100,
  firstFailureAt: NOW - 60_000,
  breaker: opened(2, NOW, 0),
  ...some,
});

describe('the change of an endpoint’s health after a batch', () => {
  it('is nothing for a healthy endpoint', () => {
    expect(changeOf(HEALTHY, batchOf(attempted({ succeeded: true })))).toEqual({ kind: 'nothing' });
    expect(changeOf(HEALTHY, batchOf())).toEqual({ kind: 'nothing' });
  });

  it('adds the number of failures, with the instant of the first', () => {
    expect(
      changeOf(HEALTHY, batchOf(attempted({ at: NOW + 5 }), attempted(), attempted({ at: NOW + 9 }))),
    ).toEqual({
      kind: 'count',
      failures: 3,
      firstFailureAt: NOW,
    });
  });

  it('is a recovery if a success follows failures, an open breaker or a failingSince', () => {
    const success = batchOf(attempted(), attempted({ succeeded: true }));
    for (const overload of [{ failures: 1 }, { failingSince: NOW }, { breaker: opened(1, NOW, 0) }])
      expect(changeOf({ ...HEALTHY, ...overload }, success)).toEqual({ kind: 'recover' });
  });

  it('opens the breaker for longer if the probe failed, and is nothing if other attempts failed', () => {
    expect(changeOf(open(), batchOf(attempted({ probe: true })))).toEqual({ kind: 'reopen', times: 3 });
    expect(changeOf(open(), batchOf(attempted()))).toEqual({ kind: 'nothing' });
  });

  it('marks the endpoint as slow after a response of more than five seconds, or a timeout', () => {
    expect(batchOf(attempted({ durationMs: 5_000 })).slow).toBe(false);
    expect(batchOf(attempted({ durationMs: 5_001, succeeded: true })).slow).toBe(true);
    expect(batchOf(attempted({ durationMs: 1_000, timedOut: true })).slow).toBe(true);
  });
});

/** Compares with a simple model: consecutive failures, ended by any batch with a success. */
it('the circuit breaker opens exactly when a plain count of consecutive failures would', () => {
  const batches = fc.array(
    fc.record({ failures: fc.nat(40), success: fc.boolean(), passes: fc.nat(20_000) }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(batches, (all) => {
      let health = HEALTHY;
      const model = { count: 0, since: 0 };
      let now = NOW;
      for (const { failures, success, passes } of all) {
        now += passes;
        const tries = Array.from({ length: failures }, () => attempted({ at: now }));
        const change = changeOf(
          health,
          batchOf(...tries, ...(success ? [attempted({ succeeded: true })] : [])),
        );
        if (change.kind === 'recover') health = HEALTHY;
        if (change.kind === 'count') {
          const firstFailureAt = health.firstFailureAt ?? change.firstFailureAt;
          health = { ...health, failures: health.failures + change.failures, firstFailureAt };
        }
        if (success) model.count = 0;
        else {
          if (model.count === 0) model.since = now;
          model.count += failures;
        }
        const expected = model.count >= 100 && now - model.since >= 30_000;
        expect(mustOpen({ endpoint: undefined, health, nowMs: now })).toBe(expected);
      }
    }),
  );
});
