import type { EndpointHealth } from './health.domain.ts';
import type { HealthStore } from './circuit-breaker.flow.ts';
import { unslotted } from '../delivery.port.ts';
import type { Delivery, EndpointKey } from '../delivery.port.ts';
import type { Schedule, ScheduleDrain } from '../retries/schedule.flow.ts';
import type { Step } from '../../platform/steps/steps.ts';

export interface ParkedDelivery {
  readonly delivery: Delivery;
  /** When its schedule would be over. */
  readonly deadline: number;
  /** The item's own key, opaque here. */
  readonly key: { readonly pk: string; readonly sk: string };
}

/**
 * The port to deliveries that wait for their endpoint. Putting one again changes nothing; one that was released and is
 * put back lies beside the place that it left, whose removal may still be to come.
 */
export interface ParkingStore {
  put(delivery: Delivery, deadline: number): Promise<void>;
  /** About `count` of them with a deadline up to `until` (absent: any), those with the nearest deadlines first. */
  nearest(endpoint: EndpointKey, count: number, until?: number): Promise<readonly ParkedDelivery[]>;
  remove(parked: readonly ParkedDelivery[]): Promise<void>;
}

/** A wake this late is not coming any more: due buckets are swept within three minutes of their time. */
const OVERDUE_MS = 300_000;
/** The first look at what waits for a throttle. */
const LOOK_MS = 60_000;

export interface ParkingDeps {
  readonly parking: Pick<ParkingStore, 'put'>;
  readonly health: Pick<HealthStore, 'read' | 'setDrain'>;
  readonly schedule: Schedule;
  readonly scheduleDrain: ScheduleDrain;
  readonly now: () => number;
  readonly step: Step;
}

export interface Parking {
  /** Sets a delivery aside until its endpoint is ready for it. Uses no attempt. */
  park(delivery: Delivery, deadline: number, health: EndpointHealth): Promise<void>;
}

/** Sees to it that somebody will look after an endpoint's parked deliveries: they must never wait for a lost wake. */
export const makeKeepDraining =
  (deps: Pick<ParkingDeps, 'health' | 'scheduleDrain' | 'now' | 'step'>) =>
  async (endpoint: EndpointKey): Promise<void> => {
    const { orgId, appId, endpointId } = endpoint;
    const { drainAt, breaker } = await deps.health.read(endpoint);
    const now = deps.now();
    if (drainAt !== null && drainAt + OVERDUE_MS > now) return;
    const at = breaker.kind === 'open' ? Math.max(breaker.until, now + 1_000) : now + LOOK_MS;
    await deps.scheduleDrain({ orgId, appId, endpointId, at, step: 0 }, now);
    await deps.step('parking.wake-sent');
    await deps.health.setDrain(endpoint, drainAt, at, now);
  };

export const makeParking = (deps: ParkingDeps): Parking => {
  const keepDraining = makeKeepDraining(deps);
  return {
    async park(delivery, deadline, health) {
      const { breaker } = health;
      // Its deadline comes before anybody looks: it comes back by itself then.
      if (breaker.kind === 'open' && deadline < breaker.until) {
        await deps.schedule(delivery, deadline, deps.now());
        return;
      }
      await deps.parking.put(unslotted(delivery), deadline);
      await deps.step('parking.put');
      // After the put, and read anew: whoever ends the wakes looks for parked ones after that (flows/drain.ts).
      await keepDraining(delivery);
      await deps.step('parking.watched');
    },
  };
};
