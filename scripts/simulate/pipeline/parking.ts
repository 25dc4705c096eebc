import { roundOf } from '../../../functions/deliver/circuit-breaker/probe.domain.ts';
import { LONGEST_QUEUE_DELAY_SECONDS } from '../../../functions/platform/limits/queues.domain.ts';
import { MINUTE_MS, SECOND_MS } from '../../../functions/platform/limits/time.domain.ts';
import { reserve } from '../../../functions/platform/rate-limiter/rate-limiter.domain.ts';
import type { Clock } from '../engine/clock.ts';
import type { Delivery, Endpoint, ParkedDelivery } from './delivery.ts';

export interface ParkingDeps {
  readonly clock: Clock;
  /** Sends to the fast lane. */
  readonly send: (delivery: Delivery, delayMs: number) => void;
  /** By a delay of the queue or by a due item. */
  readonly schedule: (delivery: Delivery, atMs: number) => void;
  /** A delivery was parked or released: one write each. */
  readonly written: (count: number) => void;
}

export interface Parking {
  readonly park: (delivery: Delivery, deadline: number) => void;
  /** Puts a drain timer in force, as an opened or closed breaker does. */
  readonly startDrain: (endpoint: Endpoint, atMs: number) => void;
  readonly size: () => number;
}

const lengthOf = ({ parked, parkedFrom }: Endpoint) => parked.length - parkedFrom;

const shift = (endpoint: Endpoint): ParkedDelivery | undefined => {
  const first = endpoint.parked[endpoint.parkedFrom];
  if (first === undefined) return undefined;
  endpoint.parkedFrom += 1;
  if (endpoint.parkedFrom === endpoint.parked.length) {
    endpoint.parked = [];
    endpoint.parkedFrom = 0;
  }
  return first;
};

/** Deliveries that wait for the breaker or the throttle of their endpoint, and the drain timers that release them. */
export const makeParking = ({ clock, send, schedule, written }: ParkingDeps): Parking => {
  let size = 0;

  const release = (delivery: Delivery, delayMs: number) => {
    size -= 1;
    written(1);
    send({ ...delivery, waited: true }, Math.min(delayMs, LONGEST_QUEUE_DELAY_SECONDS * SECOND_MS));
  };

  const isExpiring = ({ parked, parkedFrom }: Endpoint, untilMs: number) =>
    (parked[parkedFrom]?.deadline ?? Number.POSITIVE_INFINITY) <= untilMs;

  /** The probe, and those whose deadline comes before the next timer. */
  const probe = (endpoint: Endpoint, round: Extract<ReturnType<typeof roundOf>, { kind: 'probe' }>) => {
    const nowMs = clock.now();
    const first = shift(endpoint);
    if (first !== undefined) release(first.delivery, Math.max(0, round.probeAt - nowMs));
    for (let count = 1; count < round.count && isExpiring(endpoint, round.nextAt); count += 1) {
      const next = shift(endpoint);
      if (next !== undefined) release(next.delivery, Math.max(0, next.deadline - nowMs));
    }
  };

  const drainSome = (endpoint: Endpoint, count: number, spreadSeconds: number) => {
    const nowMs = clock.now();
    const most = Math.min(count, lengthOf(endpoint));
    const rate = endpoint.receiver.throttleRate;
    for (let index = 0; index < most; index += 1) {
      const next = endpoint.parked[endpoint.parkedFrom];
      if (next === undefined) return;
      if (rate === undefined) {
        shift(endpoint);
        release(next.delivery, Math.floor((index * spreadSeconds) / most) * SECOND_MS);
        continue;
      }
      const reserved = reserve(endpoint.nextSlot, { rate, count: 1, notBefore: nowMs, nowMs });
      if (reserved === undefined) return;
      endpoint.nextSlot = reserved.nextSlot;
      shift(endpoint);
      release({ ...next.delivery, slot: reserved.start }, Math.max(0, reserved.start - nowMs));
    }
  };

  const startDrain = (endpoint: Endpoint, atMs: number, step = 0) => {
    endpoint.health = { ...endpoint.health, drainAt: atMs };
    clock.at(atMs, () => drain(endpoint, atMs, step));
  };

  const drain = (endpoint: Endpoint, atMs: number, step: number) => {
    if (endpoint.health.drainAt !== atMs) return; // another timer is in force
    const rate = endpoint.receiver.throttleRate ?? null;
    const round = roundOf(endpoint.health.breaker, { isDisabled: false, rate, step, nowMs: clock.now() });
    if (round.kind === 'probe') probe(endpoint, round);
    else drainSome(endpoint, round.count, round.spreadSeconds);
    if (lengthOf(endpoint) > 0) startDrain(endpoint, round.nextAt, step + 1);
    else endpoint.health = { ...endpoint.health, drainAt: null };
  };

  return {
    park: (delivery, deadline) => {
      const { endpoint } = delivery;
      const { breaker, drainAt } = endpoint.health;
      if (breaker.kind === 'open' && deadline < breaker.until) {
        schedule(delivery, deadline);
        return;
      }
      const { slot: _slot, ...withoutSlot } = delivery;
      endpoint.parked.push({ delivery: withoutSlot, deadline });
      size += 1;
      written(1);
      if (drainAt !== null) return;
      const nowMs = clock.now();
      startDrain(
        endpoint,
        breaker.kind === 'open' ? Math.max(breaker.until, nowMs + SECOND_MS) : nowMs + MINUTE_MS,
      );
    },
    startDrain: (endpoint, atMs) => startDrain(endpoint, atMs),
    size: () => size,
  };
};
