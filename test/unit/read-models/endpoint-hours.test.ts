import { HOUR_MS } from '../../../functions/platform/limits/time.domain.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attemptId, endpointId } from '../../../functions/platform/ids/brand.domain.ts';
import {
  SETTLED_MS,
  dirtyHours,
  plus,
  settledSince,
  spanOf,
  sumStored,
} from '../../../functions/read-models/hourly-statistics/endpoint-hours.domain.ts';
import type {
  StoredHour,
  Span,
} from '../../../functions/read-models/hourly-statistics/endpoint-hours.domain.ts';
import { ENDPOINT, NOON, attempt, seededIds } from '../../support/simulation/builders.ts';

const MINUTE_MS = 60_000;

describe('dirty hours', () => {
  it('are recorded for few of the attempts that arrive in time', () => {
    const ids = seededIds(3);
    const hours = Array.from({ length: 2000 }, (_, index) => {
      const one = attempt({ id: ids.attempt(NOON), at: NOON, endpointId: endpointId(`ep_${index}`) });
      return dirtyHours([one], NOON + 3 * MINUTE_MS);
    }).flat();
    expect(hours.length).toBeGreaterThan(10);
    expect(hours.length).toBeLessThan(70);
    expect(new Set(hours.map(({ kind }) => kind))).toEqual(new Set(['busy']));
  });

  it('are recorded once per endpoint and hour, as reopened if any attempt reopens the hour', () => {
    const id = attemptId('atmpt_3MUaSD000000000000000000000');
    const early = attempt({ id, at: NOON });
    const hours = dirtyHours([early, attempt({ id, at: NOON - 1 }), early], NOON + 4 * MINUTE_MS - 1);
    expect(hours).toMatchObject([
      { endpointId: ENDPOINT, hour: NOON, kind: 'busy' },
      { endpointId: ENDPOINT, hour: NOON - HOUR_MS, kind: 'reopened' },
    ]);
    const both = dirtyHours([early, attempt({ id, at: NOON + MINUTE_MS })], NOON + 4.5 * MINUTE_MS);
    expect(both).toMatchObject([{ hour: NOON, kind: 'reopened' }]);
  });

  it('include every hour that may have been counted before the attempt was written', () => {
    const moment = fc.integer({ min: 0, max: 2 * HOUR_MS });
    const skew = fc.integer({ min: -MINUTE_MS, max: MINUTE_MS });
    fc.assert(
      fc.property(moment, moment, skew, (writtenAfter, countedAfter, clocksDiffer) => {
        const writtenBy = NOON + writtenAfter;
        const counted = settledSince(
          { hour: NOON, revision: 0, counted: null },
          NOON + Math.min(countedAfter, writtenAfter) + clocksDiffer,
        );
        // The newest attempt that the count would have included, had it been written before.
        fc.pre(counted !== undefined);
        const [hour] = dirtyHours([attempt({ at: counted.to - 1 })], writtenBy);
        expect(hour?.kind).toBe('reopened');
      }),
    );
  });
});

describe('statistics of a time span', () => {
  it('combine hourly counts and the rest so that each instant counts once', () => {
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
          const countedHours = chosen.map((hour, index): StoredHour => {
            const minutes = lengths[index]!;
            const counted = {
              through: hour * HOUR_MS + minutes * MINUTE_MS,
              ...{ succeeded: minutes, failed: 0, canceled: 0, causes: {} },
            };
            return { hour: hour * HOUR_MS, revision: index, counted: index === 4 ? null : counted };
          });
          const { hourlyCounts, rest } = sumStored(span, countedHours);
          const counted = rest.map(({ from, to }) => ({
            ...{ succeeded: (to - from) / MINUTE_MS, failed: 0, canceled: 0, causes: {} },
          }));
          expect([hourlyCounts, ...counted].reduce(plus).succeeded).toBe((span.to - span.from) / MINUTE_MS);
        },
      ),
    );
  });

  it('include both ends of the span, rounded to ticks', () => {
    expect(spanOf(1001, 1005)).toEqual({ from: 1000, to: 1008 });
  });
});

describe('count of an hour', () => {
  const hourCountedTo = (through: number | null): StoredHour => ({
    hour: NOON,
    revision: 0,
    counted: through === null ? null : { succeeded: 1, failed: 1, canceled: 0, causes: {}, through },
  });

  it('covers the settled part of the hour, continues from there and ends with the hour', () => {
    const [early, middle, late] = [NOON + SETTLED_MS, NOON + SETTLED_MS + MINUTE_MS, NOON + 3 * HOUR_MS];
    expect(settledSince(hourCountedTo(null), early)).toBeUndefined();
    expect(settledSince(hourCountedTo(null), middle)).toEqual({ from: NOON, to: NOON + MINUTE_MS });
    expect(settledSince(hourCountedTo(NOON + 4), middle)).toEqual({ from: NOON + 4, to: NOON + MINUTE_MS });
    expect(settledSince(hourCountedTo(NOON + 4), late)).toEqual({ from: NOON + 4, to: NOON + HOUR_MS });
    expect(settledSince(hourCountedTo(NOON + HOUR_MS), late)).toBeUndefined();
  });
});
