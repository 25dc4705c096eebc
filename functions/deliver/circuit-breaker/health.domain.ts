import type { Breaker, FailureRun } from './circuit-breaker.domain.ts';
import type { Endpoint } from '../../catalog/endpoints/endpoint.domain.ts';
import { quickSince } from '../lanes/crowding.domain.ts';
import { isSlow, slowSince } from '../lanes/lane.domain.ts';

/** The stored health of an endpoint. A healthy endpoint has no item. */
export interface EndpointHealth extends FailureRun {
  readonly breaker: Breaker;
  /** Its deliveries belong to the slow lane until this instant; null: to the fast lane. */
  readonly slowUntil: number | null;
  /** It responded quickly while a lane was crowded, and enters crowded lanes until this instant; null: unknown. */
  readonly quickUntil: number | null;
  /** When the first message since the last success was exhausted (failing-since.domain.ts). */
  readonly failingSince: number | null;
  /** The period of its health in which that was set (`healthPeriod`). */
  readonly failingPeriod: number;
  /** The instant of the drain timer in force; null: no delivery is known to be parked. */
  readonly drainAt: number | null;
}

export const HEALTHY: EndpointHealth = {
  failures: 0,
  firstFailureAt: null,
  breaker: { kind: 'closed' },
  slowUntil: null,
  quickUntil: null,
  failingSince: null,
  failingPeriod: 0,
  drainAt: null,
};

/** The period of an endpoint's health: it begins with a change of its URL and when it is enabled. 0: the first. */
export const healthPeriod = (endpoint: Pick<Endpoint, 'healthFrom'> | undefined): number =>
  endpoint?.healthFrom ?? 0;

/**
 * What stored health says about the endpoint as it is now. Nothing that belongs to an earlier period counts, with one
 * exception: an open breaker stays open until a probe succeeds, since deliveries are parked behind it. A change makes that
 * probe due at once (`passage`).
 */
export const currentHealth = (
  health: EndpointHealth,
  endpoint: Pick<Endpoint, 'healthFrom'> | undefined,
): EndpointHealth => {
  const period = healthPeriod(endpoint);
  if (period === 0) return health;
  const { failures, firstFailureAt, breaker, slowUntil, quickUntil, failingSince, failingPeriod } = health;
  const counts = firstFailureAt !== null && firstFailureAt >= period;
  return {
    ...health,
    failures: counts ? failures : 0,
    firstFailureAt: counts ? firstFailureAt : null,
    breaker: breaker.kind === 'open' && breaker.since < period ? { ...breaker, times: 0 } : breaker,
    slowUntil: slowUntil !== null && slowSince(slowUntil) >= period ? slowUntil : null,
    quickUntil: quickUntil !== null && quickSince(quickUntil) >= period ? quickUntil : null,
    failingSince: failingPeriod === period ? failingSince : null,
  };
};

/** What one attempt says about the endpoint's health. */
export interface AttemptObservation {
  readonly succeeded: boolean;
  readonly at: number;
  readonly durationMs: number;
  readonly timedOut: boolean;
  readonly probe: boolean;
}

/** What the attempts of one batch say about one endpoint. */
export interface BatchObservation extends FailureRun {
  readonly succeeded: boolean;
  readonly probeFailed: boolean;
  readonly slow: boolean;
}

export const NO_OBSERVATION: BatchObservation = {
  failures: 0,
  firstFailureAt: null,
  succeeded: false,
  probeFailed: false,
  slow: false,
};

export const addObservation = (batch: BatchObservation, attempt: AttemptObservation): BatchObservation => ({
  failures: batch.failures + (attempt.succeeded ? 0 : 1),
  firstFailureAt: attempt.succeeded
    ? batch.firstFailureAt
    : Math.min(batch.firstFailureAt ?? attempt.at, attempt.at),
  succeeded: batch.succeeded || attempt.succeeded,
  probeFailed: batch.probeFailed || (attempt.probe && !attempt.succeeded),
  slow: batch.slow || isSlow(attempt),
});

/** What a batch changes in an endpoint's health. Nothing, as long as the endpoint is healthy. */
export type HealthChange =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'recover' }
  | { readonly kind: 'count'; readonly failures: number; readonly firstFailureAt: number }
  | { readonly kind: 'reopen'; readonly times: number };

const isClean = ({ failures, breaker, failingSince }: EndpointHealth): boolean =>
  failures === 0 && breaker.kind === 'closed' && failingSince === null;

/** A success outweighs the failures of the same batch. */
export const changeOf = (health: EndpointHealth, batch: BatchObservation): HealthChange => {
  if (batch.succeeded) return { kind: isClean(health) ? 'nothing' : 'recover' };
  const { breaker } = health;
  if (breaker.kind === 'open') {
    return batch.probeFailed ? { kind: 'reopen', times: breaker.times + 1 } : { kind: 'nothing' };
  }
  if (batch.firstFailureAt === null) return { kind: 'nothing' };
  return { kind: 'count', failures: batch.failures, firstFailureAt: batch.firstFailureAt };
};
