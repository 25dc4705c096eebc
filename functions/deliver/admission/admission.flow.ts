import { decideAtBreaker, SEND } from './admission.domain.ts';
import type { AdmissionDecision, BreakerDecision } from './admission.domain.ts';
import { eligibilityNow } from '../eligibility/check-eligibility.flow.ts';
import { probeLease } from '../circuit-breaker/circuit-breaker.domain.ts';
import type { HealthStore } from '../circuit-breaker/circuit-breaker.flow.ts';
import type { ReadDelivery } from '../delivery.port.ts';
import type { Eligible } from '../eligibility/eligibility.domain.ts';
import type { Lane } from '../lanes/lane.domain.ts';
import { scheduleEnd } from '../retries/retry-schedule.domain.ts';
import type { ReserveSlots, Slot } from '../throttle/reservations.flow.ts';
import { isDue } from '../../platform/rate-limiter/rate-limiter.domain.ts';

export interface AdmissionDeps {
  readonly lane: Lane;
  readonly health: Pick<HealthStore, 'claimProbe'>;
  readonly reserve: ReserveSlots;
  readonly now: () => number;
}

/**
 * Admits deliveries that were read together: one decision for each, in their order. Decisions settle separately: a
 * failed write for one endpoint rejects the deliveries to it alone. What is recorded already or no longer eligible is
 * decided `send`; nothing is sent, since both are checked again.
 */
export type Admit = (deliveries: readonly ReadDelivery[]) => readonly Promise<AdmissionDecision>[];

/** An eligible delivery whose attempt is not recorded. */
interface Candidate extends ReadDelivery, Pick<Eligible, 'application' | 'endpoint'> {
  readonly deadline: number;
}

type Slots = ReadonlyMap<Candidate, Promise<Slot> | undefined>;

const NO_SLOTS: Slots = new Map();

const park = ({ deadline }: Candidate): AdmissionDecision => ({ kind: 'park', deadline });

const isThrottled = ({ delivery, endpoint, application }: Candidate): boolean =>
  delivery.slot === undefined && (endpoint.throttleRate !== null || application.throttleRate !== null);

/** It parks behind deliveries that wait already, so that it does not overtake them. */
const isBehindParked = ({ context: { health } }: Candidate): boolean =>
  health.breaker.kind === 'closed' && health.drainAt !== null;

export const makeAdmit = ({ lane, health, reserve, now }: AdmissionDeps): Admit => {
  const candidateOf = ({ delivery, context }: ReadDelivery): Candidate | undefined => {
    if (context.recorded !== undefined) return undefined;
    const eligibility = eligibilityNow(delivery, context, now());
    if (eligibility.kind !== 'eligible') return undefined;
    const { application, endpoint, message } = eligibility;
    const startedAt = delivery.startedAt ?? message.deliverAt ?? message.createdAt;
    return { delivery, context, application, endpoint, deadline: scheduleEnd(startedAt, delivery.schedule) };
  };

  const askBreaker = ({ delivery, context, endpoint, deadline }: Candidate): BreakerDecision =>
    decideAtBreaker({
      ...{ health: context.health, crowding: context.crowding, lane, trigger: delivery.trigger },
      ...{ endpoint, deadline, nowMs: now() },
    });

  /** Of the candidates of one endpoint only the first may ask to be the probe. */
  const askBreakers = (candidates: readonly (Candidate | undefined)[]) => {
    const probing = new Set<string>();
    return candidates.map((candidate) => {
      const decision = candidate && askBreaker(candidate);
      if (candidate === undefined || decision?.kind !== 'probe') return decision;
      if (probing.has(candidate.endpoint.id)) return decision.otherwise;
      probing.add(candidate.endpoint.id);
      return decision;
    });
  };

  /** One write for all slots of one rate limiter. */
  const reserveSlots = (candidates: readonly Candidate[]): Slots => {
    const limited = candidates.filter((one) => isThrottled(one) && !isBehindParked(one));
    if (limited.length === 0) return NO_SLOTS;
    const slots = reserve(limited);
    return new Map(limited.map((candidate, index) => [candidate, slots[index]]));
  };

  const askThrottle = async (
    candidate: Candidate,
    decision: AdmissionDecision,
    slots: Slots,
  ): Promise<AdmissionDecision> => {
    if (decision.kind !== 'send' || !isThrottled(candidate)) return decision;
    if (isBehindParked(candidate)) return park(candidate);
    const slot = await slots.get(candidate);
    if (slot === undefined) return park(candidate); // farther ahead than the queue can hold a delivery
    return slot === null || isDue(slot, now()) ? decision : { kind: 'throttle', slot };
  };

  const claimProbe = async ({ delivery, context }: Candidate): Promise<boolean> => {
    const { breaker } = context.health;
    if (breaker.kind === 'closed') return true;
    const nowMs = now();
    return health.claimProbe(delivery, breaker, probeLease(nowMs), nowMs);
  };

  /** A probe reserves its slot by itself, after it has the right to be sent. */
  const admitProbe = async (
    candidate: Candidate,
    otherwise: AdmissionDecision,
  ): Promise<AdmissionDecision> => {
    const decision: AdmissionDecision = (await claimProbe(candidate))
      ? { kind: 'send', probe: true, noRetryAfter: candidate.deadline }
      : otherwise;
    return askThrottle(candidate, decision, reserveSlots(decision.kind === 'send' ? [candidate] : []));
  };

  const admit = async (
    candidate: Candidate | undefined,
    decision: BreakerDecision | undefined,
    slots: Slots,
  ): Promise<AdmissionDecision> => {
    if (candidate === undefined || decision === undefined) return SEND;
    return decision.kind === 'probe'
      ? admitProbe(candidate, decision.otherwise)
      : askThrottle(candidate, decision, slots);
  };

  return (deliveries) => {
    const candidates = deliveries.map(candidateOf);
    const decisions = askBreakers(candidates);
    const passing = candidates.flatMap((one, index) =>
      one !== undefined && decisions[index]?.kind === 'send' ? [one] : [],
    );
    const slots = reserveSlots(passing);
    return candidates.map((candidate, index) => admit(candidate, decisions[index], slots));
  };
};
