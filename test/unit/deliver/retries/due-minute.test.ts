import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dueMinute } from '../../../../functions/deliver/retries/due-items.dynamo.ts';
import { NOON } from '../../../support/simulation/builders.ts';

const MINUTE = 60_000;
const now = NOON / MINUTE;

describe('the due bucket of an instant', () => {
  it('is that of its own minute if it is two or more minutes ahead', () => {
    expect(dueMinute(NOON + 2 * MINUTE, NOON)).toBe(now + 2);
    expect(dueMinute(NOON + 90 * MINUTE + 59_999, NOON)).toBe(now + 90);
  });

  it('is two minutes ahead if its own minute is nearer or past', () => {
    for (const at of [NOON - 86_400_000, NOON, NOON + MINUTE, NOON + 2 * MINUTE - 1]) {
      expect(dueMinute(at, NOON)).toBe(now + 2);
    }
  });

  it('is never a minute that a sweep at that instant may already have swept', () => {
    const instant = fc.integer({ min: NOON, max: NOON + 1_000 * MINUTE });
    fc.assert(
      fc.property(instant, instant, (at, writtenAt) => {
        // A sweep reaches one minute ahead (sweep.flow.ts).
        expect(dueMinute(at, writtenAt)).toBeGreaterThan(Math.floor(writtenAt / MINUTE) + 1);
      }),
    );
  });
});
