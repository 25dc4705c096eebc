import type { Trigger } from '../attempts/attempt.domain.ts';
import type { Endpoint } from '../../catalog/endpoints/endpoint.domain.ts';
import { PROBE_LEASE_MS } from '../../platform/limits/delivery.domain.ts';
import { MINUTE_MS } from '../../platform/limits/time.domain.ts';

/** The circuit breaker of one endpoint. Instants are ms since 1970. */
export type Breaker =
  | { readonly kind: 'closed' }
  | {
      readonly kind: 'open';
      /** When the batch began whose failures opened it, last time. */
      readonly since: number;
      /** Half-open from this instant: one delivery at a time may be sent as a probe. */
      readonly until: number;
      /** How often it opened since the last success. */
      readonly times: number;
      /** A probe is under way until then at most; null: none. */
      readonly probeUntil: number | null;
    };

/** A single message's whole schedule, or a short outage under load, must not open the breaker. */
const LEAST_FAILURES = 100;
const LEAST_AGE_MS = 30_000;
/** Minutes that the breaker stays open, by how often it opened. */
const LONGEST_MINUTES = 30;
const OPEN_MINUTES = [1, 2, 5, 15, LONGEST_MINUTES];
const JITTER = 0.1;

export type OpenBreaker = Extract<Breaker, { kind: 'open' }>;

export interface FailureRun {
  /** Failed attempts since the last success. */
  readonly failures: number;
  readonly firstFailureAt: number | null;
}

/** What decides whether failures open the breaker of an endpoint. */
export interface OpeningFacts {
  readonly endpoint: Endpoint | undefined;
  readonly health: FailureRun & { readonly breaker: Breaker };
  readonly nowMs: number;
}

/** Whether the failures that were just counted open the breaker. */
export const mustOpen = ({ health: { breaker, failures, firstFailureAt }, nowMs }: OpeningFacts): boolean =>
  breaker.kind === 'closed' &&
  failures >= LEAST_FAILURES &&
  firstFailureAt !== null &&
  nowMs - firstFailureAt >= LEAST_AGE_MS;

/** The breaker, opened for the `times`-th time since the last success. `jitter`: evenly from -1 to 1. */
export const opened = (times: number, nowMs: number, jitter: number): OpenBreaker => {
  const minutes = OPEN_MINUTES[times - 1] ?? LONGEST_MINUTES;
  const until = Math.round(nowMs + minutes * MINUTE_MS * (1 + JITTER * jitter));
  return { kind: 'open', since: nowMs, until, times, probeUntil: null };
};

export const probeLease = (nowMs: number): number => nowMs + PROBE_LEASE_MS;

/** `last`: the schedule is over, so the delivery gets one last attempt even though the breaker is open. */
export type Passage =
  | { readonly kind: 'send' }
  | { readonly kind: 'park' }
  | { readonly kind: 'last' }
  | { readonly kind: 'probe'; readonly otherwise: 'park' | 'last' };

export interface Arrival {
  readonly trigger: Trigger;
  /** When the delivery's schedule would be over. */
  readonly deadline: number;
  readonly endpoint: Pick<Endpoint, 'updatedAt'>;
  readonly nowMs: number;
}

/** What the breaker does with a delivery. Resends always pass: a person asked for the attempt. */
export const passage = (breaker: Breaker, arrival: Arrival): Passage => {
  const { trigger, deadline, endpoint, nowMs } = arrival;
  if (breaker.kind === 'closed' || trigger.kind === 'manual') return { kind: 'send' };
  const otherwise = deadline <= nowMs ? 'last' : 'park';
  // A new URL is probed at once.
  const due = nowMs >= breaker.until || endpoint.updatedAt > breaker.since;
  const taken = breaker.probeUntil !== null && breaker.probeUntil > nowMs;
  return due && !taken ? { kind: 'probe', otherwise } : { kind: otherwise };
};
