import { BULK_RULES } from '../../platform/limits/delivery.domain.ts';
import type { Lane } from './lane.domain.ts';

/**
 * What one process knows of an application's volume. `level` is a leaky bucket of the deliveries that this process sent: it
 * says when the rate of all processes is worth a measurement, and decides alone where none can be made.
 */
export interface Volume {
  readonly level: number;
  /** When the level was computed (ms). */
  readonly at: number;
  /** The application uses the bulk lane until this instant (ms). */
  readonly busyUntil: number;
}

export const NO_VOLUME: Volume = { level: 0, at: 0, busyUntil: 0 };

/** The volume after `count` more deliveries at once. All of them count, so that their lane is the same. */
export const addDeliveries = ({ level, at, busyUntil }: Volume, count: number, nowMs: number): Volume => {
  const { burst, leaksPerSecond, busyMs } = BULK_RULES;
  const leaked = (Math.max(0, nowMs - at) * leaksPerSecond) / 1_000;
  const most = burst + (busyMs / 1_000) * leaksPerSecond;
  return {
    level: Math.min(most, Math.max(0, level - leaked) + count),
    at: Math.max(at, nowMs),
    busyUntil: count > burst ? Math.max(busyUntil, nowMs + busyMs) : busyUntil,
  };
};

/** The lane of the deliveries that were added last. */
export const laneOf = ({ level, busyUntil }: Volume, nowMs: number): Exclude<Lane, 'slow'> =>
  level > BULK_RULES.burst || busyUntil > nowMs ? 'bulk' : 'fast';

/** Whether to measure: neither for a few deliveries, nor in the first half of a time in the bulk lane. */
export const isWorthMeasuring = ({ level, busyUntil }: Volume, nowMs: number): boolean =>
  level > BULK_RULES.unmeasured && busyUntil - nowMs <= BULK_RULES.busyMs / 2;

/** The volume after a measurement of the application's deliveries a second: counts anew until the next one. */
export const withMeasuredRate = (volume: Volume, perSecond: number, nowMs: number): Volume => ({
  ...volume,
  level: 0,
  busyUntil: perSecond > BULK_RULES.perSecond ? nowMs + BULK_RULES.busyMs : volume.busyUntil,
});

/**
 * Messages a second that an application surely publishes: a lower bound, two standard deviations below what the newest
 * messages of one of its shards say. `ages` (ms): of these messages, the newest first.
 */
export const surelyPerSecond = (ages: readonly number[], shards: number): number =>
  ages.reduce((most, age, index) => {
    const count = index + 1;
    const surely = Math.max(0, count - 2 * Math.sqrt(count));
    return Math.max(most, (surely * shards * 1_000) / Math.max(1, age));
  }, 0);
