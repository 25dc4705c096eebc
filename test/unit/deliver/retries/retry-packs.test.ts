import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  makeRetryPacks,
  mayShareRow,
  PACK_RETRIES,
  packsOf,
} from '../../../../functions/deliver/retries/retry-packs.ts';
import type { Retry } from '../../../../functions/deliver/retries/retry-packs.ts';
import { LONGEST_QUEUE_DELAY_SECONDS } from '../../../../functions/platform/limits/queues.domain.ts';
import { NOON, delivery } from '../../../support/simulation/builders.ts';

const MINUTE = 60_000;
const retry = (at: number): Retry => ({ delivery: delivery(), at, now: NOON });

describe('retries that share a row', () => {
  it('are each in one row, at most ten, and within what SQS can delay from the minute in which the row is swept', () => {
    const times = fc.array(fc.integer({ min: 15 * MINUTE, max: 26 * 60 * MINUTE }), { maxLength: 60 });
    fc.assert(
      fc.property(times, (all) => {
        const packs = packsOf(all.map((ms) => retry(NOON + ms)));
        expect(
          packs
            .flat()
            .map(({ at }) => at)
            .toSorted(),
        ).toEqual(all.map((ms) => NOON + ms).toSorted());
        for (const pack of packs) {
          expect(pack.length).toBeLessThanOrEqual(PACK_RETRIES);
          const sweptFrom = (Math.floor(pack[0]!.at / MINUTE) - 1) * MINUTE;
          for (const { at } of pack) {
            expect(at).toBeGreaterThanOrEqual(pack[0]!.at);
            expect(at - sweptFrom).toBeLessThanOrEqual(LONGEST_QUEUE_DELAY_SECONDS * 1_000);
          }
        }
      }),
    );
  });

  it('take as few rows as their times allow', () => {
    const packs = packsOf(Array.from({ length: 25 }, (_, index) => retry(NOON + 30 * MINUTE + index)));
    expect(packs.map(({ length }) => length)).toEqual([10, 10, 5]);
    expect(mayShareRow(NOON, NOON + 14 * MINUTE)).toBe(true);
    expect(mayShareRow(NOON, NOON + 14 * MINUTE + 1)).toBe(false);
    expect(mayShareRow(NOON + 59_999, NOON + 14 * MINUTE)).toBe(true);
  });
});

describe('putting retries', () => {
  it('writes those of one pass of the event loop together, and those that come meanwhile after them', async () => {
    const written: number[] = [];
    const first = Promise.withResolvers<undefined>();
    const put = makeRetryPacks(async (some) => {
      written.push(some.length);
      if (written.length === 1) await first.promise;
    });
    const at = NOON + 30 * MINUTE;
    const early = [put(retry(at)), Promise.resolve().then(() => put(retry(at)))];
    while (written.length === 0) await new Promise(setImmediate);
    const late = [put(retry(at)), put(retry(at)), put(retry(at))];
    first.resolve(undefined);
    await Promise.all([...early, ...late]);
    expect(written).toEqual([2, 3]);
  });

  it('fails exactly those whose row was not written', async () => {
    const put = makeRetryPacks(async ([first]) => {
      if (first!.at === NOON + 30 * MINUTE) throw new Error('throttled');
    });
    const outcomes = await Promise.allSettled(
      [30, 30, 60].map((minutes) => put(retry(NOON + minutes * MINUTE))),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    await put(retry(NOON + 90 * MINUTE)); // it goes on after a failure
  });
});
