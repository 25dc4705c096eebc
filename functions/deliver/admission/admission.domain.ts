import { passage } from '../circuit-breaker/circuit-breaker.domain.ts';
import type { Arrival } from '../circuit-breaker/circuit-breaker.domain.ts';
import type { EndpointHealth } from '../circuit-breaker/health.domain.ts';
import { isCrowdedOut } from '../lanes/crowding.domain.ts';
import type { Crowding } from '../lanes/crowding.domain.ts';
import { belongsElsewhere } from '../lanes/lane.domain.ts';
import type { Lane } from '../lanes/lane.domain.ts';

/** What a worker does with a delivery once breaker, lane and throttle were asked. */
export type AdmissionDecision =
  /** `noRetryAfter`: the schedule is over by then, so no retry follows later; null: the schedule itself decides. */
  | { readonly kind: 'send'; readonly probe: boolean; readonly noRetryAfter: number | null }
  /** Wait for the endpoint's breaker or throttle, at most until the schedule would be over (`deadline`). */
  | { readonly kind: 'park'; readonly deadline: number }
  /** The endpoint was slow lately, or the lane is crowded and it is not known to be quick: the slow lane delivers it. */
  | { readonly kind: 'forward' }
  /** A throttle reserved a slot at a later instant. */
  | { readonly kind: 'throttle'; readonly slot: number };

/** `probe`: send it if this worker gets the right to probe the endpoint, else do as `otherwise` says. */
export type BreakerDecision =
  AdmissionDecision | { readonly kind: 'probe'; readonly otherwise: AdmissionDecision };

export interface BreakerFacts extends Arrival {
  readonly health: Pick<EndpointHealth, 'breaker' | 'slowUntil' | 'quickUntil'>;
  readonly crowding: Crowding;
  readonly lane: Lane;
}

export const SEND: AdmissionDecision = { kind: 'send', probe: false, noRetryAfter: null };

/** Decides by the endpoint's circuit breaker and the lane; the throttle is asked afterwards. */
export const decideAtBreaker = (facts: BreakerFacts): BreakerDecision => {
  const { health, lane, deadline, nowMs } = facts;
  const passed = passage(health.breaker, facts);
  if (passed.kind === 'park') return { kind: 'park', deadline };
  if (belongsElsewhere(lane, health.slowUntil, nowMs)) return { kind: 'forward' };
  if (isCrowdedOut(lane, facts.crowding, health.quickUntil, nowMs)) return { kind: 'forward' };
  if (passed.kind === 'send') return SEND;
  const last: AdmissionDecision = { kind: 'send', probe: false, noRetryAfter: deadline };
  if (passed.kind === 'last') return last;
  return { kind: 'probe', otherwise: passed.otherwise === 'last' ? last : { kind: 'park', deadline } };
};
