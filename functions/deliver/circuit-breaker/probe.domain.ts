import type { Breaker } from './circuit-breaker.domain.ts';
import { PROBE_LOST_AFTER_MS } from '../../platform/limits/delivery.domain.ts';
import { MINUTE_MS } from '../../platform/limits/time.domain.ts';

/** How many of an endpoint's parked deliveries a drain timer releases, and when the next timer is due. */
export type Round =
  | {
      readonly kind: 'probe';
      /** At most so many whose deadline comes before the next timer are released besides the probe. */
      readonly count: number;
      /** When the probe may be sent. */
      readonly probeAt: number;
      readonly spreadSeconds: number;
      readonly nextAt: number;
    }
  | {
      readonly kind: 'drain';
      readonly count: number;
      /** They are spread evenly over so many seconds. */
      readonly spreadSeconds: number;
      readonly nextAt: number;
    };

/** One a second, then twice as many each minute, so that an endpoint that has just recovered is not overloaded. */
const FIRST = 60;
const MOST = 3_840;

export interface RoundFacts {
  /** The endpoint is disabled or deleted: released deliveries are canceled. */
  readonly isDisabled: boolean;
  /** The lowest rate in force (sends a second); null: none. */
  readonly rate: number | null;
  readonly step: number;
  readonly nowMs: number;
}

export const roundOf = (breaker: Breaker, { isDisabled, rate, step, nowMs }: RoundFacts): Round => {
  const nextAt = nowMs + MINUTE_MS;
  if (isDisabled) return { kind: 'drain', count: MOST, spreadSeconds: 0, nextAt };
  if (breaker.kind === 'closed') {
    const atRate = rate === null ? MOST : Math.max(1, Math.floor(rate * 60));
    return { kind: 'drain', count: Math.min(MOST, atRate, FIRST * 2 ** step), spreadSeconds: 60, nextAt };
  }
  const probeAt = Math.max(breaker.until, nowMs);
  return { kind: 'probe', count: MOST, probeAt, spreadSeconds: 0, nextAt: probeAt + PROBE_LOST_AFTER_MS };
};
