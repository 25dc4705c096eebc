import { describe, expect, it } from 'vitest';
import { axisOf, labelledIndexes } from '../../../portal/src/lib/chart-scale.ts';
import { healthOf, successShare } from '../../../portal/src/lib/health.ts';
import { periodOf, stepsOf } from '../../../portal/src/lib/periods.ts';

const NOW = Date.parse('2026-11-30T11:20:00Z');
const at = (ms: number) => new Date(ms).toISOString();

describe('portal: the steps of a chart', () => {
  it.each([
    ['24h', 24, '2026-11-29T12:00:00.000Z'],
    ['7d', 14, '2026-11-23T12:00:00.000Z'],
    ['28d', 14, '2026-11-02T12:00:00.000Z'],
  ] as const)('of %s are %i, in whole hours, without gaps, up to now', (period, count, first) => {
    const steps = stepsOf(period, NOW);
    expect(steps).toHaveLength(count);
    expect(at(steps[0]!.sinceMs)).toBe(first);
    steps.slice(1).forEach((step, index) => expect(step.sinceMs).toBe(steps[index]!.untilMs));
    expect(steps.at(-1)!.untilMs).toBeNull();
  });

  it('never begin earlier than the API counts: 28 days', () => {
    expect(NOW - stepsOf('28d', NOW)[0]!.sinceMs).toBeLessThanOrEqual(28 * 86_400_000);
  });

  it('are those of a day for an unknown period', () => {
    expect(periodOf('toString')).toBe('24h');
    expect(periodOf(null)).toBe('24h');
  });
});

describe('portal: the axis of a chart', () => {
  it.each([
    [0, [0, 1]],
    [1, [0, 1]],
    [7, [0, 5, 10]],
    [1450, [0, 500, 1000, 1500]],
  ])('for at most %i has the ticks %j', (largest, ticks) => {
    expect(axisOf(largest).ticks).toEqual(ticks);
    expect(axisOf(largest).top).toBeGreaterThanOrEqual(largest);
  });

  it('labels a few steps, evenly', () => {
    expect(labelledIndexes(24, 6)).toEqual([0, 4, 8, 12, 16, 20]);
    expect(labelledIndexes(3, 6)).toEqual([0, 1, 2]);
  });
});

describe('portal: the health of an endpoint', () => {
  it.each([
    [true, 5, 0, 'disabled'],
    [false, 0, 0, 'quiet'],
    [false, 1000, 3, 'healthy'],
    [false, 90, 10, 'some-failures'],
    [false, 1, 1, 'failing'],
  ] as const)('disabled %s with %i successes and %i failures is %s', (disabled, success, fail, health) => {
    expect(healthOf(disabled, { success, fail })).toBe(health);
  });

  it('has no share of successes without attempts', () => {
    expect(successShare({ success: 0, fail: 0 })).toBeNull();
    expect(successShare({ success: 1, fail: 3 })).toBe(0.25);
  });
});
