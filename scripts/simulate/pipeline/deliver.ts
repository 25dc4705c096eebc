import { decideAtBreaker, SEND } from '../../../functions/deliver/admission/admission.domain.ts';
import type { AdmissionDecision } from '../../../functions/deliver/admission/admission.domain.ts';
import {
  mustOpen,
  opened,
  probeLease,
} from '../../../functions/deliver/circuit-breaker/circuit-breaker.domain.ts';
import type { Breaker } from '../../../functions/deliver/circuit-breaker/circuit-breaker.domain.ts';
import {
  addObservation,
  changeOf,
  HEALTHY,
  NO_OBSERVATION,
} from '../../../functions/deliver/circuit-breaker/health.domain.ts';
import type { BatchObservation } from '../../../functions/deliver/circuit-breaker/health.domain.ts';
import { NOT_CROWDED } from '../../../functions/deliver/lanes/crowding.domain.ts';
import { isSlow, SLOW_MS, slowMark } from '../../../functions/deliver/lanes/lane.domain.ts';
import type { Lane } from '../../../functions/deliver/lanes/lane.domain.ts';
import { packsOf } from '../../../functions/deliver/retries/retry-packs.ts';
import { afterFailure, scheduleEnd } from '../../../functions/deliver/retries/retry-schedule.domain.ts';
import { LARGEST_INLINE_BYTES } from '../../../functions/messages/payloads.ts';
import {
  ATTEMPT_MARGIN_MS,
  DELIVERY_TIMEOUT_SECONDS,
  LONGEST_WAIT_MS,
} from '../../../functions/platform/limits/delivery.domain.ts';
import { LONGEST_QUEUE_DELAY_SECONDS } from '../../../functions/platform/limits/queues.domain.ts';
import { SECOND_MS } from '../../../functions/platform/limits/time.domain.ts';
import {
  isDue,
  reserve,
  secondsUntil,
} from '../../../functions/platform/rate-limiter/rate-limiter.domain.ts';
import type { Clock } from '../engine/clock.ts';
import type { Random } from '../engine/random.ts';
import type { Table } from '../model/dynamo.ts';
import type { Batch } from '../model/event-source.ts';
import type { LaneLimits } from '../model/lanes.ts';
import { COMPRESSED, FUNCTION_MS, LOG_BYTES, READS, RETRY_READS } from '../model/measured.ts';
import type { Delivery, Endpoint, Ledger, Policy } from './delivery.ts';
import type { DueItems } from './due.ts';
import type { Parking } from './parking.ts';
import type { Respond } from './receivers.ts';
import type { Units } from './units.ts';

export interface DeliverDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly policy: Policy;
  readonly ledger: Ledger;
  readonly respond: Respond;
  readonly parking: Parking;
  readonly due: DueItems;
  /** Sends to the queue of a lane, as one entry of a call for ten. */
  readonly send: (lane: Lane, delivery: Delivery, delayMs: number) => void;
  readonly deliveries: Table;
  readonly control: Table;
  /** Attempts, as the stream of the Deliveries table has them. */
  readonly recorded: (attempt: RecordedAttempt) => void;
  readonly units: Units;
}

export interface RecordedAttempt {
  readonly endpoint: Endpoint;
  /** A first attempt that succeeded has one row in the read models, any other two. */
  readonly isPromptSuccess: boolean;
}

type SendDecision = Extract<AdmissionDecision, { kind: 'send' }>;

/** What a batch shares. */
interface Work {
  readonly lane: Lane;
  readonly limits: LaneLimits;
  readonly startedAt: number;
  /** When the first requests can be sent. */
  readonly readyAt: number;
  /** Until when each slot of an endpoint is taken. */
  readonly slots: Map<Endpoint, number[]>;
  readonly observations: Map<Endpoint, BatchObservation>;
  readonly attempts: RecordedAttempt[];
  readonly retries: { readonly at: number; readonly delivery: Delivery }[];
  readonly probing: Set<Endpoint>;
  /** Of its retries: deliveries that fail together wait together. */
  readonly jitter: number;
  endsAt: number;
}

const TIMEOUT_MS = DELIVERY_TIMEOUT_SECONDS.byDefault * SECOND_MS;
/** No endpoint is changed during a run. */
const NEVER_CHANGED = { updatedAt: -1 };

