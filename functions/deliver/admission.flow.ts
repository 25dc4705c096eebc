import { passage, probeLease } from './circuit-breaker/circuit-breaker.domain.ts';
import type { Endpoint } from '../catalog/endpoints/endpoint.domain.ts';
import { belongsElsewhere } from './lanes/lane.domain.ts';
import type { Lane } from './lanes/lane.domain.ts';
import { scheduleEnd } from './retries/retry-schedule.domain.ts';
import { isDue } from '../platform/rate-limiter/rate-limiter.domain.ts';
import { eligibilityOf } from './eligibility.domain.ts';
import type { Eligibility } from './eligibility.domain.ts';
import type { ReserveSlots, SlotRequest } from './throttle/reservations.flow.ts';
import type { HealthStore } from './circuit-breaker/circuit-breaker.flow.ts';
import type { Tenant } from '../catalog/catalog.port.ts';
import type { Delivery, DeliveryContext } from './delivery.port.ts';

/** What becomes of a delivery before anything is sent. */
export type Admission =
  /** `end`: no retry comes after it, since its schedule would be over; null: the schedule itself decides. */
  | { readonly kind: 'send'; readonly probe: boolean; readonly end: number | null }
  | { readonly kind: 'park'; readonly deadline: number }
  /** Its endpoint was slow lately: the slow lane's business. */
  | { readonly kind: 'forward' }
  /** A throttle gave it a slot later on. */
  | { readonly kind: 'later'; readonly slot: number };

export interface AdmissionDeps {
  readonly lane: Lane;
  readonly health: Pick<HealthStore, 'claimProbe'>;
  readonly reserve: ReserveSlots;
  readonly now: () => number;
}

/** Whether a delivery is still wanted, asked anew before every try. */
export const eligibilityNow = (delivery: Delivery, context: DeliveryContext, nowMs: number): Eligibility =>
  eligibilityOf({
    endpoints: context.tenant?.endpoints,
    message: context.message,
    endpointId: delivery.endpointId,
    trigger: delivery.trigger,
    endedByResend: context.endedByResend,
    nowMs,
  });

interface Candidate {
  readonly delivery: Delivery;
  readonly context: DeliveryContext;
  readonly tenant: Tenant;
  readonly endpoint: Endpoint;
  readonly deadline: number;
}

const SEND: Admission = { kind: 'send', probe: false, end: null };

/**
 * Admissions in the order of the batch, each settled by itself: a write that fails for one endpoint rejects the
 * deliveries to it alone, and nobody else waits for it. What is recorded already, not wanted or without a context has
 * `send`, and finds out by itself.
 */
export type Admit = (
  deliveries: readonly Delivery[],
  contexts: readonly (DeliveryContext | undefined)[],
) => readonly Promise<Admission>[];

/** By breaker and lane alone. `probe`: it is sent if it gets the right to be the probe. */
type AtBreaker = Admission | { readonly kind: 'probe'; readonly otherwise: Admission };

export const makeAdmit = (deps: AdmissionDeps): Admit => {
  const candidateOf = (delivery: Delivery, context: DeliveryContext | undefined): Candidate | undefined => {
    if (context?.tenant === undefined || context.message === undefined) return undefined;
    if (context.recorded !== undefined) return undefined;
    const eligibility = eligibilityNow(delivery, context, deps.now());
    if (eligibility.kind !== 'send') return undefined;
    const { deliverAt, createdAt } = context.message;
    const deadline = scheduleEnd(delivery.startedAt ?? deliverAt ?? createdAt, delivery.schedule);
    return { delivery, context, tenant: context.tenant, endpoint: eligibility.endpoint, deadline };
  };

  const refused = (kind: 'park' | 'last', { deadline }: Candidate): Admission =>
    kind === 'park' ? { kind, deadline } : { kind: 'send', probe: false, end: deadline };

  /** Of one endpoint's candidates for the probe only the first asks for it. */
  const atBreaker = (candidate: Candidate, probing: Set<string>): AtBreaker => {
    const { delivery, context, endpoint, deadline } = candidate;
    const nowMs = deps.now();
    const arrival = { trigger: delivery.trigger, deadline, changedAt: endpoint.updatedAt, nowMs };
    const passed = passage(context.health.breaker, arrival);
    if (passed.kind === 'park') return refused('park', candidate);
    if (belongsElsewhere(deps.lane, context.health.slowUntil, nowMs)) return { kind: 'forward' };
    switch (passed.kind) {
      case 'send':
        return SEND;
      case 'last':
        return refused('last', candidate);
      case 'probe': {
        const otherwise = refused(passed.otherwise, candidate);
        if (probing.has(endpoint.id)) return otherwise;
        probing.add(endpoint.id);
        return { kind: 'probe', otherwise };
      }
    }
  };

  const claims = async ({ delivery, context }: Candidate): Promise<boolean> => {
    const { breaker } = context.health;
    if (breaker.kind === 'closed') return true;
    const now = deps.now();
    return deps.health.claimProbe(delivery, breaker, probeLease(now), now);
  };

  const isLimited = ({ tenant, endpoint, delivery }: Candidate) =>
    delivery.slot === undefined &&
    (endpoint.throttleRate !== null || tenant.application.throttleRate !== null);

  /** Behind what is parked already, so that nothing overtakes it for ever. */
  const isBehindParked = ({ context }: Candidate) =>
    context.health.breaker.kind === 'closed' && context.health.drainAt !== null;

  const needsSlot = (candidate: Candidate) => isLimited(candidate) && !isBehindParked(candidate);

  const wishOf = ({ tenant, endpoint }: Candidate): SlotRequest => ({
    application: tenant.application,
    endpoint,
  });

  /** By throttle, where the breaker lets it pass as `passed`. */
  const atThrottle = async (
    candidate: Candidate,
    passed: Admission,
    reserved: () => Promise<number | null | undefined> | undefined,
  ): Promise<Admission> => {
    if (passed.kind !== 'send' || !isLimited(candidate)) return passed;
    if (isBehindParked(candidate)) return refused('park', candidate);
    const slot = await reserved();
    if (slot === undefined) return refused('park', candidate);
    return slot === null || isDue(slot, deps.now()) ? passed : { kind: 'later', slot };
  };

  /** One write for all of a line that may pass now; a probe asks for its slot by itself, once it has the right. */
  const reserveFor = (passing: readonly Candidate[]) => {
    const asking = passing.filter(needsSlot);
    const slots = asking.length === 0 ? [] : deps.reserve(asking.map(wishOf));
    return (candidate: Candidate) => slots[asking.indexOf(candidate)];
  };

  return (deliveries, contexts) => {
    const probing = new Set<string>();
    const looked = deliveries.map((delivery, index) => {
      const candidate = candidateOf(delivery, contexts[index]);
      return candidate === undefined ? undefined : { candidate, passed: atBreaker(candidate, probing) };
    });
    const passing = looked.flatMap((one) => (one?.passed.kind === 'send' ? [one.candidate] : []));
    const slotOf = reserveFor(passing);
    return looked.map(async (one): Promise<Admission> => {
      if (one === undefined) return SEND;
      const { candidate, passed } = one;
      if (passed.kind !== 'probe') return atThrottle(candidate, passed, () => slotOf(candidate));
      if (!(await claims(candidate)))
        return atThrottle(candidate, passed.otherwise, () => reserveFor([candidate])(candidate));
      const probe: Admission = { kind: 'send', probe: true, end: candidate.deadline };
      return atThrottle(candidate, probe, () => reserveFor([candidate])(candidate));
    });
  };
};
