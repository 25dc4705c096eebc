import { describe, expect, it } from 'vitest';
import { belongsElsewhere, slowMark } from '../../../../functions/deliver/lanes/lane.domain.ts';
import { scheduleEnd } from '../../../../functions/deliver/retries/retry-schedule.domain.ts';

const NOW = Date.parse('2026-11-23T12:00:00.000Z');

describe('a slow endpoint', () => {
  it('is marked as slow for ten minutes, and again once half of them have passed', () => {
    expect(slowMark(null, NOW)).toBe(NOW + 600_000);
    expect(slowMark(NOW + 300_001, NOW)).toBeNull();
    expect(slowMark(NOW + 300_000, NOW)).toBe(NOW + 600_000);
  });

  it.each(['fast', 'bulk'] as const)(
    'belongs to the slow lane while the mark lasts, then to the %s lane',
    (lane) => {
      expect(belongsElsewhere(lane, NOW + 1, NOW)).toBe(true);
      expect(belongsElsewhere(lane, NOW, NOW)).toBe(false);
    },
  );

  it('has deliveries stay in the slow lane once they are there, as a quick endpoint has', () => {
    expect(belongsElsewhere('slow', NOW + 1, NOW)).toBe(false);
    expect(belongsElsewhere('slow', null, NOW)).toBe(false);
  });
});

it('a schedule is over after its longest delays, with jitter and timeouts', () => {
  expect(scheduleEnd(NOW, [])).toBe(NOW);
  expect(scheduleEnd(NOW, [100, 200])).toBe(NOW + 360_000);
  expect(scheduleEnd(NOW, [5])).toBe(NOW + 72_000); // a timeout makes it a minute
});
