import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advanced, failed, pace } from '../../../functions/replay/task.domain.ts';
import { NOON, task } from '../../support/simulation/builders.ts';

describe('pace of a background task', () => {
  it('spreads a page over seconds according to the rate', () => {
    expect(pace(task({ rate: 2 }), 5, NOON)).toEqual([0, 0, 1, 1, 2]);
  });

  it('continues where the page before ended, and never in the past', () => {
    expect(pace(task({ rate: 1, pacedUntil: NOON + 7_000 }), 2, NOON)).toEqual([7, 8]);
    expect(pace(task({ rate: 1, pacedUntil: NOON - 7_000 }), 2, NOON)).toEqual([0, 1]);
  });

  it('never exceeds the rate in any second over all pages', () => {
    const page = fc.record({ count: fc.nat(120), elapsedMs: fc.nat(5_000) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.array(page, { maxLength: 8 }), (rate, pages) => {
        let current = task({ rate });
        let now = NOON;
        const instants: number[] = [];
        for (const { count, elapsedMs } of pages) {
          const start = Math.max(current.pacedUntil, now);
          instants.push(...Array.from({ length: count }, (_, index) => start + (index * 1000) / rate));
          current = advanced(current, { count, next: null, done: false }, now);
          now += elapsedMs;
        }
        const gaps = instants.slice(rate).map((at, index) => at - instants[index]!);
        expect(gaps.every((gap) => gap >= 1000 - 1e-3)).toBe(true);
      }),
    );
  });
});

describe('progress of a background task', () => {
  it('keeps the cursor after a page without messages', () => {
    const after = advanced(task({ cursor: 'msg_1' }), { count: 0, next: null, done: false }, NOON + 1);
    expect(after).toMatchObject({
      cursor: 'msg_1',
      count: 0,
      updatedAt: NOON + 1,
      state: { kind: 'running' },
    });
  });

  it('finishes with the last page or fails with a reason', () => {
    const last = advanced(task({ count: 3 }), { count: 2, next: 'msg_2', done: true }, NOON);
    expect(last).toMatchObject({ state: { kind: 'finished' }, cursor: 'msg_2', count: 5 });
    expect(failed(task(), 'gone', NOON).state).toEqual({ kind: 'failed', reason: 'gone' });
  });
});
