import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MOST_REVOKED_TOKENS,
  isCutOff,
  isVoid,
  withCutoff,
  withRevoked,
} from '../../../functions/catalog/tokens/token-marks.domain.ts';
import type {
  Cutoff,
  RevokedToken,
  TokenFacts,
} from '../../../functions/catalog/tokens/token-marks.domain.ts';

const NOW = 1_000_000;
const token = (some: Partial<TokenFacts> = {}): TokenFacts => ({
  ...{ id: 'tok_1', issuedAtMs: NOW, expiresAtMs: null, sessionId: null },
  ...some,
});

describe('cutoff', () => {
  it('voids tokens that were issued until its instant, from its start on', () => {
    const cutoffs = [{ issuedUntil: NOW, voidFrom: NOW + 5 }];
    const isVoidAt = (issuedAtMs: number, at: number) => isCutOff(cutoffs, token({ issuedAtMs }), at);
    expect([isVoidAt(NOW, NOW + 4), isVoidAt(NOW, NOW + 5), isVoidAt(NOW + 1, NOW + 5)]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('that is immediate replaces those before it', () => {
    const pending = { issuedUntil: NOW - 10, voidFrom: NOW + 100 };
    const past = { issuedUntil: NOW - 20, voidFrom: NOW - 20 };
    expect(withCutoff([past, pending], { issuedUntil: NOW, voidFrom: NOW }, NOW)).toEqual([
      { issuedUntil: NOW, voidFrom: NOW },
    ]);
  });

  it('with a delay leaves an earlier one in effect, and an older instant never replaces a newer one', () => {
    const past = { issuedUntil: NOW - 20, voidFrom: NOW - 20 };
    const delayed = { issuedUntil: NOW, voidFrom: NOW + 100 };
    expect(withCutoff([past], delayed, NOW)).toEqual([past, delayed]);
    const older = { issuedUntil: NOW - 50, voidFrom: NOW };
    expect(withCutoff([past, delayed], older, NOW)).toEqual([past, delayed]);
  });

  const instant = fc.integer({ min: NOW - 50, max: NOW + 50 });
  const cutoff = fc.record({ issuedUntil: instant, voidFrom: instant });
  const later = fc.record({ issuedAtMs: instant, at: fc.integer({ min: NOW, max: NOW + 60 }) });

  it('is kept with others as if all were kept, except that more than ten may void a token early', () => {
    fc.assert(
      fc.property(fc.array(cutoff, { maxLength: 40 }), later, (all, { issuedAtMs, at }) => {
        const kept = all.reduce<readonly Cutoff[]>((before, one) => withCutoff(before, one, NOW), []);
        const exact = all.length <= 10;
        const expected = isCutOff(all, token({ issuedAtMs }), at);
        const found = isCutOff(kept, token({ issuedAtMs }), at);
        expect(kept.length).toBeLessThanOrEqual(10);
        expect(exact ? found === expected : found || !expected).toBe(true);
      }),
    );
  });
});

describe('single revoked token', () => {
  it('is void by its id, whenever it was issued', () => {
    const marks = { cutoffs: [], revoked: [{ id: 'tok_1', until: null }] };
    expect(isVoid(marks, token(), NOW)).toBe(true);
    expect(isVoid(marks, token({ id: 'tok_2' }), NOW)).toBe(false);
  });

  it('is forgotten after its end; beyond the limit of live ones a further one is refused', () => {
    const one = (index: number): RevokedToken => ({ id: `tok_${index}`, until: NOW + index });
    const full = Array.from({ length: MOST_REVOKED_TOKENS }, (_, index) => one(index + 1));
    expect(withRevoked(full, one(99), NOW)).toBeUndefined();
    expect(withRevoked(full, one(3), NOW)).toHaveLength(MOST_REVOKED_TOKENS);
    expect(withRevoked(full, one(99), NOW + 1)).toEqual([...full.slice(1), one(99)]);
  });
});
