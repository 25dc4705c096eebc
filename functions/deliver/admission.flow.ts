import { passage, probeLease } from './circuit-breaker/circuit-breaker.domain.ts';
import type { Passage } from './circuit-breaker/circuit-breaker.domain.ts';
import type { Endpoint } from '../catalog/endpoints/endpoint.domain.ts';
import { belongsElsewhere } from './lanes/lane.domain.ts';
import type { Lane } from './lanes/lane.domain.ts';
import { scheduleEnd } from './retries/retry-schedule.domain.ts';
import { isDue } from './throttle/throttle.domain.ts';
import { verdict } from './eligibility.domain.ts';
import type { Verdict } from './eligibility.domain.ts';
import type { ReserveSlots, Wish } from './throttle/reservations.flow.ts';
import type { HealthStore } from './circuit-breaker/circuit-breaker.flow.ts';
import type { Tenant } from '../catalog/catalog.port.ts';
import type { Delivery, DeliveryContext } from './delivery.port.ts';
import { settleAll } from '../platform/settle.domain.ts';

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
export const standing = (delivery: Delivery, context: DeliveryContext, nowMs: number): Verdict =>
  verdict({
    endpoints: context.tenant?.endpoints,
    message: context.message,
    endpointId: delivery.endpointId,
    turn: delivery.turn,
    endedByResend: context.endedByResend,
    nowMs,
  });

interface Candidate {
  readonly index: number;
  readonly delivery: Delivery;
  readonly context: DeliveryContext;
  readonly tenant: Tenant;
  readonly endpoint: Endpoint;
  readonly deadline: number;
}

const SEND: Admission = { kind: 'send', probe: false, end: null };

/**
 * Admissions in the order of the batch; what is recorded already, not wanted or without a context has `send`, and finds
 * out by itself.
 */
export type Admit = (
  deliveries: readonly Delivery[],
  contexts: readonly (DeliveryContext | undefined)[],
) => Promise<readonly Admission[]>;

export const makeAdmit = (deps: AdmissionDeps): Admit => {
  const candidatesOf = (
    deliveries: readonly Delivery[],
    contexts: readonly (DeliveryContext | undefined)[],
  ) =>
    deliveries.flatMap((delivery, index): Candidate[] => {
      const context = contexts[index];
      if (context?.tenant === undefined || context.message === undefined) return [];
      if (context.recorded !== undefined) return [];
      const wanted = standing(delivery, context, deps.now());
      if (wanted.kind === 'drop') return [];
      const { deliverAt, createdAt } = context.message;
      const deadline = scheduleEnd(deliverAt ?? createdAt, delivery.schedule);
      return [{ index, delivery, context, tenant: context.tenant, endpoint: wanted.endpoint, deadline }];
    });

  const passed = ({ delivery, context, endpoint, deadline }: Candidate): Passage =>
    passage(context.health.breaker, {
      turn: delivery.turn,
      deadline,
      changedAt: endpoint.updatedAt,
      nowMs: deps.now(),
    });

  const claims = async ({ delivery, context }: Candidate): Promise<boolean> => {
    const { breaker } = context.health;
    if (breaker.kind === 'closed') return true;
    const now = deps.now();
    return deps.health.claimProbe(delivery, breaker, probeLease(now), now);
  };

  const refused = (kind: 'park' | 'last', { deadline }: Candidate): Admission =>
    kind === 'park' ? { kind, deadline } : { kind: 'send', probe: false, end: deadline };

  /** By breaker and lane. Of one endpoint's candidates for the probe only the first asks for it. */
  const throughBreaker = async (candidate: Candidate, probing: Set<string>): Promise<Admission> => {
    const way = passed(candidate);
    if (way.kind === 'park') return refused('park', candidate);
    if (belongsElsewhere(deps.lane, candidate.context.health.slowUntil, deps.now()))
      return { kind: 'forward' };
    switch (way.kind) {
      case 'send':
        return SEND;
      case 'last':
        return refused('last', candidate);
      case 'probe': {
        const first = !probing.has(candidate.endpoint.id);
        probing.add(candidate.endpoint.id);
        if (first && (await claims(candidate))) {
          return { kind: 'send', probe: true, end: candidate.deadline };
        }
        return refused(way.otherwise, candidate);
      }
    }
  };

  const limited = ({ tenant, endpoint, delivery }: Candidate) =>
    delivery.slot === undefined &&
    (endpoint.throttleRate !== null || tenant.application.throttleRate !== null);

  /** Behind what is parked already, so that nothing overtakes it for ever. */
  const inLine = ({ context }: Candidate) =>
    context.health.breaker.kind === 'closed' && context.health.wakeAt !== null;

  /** By throttle: only for what may be sent now, and has no slot yet. */
  const throughThrottle = async (candidates: readonly Candidate[], admissions: Map<number, Admission>) => {
    const asking = candidates.filter((one) => admissions.get(one.index)?.kind === 'send' && limited(one));
    const waiting = asking.filter(inLine);
    for (const one of waiting) admissions.set(one.index, refused('park', one));
    const wishing = asking.filter((one) => !inLine(one));
    if (wishing.length === 0) return;
    const wishes = wishing.map(({ tenant, endpoint }): Wish => ({
      application: tenant.application,
      endpoint,
    }));
    const slots = await deps.reserve(wishes);
    for (const [position, one] of wishing.entries()) {
      const slot = slots[position];
      if (slot === undefined) admissions.set(one.index, refused('park', one));
      else if (slot !== null && !isDue(slot, deps.now())) admissions.set(one.index, { kind: 'later', slot });
    }
  };

  return async (deliveries, contexts) => {
    const candidates = candidatesOf(deliveries, contexts);
    const probing = new Set<string>();
    const found = await settleAll(
      candidates.map(async (one) => [one.index, await throughBreaker(one, probing)] as const),
    );
    const admissions = new Map(found);
    await throughThrottle(candidates, admissions);
    return deliveries.map((_, index) => admissions.get(index) ?? SEND);
  };
};
