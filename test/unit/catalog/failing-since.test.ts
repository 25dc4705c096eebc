import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { settingsPatch } from '../../../functions/api/schemas/settings.ts';
import { HEALTH_ROW_SECONDS } from '../../../functions/platform/limits/retention.domain.ts';
import {
  afterExhaustion,
  forgottenBefore,
} from '../../../functions/catalog/endpoints/failing-since.domain.ts';

const NOON = Date.parse('2026-11-23T12:00:00.000Z');
const DAY = 86_400_000;
const LIMIT = 432_000; // five days

describe('failing since', () => {
  it('starts at the first exhausted message', () => {
    expect(afterExhaustion(null, LIMIT, NOON)).toEqual({ kind: 'start' });
  });

  it('keeps its start at later exhausted messages within the disable period', () => {
    expect(afterExhaustion(NOON, LIMIT, NOON)).toEqual({ kind: 'running' });
    expect(afterExhaustion(NOON, LIMIT, NOON + 5 * DAY)).toEqual({ kind: 'running' });
  });

  it('disables the endpoint at an exhausted message after the disable period, with the start of the failures', () => {
    expect(afterExhaustion(NOON, LIMIT, NOON + 5 * DAY + 1)).toEqual({ kind: 'disable', failSince: NOON });
  });

  it('starts again when it began more than twice the disable period ago', () => {
    expect(afterExhaustion(NOON, LIMIT, NOON + 10 * DAY).kind).toBe('disable');
    expect(afterExhaustion(NOON, LIMIT, NOON + 10 * DAY + 1)).toEqual({ kind: 'start' });
  });

  it('supports periods of a fraction of a second and then expires a minute after the period', () => {
    expect(afterExhaustion(NOON, 0.2, NOON + 200).kind).toBe('running');
    expect(afterExhaustion(NOON, 0.2, NOON + 201).kind).toBe('disable');
    expect(afterExhaustion(NOON, 0.2, NOON + 60_200).kind).toBe('disable');
    expect(afterExhaustion(NOON, 0.2, NOON + 60_201).kind).toBe('start');
  });

  it('disables for every period that the settings accept, with instants that can be stored', () => {
    const accepted = (seconds: number) =>
      settingsPatch().safeParse({ endpointDisableAfter: seconds }).success;
    const periods = fc.oneof(
      fc.constantFrom(0.001, 0.05, 1, 59, 60, 90 * 86_400),
      fc.double({ min: 0, max: 91 * 86_400, noNaN: true }),
    );
    fc.assert(
      fc.property(
        periods.filter((seconds) => seconds > 0 && accepted(seconds)),
        (seconds) => {
          const later = NOON + Math.floor(seconds * 1000) + 1;
          expect(afterExhaustion(NOON, seconds, later)).toEqual({ kind: 'disable', failSince: NOON });
          expect(afterExhaustion(NOON, seconds, NOON).kind).toBe('running');
          expect(Math.abs(forgottenBefore(seconds, later))).toBeLessThan(1e15);
          expect(HEALTH_ROW_SECONDS).toBeGreaterThan(2 * seconds);
        },
      ),
    );
    for (const seconds of [1e308, 1e-300, Number.MAX_VALUE]) expect(accepted(seconds)).toBe(false);
  });

  it('is off when the disable period is 0', () => {
    expect(afterExhaustion(null, 0, NOON)).toEqual({ kind: 'off' });
    expect(afterExhaustion(NOON - 100 * DAY, 0, NOON)).toEqual({ kind: 'off' });
  });
});
