import { isBroken } from './circuit-breaker.domain.ts';
import type { Breaker, FailureRun } from './circuit-breaker.domain.ts';
import { isSlow } from '../lanes/lane.domain.ts';

/** What is remembered of an endpoint's trouble. A healthy one has nothing on record. */
export interface EndpointHealth extends FailureRun {
  readonly breaker: Breaker;
  /** Its deliveries go through the slow lane until then; null: they do not. */
  readonly slowUntil: number | null;
  /** The failure clock: when the first message was exhausted without a success since (domain/failure-clock.ts). */
  readonly failingSince: number | null;
  /** When somebody looks after its parked deliveries next; null: nothing is known to be parked. */
  readonly drainAt: number | null;
}

export const HEALTHY: EndpointHealth = {
  failures: 0,
  firstFailureAt: null,
  breaker: { kind: 'closed' },
  slowUntil: null,
  failingSince: null,
  drainAt: null,
};

/** How one try went, in the terms that health needs. */
export interface Seen {
  readonly succeeded: boolean;
  readonly at: number;
  readonly durationMs: number;
  readonly timedOut: boolean;
  readonly probe: boolean;
}

/** What one batch saw of one endpoint. */
export interface HourlyCounts extends FailureRun {
  readonly succeeded: boolean;
  readonly probeFailed: boolean;
  readonly slow: boolean;
}

export const NOTHING_SEEN: HourlyCounts = {
  failures: 0,
  firstFailureAt: null,
  succeeded: false,
  probeFailed: false,
  slow: false,
};

export const tallied = (tally: HourlyCounts, seen: Seen): HourlyCounts => ({
  failures: tally.failures + (seen.succeeded ? 0 : 1),
  firstFailureAt: seen.succeeded ? tally.firstFailureAt : Math.min(tally.firstFailureAt ?? seen.at, seen.at),
  succeeded: tally.succeeded || seen.succeeded,
  probeFailed: tally.probeFailed || (seen.probe && !seen.succeeded),
  slow: tally.slow || isSlow(seen),
});

/** What a batch changes in an endpoint's record. Nothing, as long as the endpoint is healthy. */
export type HealthChange =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'recover' }
  | { readonly kind: 'count'; readonly failures: number; readonly firstFailureAt: number }
  | { readonly kind: 'reopen'; readonly times: number };

const isClean = ({ failures, breaker, failingSince }: EndpointHealth): boolean =>
  failures === 0 && breaker.kind === 'closed' && failingSince === null;

/** A success outweighs the failures beside it: a batch that saw one is no evidence against the endpoint. */
export const changeOf = (health: EndpointHealth, tally: HourlyCounts): HealthChange => {
  if (tally.succeeded) return { kind: isClean(health) ? 'nothing' : 'recover' };
  const { breaker } = health;
  if (breaker.kind === 'open') {
    return tally.probeFailed ? { kind: 'reopen', times: breaker.times + 1 } : { kind: 'nothing' };
  }
  if (tally.firstFailureAt === null) return { kind: 'nothing' };
  return { kind: 'count', failures: tally.failures, firstFailureAt: tally.firstFailureAt };
};

/** Whether a record that was just counted up opens the breaker. */
export const mustOpen = (health: EndpointHealth, nowMs: number): boolean =>
  health.breaker.kind === 'closed' && isBroken(health, nowMs);