/** The delivery functions: the real policies decide on each delivery, and the rest of the work is time. */
export const makeDeliver = (deps: DeliverDeps) => {
  const { clock, random, policy, ledger, respond, parking, due, control, units } = deps;

  /** By a delay of the lane's queue, or by a due item. */
  const schedule = (lane: Lane, delivery: Delivery, atMs: number, nowMs: number) => {
    const delaySeconds = Math.max(0, Math.round((atMs - nowMs) / SECOND_MS));
    if (delaySeconds <= LONGEST_QUEUE_DELAY_SECONDS) deps.send(lane, delivery, atMs - clock.now());
    else due.put(delivery, atMs);
  };

  const askThrottle = (work: Work, delivery: Delivery, deadline: number): AdmissionDecision => {
    const { endpoint } = delivery;
    const rate = endpoint.receiver.throttleRate;
    if (rate === undefined || delivery.slot !== undefined) return SEND;
    const nowMs = work.startedAt;
    if (endpoint.health.breaker.kind === 'closed' && endpoint.health.drainAt !== null)
      return { kind: 'park', deadline };
    control.write(nowMs, 1);
    const reserved = reserve(endpoint.nextSlot, { rate, count: 1, notBefore: nowMs, nowMs });
    if (reserved === undefined) return { kind: 'park', deadline };
    endpoint.nextSlot = reserved.nextSlot;
    return isDue(reserved.start, nowMs) ? SEND : { kind: 'throttle', slot: reserved.start };
  };

  const claimProbe = (work: Work, { endpoint }: Delivery): boolean => {
    const { breaker } = endpoint.health;
    if (breaker.kind !== 'open' || work.probing.has(endpoint)) return false;
    work.probing.add(endpoint);
    control.write(work.startedAt, 1);
    endpoint.health = {
      ...endpoint.health,
      breaker: { ...breaker, probeUntil: probeLease(work.startedAt) },
    };
    return true;
  };

  const admit = (work: Work, delivery: Delivery): AdmissionDecision => {
    const { endpoint, number } = delivery;
    const deadline = scheduleEnd(delivery.acceptedAt, policy.schedule);
    const asked = decideAtBreaker({
      health: endpoint.health,
      crowding: NOT_CROWDED,
      lane: work.lane,
      trigger: { kind: 'scheduled', number },
      deadline,
      endpoint: NEVER_CHANGED,
      nowMs: work.startedAt,
    });
    if (asked.kind === 'send')
      return asked.noRetryAfter === null ? askThrottle(work, delivery, deadline) : asked;
    if (asked.kind !== 'probe') return asked;
    return claimProbe(work, delivery)
      ? { kind: 'send', probe: true, noRetryAfter: deadline }
      : asked.otherwise;
  };

  /** The first instant at which the endpoint has a slot in this batch; it is taken by `take`. */
  const slotOf = (work: Work, endpoint: Endpoint) => {
    const slots = work.slots.get(endpoint) ?? [];
    work.slots.set(endpoint, slots);
    const { openPerEndpoint } = work.limits;
    const index = slots.length < openPerEndpoint ? slots.length : slots.indexOf(Math.min(...slots));
    return {
      freeAt: Math.max(work.readyAt, slots[index] ?? 0),
      take: (untilMs: number) => void (slots[index] = untilMs),
    };
  };

  const isInTime = ({ startedAt }: Work, atMs: number) =>
    startedAt + TIMEOUT_MS - atMs >= policy.requestTimeoutMs + ATTEMPT_MARGIN_MS &&
    atMs - startedAt <= LONGEST_WAIT_MS;

  const markSlow = (endpoint: Endpoint, nowMs: number) => {
    const until = slowMark(endpoint.health.slowUntil, nowMs);
    if (until === null) return;
    control.write(nowMs, 1);
    endpoint.health = { ...endpoint.health, slowUntil: until };
  };

  const attempt = (work: Work, delivery: Delivery, { probe, noRetryAfter }: SendDecision) => {
    const { endpoint, number } = delivery;
    const slot = slotOf(work, endpoint);
    const sentAt = slot.freeAt;
    if (!isInTime(work, sentAt)) {
      deps.send('slow', delivery, sentAt - clock.now());
      work.endsAt = Math.max(work.endsAt, sentAt);
      return;
    }
    const response = respond(delivery, sentAt);
    const respondedAt = sentAt + response.durationMs;
    slot.take(respondedAt);
    const recordedAt = respondedAt + FUNCTION_MS.record.first + deps.deliveries.write(clock.now(), 1);
    work.endsAt = Math.max(work.endsAt, recordedAt);
    ledger.arrived(delivery, sentAt + response.connectMs);
    ledger.attempted(delivery, response.succeeded, recordedAt);
    units.egressBytes += delivery.bytes;
    if (delivery.bytes * COMPRESSED > LARGEST_INLINE_BYTES) units.s3Gets += 1;
    if (number > 1) control.read(RETRY_READS);
    const observed = {
      ...{ succeeded: response.succeeded, at: sentAt, probe, timedOut: response.timedOut },
      durationMs: response.durationMs,
    };
    work.observations.set(
      endpoint,
      addObservation(work.observations.get(endpoint) ?? NO_OBSERVATION, observed),
    );
    if (isSlow(observed)) clock.at(sentAt + SLOW_MS, () => markSlow(endpoint, clock.now()));
    work.attempts.push({ endpoint, isPromptSuccess: response.succeeded && number === 1 });
    if (response.succeeded) {
      ledger.ended(delivery, 'succeeded', recordedAt);
      return;
    }
    units.logBytes += LOG_BYTES.failedAttempt;
    followFailure(work, delivery, { ...response, noRetryAfter, recordedAt });
  };

  const followFailure = (
    work: Work,
    delivery: Delivery,
    failed: {
      readonly timedOut: boolean;
      readonly retryAfter: number | null;
      readonly noRetryAfter: number | null;
      readonly recordedAt: number;
    },
  ) => {
    const { number } = delivery;
    const { timedOut, retryAfter, noRetryAfter, recordedAt } = failed;
    const decision = afterFailure({
      ...{ schedule: policy.schedule, number, timedOut, retryAfter, jitter: work.jitter },
      nowMs: recordedAt,
      latest: noRetryAfter,
    });
    const isOver = noRetryAfter !== null && recordedAt >= noRetryAfter;
    if (decision.kind !== 'retry' || isOver) {
      units.events += 1;
      ledger.ended(delivery, 'exhausted', recordedAt);
      return;
    }
    const { slot: _slot, ...withoutSlot } = delivery;
    const next: Delivery = { ...withoutSlot, number: number + 1 };
    work.retries.push({ at: decision.at, delivery: next });
    schedule(work.lane, next, decision.at, recordedAt);
  };

  const deliver = (work: Work, delivery: Delivery) => {
    const decision = admit(work, delivery);
    switch (decision.kind) {
      case 'park':
        parking.park(delivery, decision.deadline);
        return;
      case 'forward':
        deps.send('slow', delivery, 0);
        return;
      case 'throttle':
        deps.send(
          work.lane,
          { ...delivery, slot: decision.slot, waited: true },
          secondsUntil(decision.slot, work.startedAt) * SECOND_MS,
        );
        return;
      case 'send':
        attempt(work, delivery, decision);
    }
  };

  const open = (endpoint: Endpoint, breaker: Breaker, times: number, nowMs: number) => {
    const to = opened(times, nowMs, random.jitter());
    endpoint.health = { ...endpoint.health, breaker: to };
    control.write(nowMs, 1);
    units.sqsRequests += breaker.kind === 'open' ? 1 : 2;
    parking.startDrain(endpoint, to.until);
  };

  const recover = (endpoint: Endpoint, nowMs: number) => {
    const { breaker, slowUntil, drainAt } = endpoint.health;
    control.write(nowMs, 1);
    endpoint.health = { ...HEALTHY, slowUntil, drainAt };
    if (breaker.kind === 'open') parking.startDrain(endpoint, nowMs + SECOND_MS);
  };

  /** Writes what the batch observed of an endpoint, as the tracker of the circuit breaker does. */
  const settle = (endpoint: Endpoint, observed: BatchObservation, nowMs: number) => {
    const { health } = endpoint;
    const change = changeOf(health, observed);
    switch (change.kind) {
      case 'nothing':
        return;
      case 'recover':
        recover(endpoint, nowMs);
        return;
      case 'reopen':
        open(endpoint, health.breaker, change.times, nowMs);
        return;
      case 'count': {
        control.write(nowMs, 1);
        endpoint.health = {
          ...health,
          failures: health.failures + change.failures,
          firstFailureAt: health.firstFailureAt ?? change.firstFailureAt,
        };
        if (mustOpen({ endpoint: undefined, health: endpoint.health, nowMs }))
          open(endpoint, health.breaker, 1, nowMs);
      }
    }
  };

  const end = (work: Work, nowMs: number) => {
    for (const [endpoint, observed] of work.observations) settle(endpoint, observed, nowMs);
    for (const one of work.attempts) deps.recorded(one);
    const far = work.retries.filter(({ at }) => at - nowMs > LONGEST_QUEUE_DELAY_SECONDS * SECOND_MS);
    // Each row is put and removed; the other retries share calls to the queue.
    control.write(nowMs, 2 * packsOf(far).length);
    const calls = Math.ceil((work.retries.length - far.length) / 10) + Math.ceil(far.length / 10);
    units.sqsRequests += calls;
    units.sqsFairRequests += calls;
  };

  return (lane: Lane, limits: LaneLimits) =>
    (deliveries: readonly Delivery[], startedAt: number): Batch => {
      const { deliver: reading, record } = FUNCTION_MS;
      const readyAt = startedAt + reading.first + reading.further * (deliveries.length - 1);
      const work: Work = {
        ...{ lane, limits, startedAt, readyAt, jitter: random.jitter(), endsAt: readyAt },
        ...{ slots: new Map(), observations: new Map(), attempts: [], retries: [], probing: new Set() },
      };
      const applications = new Set(deliveries.map(({ endpoint }) => endpoint.user)).size;
      control.read(
        READS.deliverBatch + READS.deliverApplication * applications + READS.delivery * deliveries.length,
      );
      for (const one of deliveries) deliver(work, one);
      const durationMs = work.endsAt - startedAt + record.further * (work.attempts.length - 1);
      return { durationMs: Math.max(1, durationMs), ended: (nowMs) => end(work, nowMs) };
    };
};
