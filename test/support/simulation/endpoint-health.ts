import { HEALTHY } from '../../../functions/deliver/circuit-breaker/health.domain.ts';
import type { EndpointHealth } from '../../../functions/deliver/circuit-breaker/health.domain.ts';
import { reserve } from '../../../functions/platform/rate-limiter/rate-limiter.domain.ts';
import type { ThrottleStore } from '../../../functions/deliver/throttle/reservations.flow.ts';
import type { HealthStore } from '../../../functions/deliver/circuit-breaker/circuit-breaker.flow.ts';
import { deliveryIdentity } from '../../../functions/deliver/delivery.port.ts';
import type { EndpointKey } from '../../../functions/deliver/delivery.port.ts';
import type {
  ParkedDelivery,
  ParkingStore,
} from '../../../functions/deliver/circuit-breaker/parking.flow.ts';

/** Writes that are kept of each endpoint: more than one gets in a second. */
const LONGEST_HISTORY = 1_000;

const nameOf = ({ orgId, appId, endpointId }: EndpointKey) => `${orgId}/${appId}/${endpointId}`;

export interface MemoryHealth extends HealthStore {
  /** The number of writes. */
  readonly writes: () => number;
  /** As an eventually consistent read may see it: without the writes after this instant. */
  readonly readAsOf: (endpoint: EndpointKey, atMs: number) => Promise<EndpointHealth>;
}

/** Health of endpoints: failure runs, circuit breakers and slow marks. `now`: the instant of a write. */
export const makeMemoryHealth = (now: () => number = () => 0): MemoryHealth => {
  const items = new Map<string, EndpointHealth>();
  const history = new Map<string, { readonly at: number; readonly health: EndpointHealth }[]>();
  let writes = 0;
  const get = (endpoint: EndpointKey) => items.get(nameOf(endpoint)) ?? HEALTHY;
  const set = (endpoint: EndpointKey, changes: Partial<EndpointHealth>): EndpointHealth => {
    writes += 1;
    const next = { ...get(endpoint), ...changes };
    items.set(nameOf(endpoint), next);
    const past = history.get(nameOf(endpoint)) ?? [];
    history.set(nameOf(endpoint), [...past.slice(-LONGEST_HISTORY), { at: now(), health: next }]);
    return next;
  };
  const untilOf = ({ breaker }: Pick<EndpointHealth, 'breaker'>) =>
    breaker.kind === 'open' ? breaker.until : null;
  const change = (endpoint: EndpointKey, holds: boolean, changes: Partial<EndpointHealth>) => {
    if (holds) set(endpoint, changes);
    return holds;
  };

  return {
    writes: () => writes,
    read: async (endpoint) => get(endpoint),
    readAsOf: async (endpoint, atMs) =>
      history.get(nameOf(endpoint))?.findLast(({ at }) => at <= atMs)?.health ?? HEALTHY,
    count: async (endpoint, { failures, firstFailureAt, period }) => {
      const known = get(endpoint);
      if (known.firstFailureAt !== null && known.firstFailureAt < period)
        return set(endpoint, { failures, firstFailureAt });
      return set(endpoint, {
        failures: known.failures + failures,
        firstFailureAt: known.firstFailureAt ?? firstFailureAt,
      });
    },
    open: async (endpoint, from, to) =>
      change(endpoint, untilOf(get(endpoint)) === untilOf({ breaker: from }), {
        breaker: { ...to, probeUntil: null },
        drainAt: to.until,
      }),
    recover: async (endpoint, from, drainAt) =>
      change(endpoint, untilOf(get(endpoint)) === untilOf({ breaker: from }), {
        ...{
          failures: 0,
          firstFailureAt: null,
          failingSince: null,
          failingPeriod: 0,
          breaker: { kind: 'closed' },
        },
        ...(drainAt === null ? {} : { drainAt }),
      }),
    claimProbe: async (endpoint, from, leaseUntil, nowMs) => {
      const { breaker } = get(endpoint);
      if (breaker.kind === 'closed' || breaker.until !== from.until) return false;
      const free = breaker.probeUntil === null || breaker.probeUntil <= nowMs;
      return change(endpoint, free, { breaker: { ...breaker, probeUntil: leaseUntil } });
    },
    markSlow: async (endpoint, slowUntil) => void set(endpoint, { slowUntil }),
    markQuick: async (endpoint, quickUntil) => void set(endpoint, { quickUntil }),
    startFailingSince: async (endpoint, { at, period, forgottenBefore }) => {
      const { failingSince, failingPeriod } = get(endpoint);
      if (failingSince !== null && failingPeriod > period) return null;
      if (failingSince !== null && failingPeriod === period && failingSince >= forgottenBefore)
        return failingSince;
      set(endpoint, { failingSince: at, failingPeriod: period });
      return at;
    },
    clearFailingSince: async (endpoint) => void set(endpoint, { failingSince: null, failingPeriod: 0 }),
    setDrain: async (endpoint, from, to) => change(endpoint, get(endpoint).drainAt === from, { drainAt: to }),
  };
};

export interface MemoryParking extends ParkingStore {
  readonly size: () => number;
}

/** Parked deliveries. */
export const makeMemoryParking = (): MemoryParking => {
  const parkedByEndpoint = new Map<string, Map<string, ParkedDelivery>>();
  return {
    put: async (delivery, deadline) => {
      const pk = nameOf(delivery);
      const sk = `${String(deadline).padStart(14, '0')}#${deliveryIdentity(delivery)}#${delivery.released ?? 0}`;
      parkedByEndpoint.set(
        pk,
        (parkedByEndpoint.get(pk) ?? new Map<string, ParkedDelivery>()).set(sk, {
          delivery,
          deadline,
          key: { pk, sk },
        }),
      );
    },
    nearest: async (endpoint, count, until) =>
      [...(parkedByEndpoint.get(nameOf(endpoint))?.values() ?? [])]
        .filter(({ deadline }) => until === undefined || deadline <= until)
        .sort((left, right) => (left.key.sk < right.key.sk ? -1 : 1))
        .slice(0, count),
    remove: async (parked) => {
      for (const { key } of parked) parkedByEndpoint.get(key.pk)?.delete(key.sk);
    },
    size: () => [...parkedByEndpoint.values()].reduce((sum, { size }) => sum + size, 0),
  };
};

/** Reservations of throttles: the next free slot of each endpoint or application. */
export const makeMemoryThrottle = (): ThrottleStore => {
  const nextSlots = new Map<string, number>();
  return {
    reserve: async ({ orgId, appId, endpointId }, asked) => {
      const name = JSON.stringify([orgId, appId, endpointId]);
      const reserved = reserve(nextSlots.get(name), asked);
      if (reserved !== undefined) nextSlots.set(name, reserved.nextSlot);
      return reserved?.start;
    },
  };
};
