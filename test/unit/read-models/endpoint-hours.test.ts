import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attemptId, endpointId } from '../../../functions/platform/ids/brand.domain.ts';
import {
  HOUR_MS,
  SETTLED_MS,
  covered,
  dirtyHours,
  plus,
  settledSince,
  spanOf,
} from '../../../functions/read-models/hourly-statistics/endpoint-hours.domain.ts';
import type {
  KeptHour,
  Span,
} from '../../../functions/read-models/hourly-statistics/endpoint-hours.domain.ts';
import { ENDPOINT, NOON, attempt, seededIds } from '../../support/simulation/builders.ts';

const MINUTE_MS = 60_000;

describe('notes about hours', () => {
  it('stay quiet about most attempts that come in time', () => {
    const ids = seededIds(3);
    const notes = Array.from({ length: 2000 }, (_, index) => {
      const one = attempt({ id: ids.attempt(NOON), at: NOON, endpointId: endpointId(`ep_${index}`) });
      return dirtyHours([one], NOON + 3 * MINUTE_MS);
    }).flat();
    expect(notes.length).toBeGreaterThan(10);
    expect(notes.length).toBeLessThan(70);
    expect(new Set(notes.map(({ kind }) => kind))).toEqual(new Set(['busy']));
  });

  it('name each hour of an endpoint once, a reopened one above all', () => {
    const id = attemptId('atmpt_3MUaSD000000000000000000000');
    const early = attempt({ id, at: NOON });
    const notes = dirtyHours([early, attempt({ id, at: NOON - 1 }), early], NOON + 4 * MINUTE_MS - 1);
    expect(notes).toMatchObject([
      { endpointId: ENDPOINT, hour: NOON, kind: 'busy' },
      { endpointId: ENDPOINT, hour: NOON - HOUR_MS, kind: 'reopened' },
    ]);
    const both = dirtyHours([early, attempt({ id, at: NOON + MINUTE_MS })], NOON + 4.5 * MINUTE_MS);
    expect(both).toMatchObject([{ hour: NOON, kind: 'reopened' }]);
  });

  it('reopen every hour that anyone may have counted before the attempt was written', () => {
    const moment = fc.integer({ min: 0, max: 2 * HOUR_MS });
    const skew = fc.integer({ min: -MINUTE_MS, max: MINUTE_MS });
    fc.assert(
      fc.property(moment, moment, skew, (writtenAfter, countedAfter, clocksDiffer) => {
        const writtenBy = NOON + writtenAfter;
        const counted = settledSince(
          { hour: NOON, revision: 0, counted: null },
          NOON + Math.min(countedAfter, writtenAfter) + clocksDiffer,
        );
        // The newest attempt that update-hourly-statistics would have counted, had it been there.
        fc.pre(counted !== undefined);
        const [note] = dirtyHours([attempt({ at: counted.to - 1 })], writtenBy);
        expect(note?.kind).toBe('reopened');
      }),
    );
  });
});

describe('a span of instants', () => {
  it('is made of kept hours and the parts between them, each instant once', () => {
    const hours = fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { maxLength: 6 });
    const minute = fc.integer({ min: -30, max: 390 });
    fc.assert(
      fc.property(
        hours,
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 6, maxLength: 6 }),
        minute,
        minute,
        (chosen, lengths, a, b) => {
          const span: Span = { from: Math.min(a, b) * MINUTE_MS, to: Math.max(a, b) * MINUTE_MS };
          const kept = chosen.map((hour, index): KeptHour => {
            const minutes = lengths[index]!;
            const counted = {
              through: hour * HOUR_MS + minutes * MINUTE_MS,
              succeeded: minutes,
              failed: 0,
              canceled: 0,
            };
            return { hour: hour * HOUR_MS, revision: index, counted: index === 4 ? null : counted };
          });
          const { hourlyCounts, rest } = covered(span, kept);
          const counted = rest.map(({ from, to }) => ({
            succeeded: (to - from) / MINUTE_MS,
            failed: 0,
            canceled: 0,
          }));
          expect([hourlyCounts, ...counted].reduce(plus).succeeded).toBe((span.to - span.from) / MINUTE_MS);
        },
      ),
    );
  });

  it('includes both of its ends, as far as ids can tell', () => {
    expect(spanOf(1001, 1005)).toEqual({ from: 1000, to: 1008 });
  });
});

describe('update-hourly-statistics', () => {
  const seen = (through: number | null): KeptHour => ({
    hour: NOON,
    revision: 0,
    counted: through === null ? null : { succeeded: 1, failed: 1, canceled: 0, through },
  });

  it('takes an hour as far as it has settled, goes on from there, and ends with the hour', () => {
    const [early, middle, late] = [NOON + SETTLED_MS, NOON + SETTLED_MS + MINUTE_MS, NOON + 3 * HOUR_MS];
    expect(settledSince(seen(null), early)).toBeUndefined();
    expect(settledSince(seen(null), middle)).toEqual({ from: NOON, to: NOON + MINUTE_MS });
    expect(settledSince(seen(NOON + 4), middle)).toEqual({ from: NOON + 4, to: NOON + MINUTE_MS });
    expect(settledSince(seen(NOON + 4), late)).toEqual({ from: NOON + 4, to: NOON + HOUR_MS });
    expect(settledSince(seen(NOON + HOUR_MS), late)).toBeUndefined();
  });
});
