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

/** A line and the environments that lease from it, each with its own memory. */
const simulate = (rate: number, requests: readonly { at: number; who: number }[]) => {
  let line: number | undefined;
  let writes = 0;
  const leases = new Map<number, Lease>();
  const admitted: number[] = [];
  for (const { at, who } of requests) {
    const known = leases.get(who) ?? NO_LEASE;
    let admission = spend(known, at);
    if (admission === undefined) {
      writes += 1;
      const asked = { rate, count: leaseSize(rate), notBefore: at, nowMs: at, horizonMs: BURST_MS };
      const reserved = reserve(line, asked);
      line = reserved?.nextSlot ?? line;
      admission = spend(renewed(reserved === undefined ? undefined : asked.count, rate, at), at);
    }
    if (admission === undefined) continue;
    leases.set(who, admission.lease);
    if (admission.kind === 'admitted') admitted.push(at);
  }
  return { admitted, writes };
};

const requests = fc
  .array(fc.record({ gap: fc.integer({ min: 0, max: 400 }), who: fc.integer({ min: 0, max: 3 }) }), {
    minLength: 1,
    maxLength: 300,
  })
  .map((steps) => {
    let at = 1_000_000;
    return steps.map(({ gap, who }) => ({ at: (at += gap), who }));
  });

describe('a publish limit', () => {
  it('never lets more through than its rate and one second at once, whoever asks and whenever', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), requests, (rate, asked) => {
        const { admitted } = simulate(rate, asked);
        for (const [index, from] of admitted.entries()) {
          for (const [offset, until] of admitted.slice(index).entries()) {
            // A place may be used up to a second after it was reserved, a second of places may be reserved ahead.
            expect(offset + 1).toBeLessThanOrEqual(
              (rate * (until - from)) / 1_000 + 2 * rate + leaseSize(rate),
            );
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('lets a lone environment have its rate, at a fraction of a write a request', () => {
    const asked = Array.from({ length: 1_000 }, (_, index) => ({ at: 1_000_000 + index * 10, who: 1 }));
    const { admitted, writes } = simulate(100, asked);
    expect(admitted.length).toBeGreaterThan(990);
    expect(writes).toBeLessThan(150);
  });

  it('costs next to nothing while it refuses', () => {
    const asked = Array.from({ length: 10_000 }, (_, index) => ({ at: 1_000_000 + index, who: 1 }));
    const { admitted, writes } = simulate(10, asked);
    expect(admitted.length).toBeLessThan(10 * 10 + 25);
    expect(writes).toBeLessThan(250);
  });
});
