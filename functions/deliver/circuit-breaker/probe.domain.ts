import type { Breaker } from './circuit-breaker.domain.ts';

/** What is released from an endpoint's parked deliveries when somebody looks after them. */
export type Round =
  | {
      readonly kind: 'probe';
      /** Those whose deadline comes before the next look leave too, so many at most. */
      readonly count: number;
      /** When the probe may go. */
      readonly probeAt: number;
      readonly spreadSeconds: number;
      readonly nextAt: number;
    }
  | {
      readonly kind: 'drain';
      readonly count: number;
      /** They leave evenly over so many seconds. */
      readonly spreadSeconds: number;
      readonly nextAt: number;
    };

/** One a second, then twice as many each minute: an endpoint that has just come back is not run over. */
const FIRST = 60;
const MOST = 3_840;
const MINUTE_MS = 60_000;
/** A probe and what follows from it are over by then; this look is for one that never came back. */
const PROBE_PATIENCE_MS = 120_000;

export interface Look {
  /** Its endpoint is disabled or gone: what is released is dropped by the next look at it. */
  readonly off: boolean;
  /** The lowest rate in force (sends a second); null: none. */
  readonly rate: number | null;
  readonly step: number;
  readonly nowMs: number;
}

export const roundOf = (breaker: Breaker, { off, rate, step, nowMs }: Look): Round => {
  const nextAt = nowMs + MINUTE_MS;
  if (off) return { kind: 'drain', count: MOST, spreadSeconds: 0, nextAt };
  if (breaker.kind === 'closed') {
    const atRate = rate === null ? MOST : Math.max(1, Math.floor(rate * 60));
    return { kind: 'drain', count: Math.min(MOST, atRate, FIRST * 2 ** step), spreadSeconds: 60, nextAt };
  }
  const probeAt = Math.max(breaker.until, nowMs);
  return { kind: 'probe', count: MOST, probeAt, spreadSeconds: 0, nextAt: probeAt + PROBE_PATIENCE_MS };
};
