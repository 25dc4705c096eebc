import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BURST_MS,
  leaseSize,
  NO_LEASE,
  renewed,
  spend,
} from '../../../functions/publish/publish-limits/lease.domain.ts';
import type { Lease } from '../../../functions/publish/publish-limits/lease.domain.ts';
import { reserve } from '../../../functions/platform/rate-limiter/rate-limiter.domain.ts';

/** One rate limiter and the Lambda environments that lease from it, each with its own memory. */
const simulate = (rate: number, requests: readonly { at: number; environment: number }[]) => {
  let nextSlot: number | undefined;
  let writes = 0;
  const leases = new Map<number, Lease>();
  const admitted: number[] = [];
  for (const { at, environment } of requests) {
    const known = leases.get(environment) ?? NO_LEASE;
    let admission = spend(known, at);
    if (admission === undefined) {
      writes += 1;
      const request = { rate, count: leaseSize(rate), notBefore: at, nowMs: at, horizonMs: BURST_MS };
      const reserved = reserve(nextSlot, request);
      nextSlot = reserved?.nextSlot ?? nextSlot;
      admission = spend(renewed(reserved === undefined ? undefined : request.count, rate, at), at);
    }
    if (admission === undefined) continue;
    leases.set(environment, admission.lease);
    if (admission.kind === 'admitted') admitted.push(at);
  }
  return { admitted, writes };
};

const requests = fc
  .array(fc.record({ gap: fc.integer({ min: 0, max: 400 }), environment: fc.integer({ min: 0, max: 3 }) }), {
    minLength: 1,
    maxLength: 300,
  })
  .map((steps) => {
    let at = 1_000_000;
    return steps.map(({ gap, environment }) => ({ at: (at += gap), environment }));
  });

describe('publish rate limiter', () => {
  it('never admits more than the rate plus a burst of two seconds and one lease, for any order of requests', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), requests, (rate, request) => {
        const { admitted } = simulate(rate, request);
        for (const [index, from] of admitted.entries()) {
          for (const [offset, until] of admitted.slice(index).entries()) {
            // A reservation may be used up to a second after it was made, and a second may be reserved ahead.
            expect(offset + 1).toBeLessThanOrEqual(
              (rate * (until - from)) / 1_000 + 2 * rate + leaseSize(rate),
            );
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('gives a single environment its full rate with less than 0.15 writes per request', () => {
    const request = Array.from({ length: 1_000 }, (_, index) => ({
      at: 1_000_000 + index * 10,
      environment: 1,
    }));
    const { admitted, writes } = simulate(100, request);
    expect(admitted.length).toBeGreaterThan(990);
    expect(writes).toBeLessThan(150);
  });

  it('writes little while it refuses', () => {
    const request = Array.from({ length: 10_000 }, (_, index) => ({ at: 1_000_000 + index, environment: 1 }));
    const { admitted, writes } = simulate(10, request);
    expect(admitted.length).toBeLessThan(10 * 10 + 25);
    expect(writes).toBeLessThan(250);
  });
});
