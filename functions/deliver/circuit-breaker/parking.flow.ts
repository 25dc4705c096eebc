import type { EndpointHealth } from './health.domain.ts';
import type { HealthStore } from './circuit-breaker.flow.ts';
import { withoutSlot } from '../delivery.port.ts';
import type { Delivery, EndpointKey } from '../delivery.port.ts';
import type { Schedule, ScheduleDrain } from '../retries/schedule.flow.ts';
import { SWEPT_WITHIN_MS } from '../../platform/limits/sweep.domain.ts';
import { MINUTE_MS, SECOND_MS } from '../../platform/limits/time.domain.ts';
import type { Step } from '../../platform/steps/steps.ts';

export interface ParkedDelivery {
  readonly delivery: Delivery;
  /** When its schedule would be over (ms). */
  readonly deadline: number;
  /** The item's own key, opaque here. */
  readonly key: { readonly pk: string; readonly sk: string };
}

/**
 * The port to deliveries that wait for their endpoint. Parking one twice stores one item. A delivery that was released and
 * is parked again gets a new key, since its released item may not be removed yet.
 */
export interface ParkingStore {
  put(delivery: Delivery, deadline: number): Promise<void>;
  /** About `count` deliveries with a deadline up to `until` (absent: any), nearest deadlines first. */
  nearest(endpoint: EndpointKey, count: number, until?: number): Promise<readonly ParkedDelivery[]>;
  remove(parked: readonly ParkedDelivery[]): Promise<void>;
}

/** A drain timer this late is lost: the sweeper would have queued it by then. */
const OVERDUE_MS = SWEPT_WITHIN_MS + 2 * MINUTE_MS;
/** When deliveries that a throttle parked are drained first. */
const FIRST_DRAIN_MS = MINUTE_MS;

export interface ParkingDeps {
  readonly parking: Pick<ParkingStore, 'put'>;
  readonly health: Pick<HealthStore, 'read' | 'setDrain'>;
  readonly schedule: Schedule;
  readonly scheduleDrain: ScheduleDrain;
  readonly now: () => number;
  readonly step: Step;
}

export interface Parking {
  /** Stores a delivery until its endpoint is ready for it. Uses no attempt. */
  park(delivery: Delivery, deadline: number, health: EndpointHealth): Promise<void>;
}

/** Makes sure that an endpoint's parked deliveries have a drain timer in force that is not lost. */
export const makeEnsureDrainTimer =
  (deps: Pick<ParkingDeps, 'health' | 'scheduleDrain' | 'now' | 'step'>) =>
  async (endpoint: EndpointKey): Promise<void> => {
    const { orgId, appId, endpointId } = endpoint;
    const { drainAt, breaker } = await deps.health.read(endpoint);
    const now = deps.now();
    if (drainAt !== null && drainAt + OVERDUE_MS > now) return;
    const at = breaker.kind === 'open' ? Math.max(breaker.until, now + 1_000) : now + FIRST_DRAIN_MS;
    await deps.scheduleDrain({ orgId, appId, endpointId, at, step: 0 }, now);
    await deps.step('parking.timer-sent');
    await deps.health.setDrain(endpoint, drainAt, at, now);
  };

export const makeParking = (deps: ParkingDeps): Parking => {
  const ensureDrainTimer = makeEnsureDrainTimer(deps);
  return {
    async park(delivery, deadline, health) {
      const { breaker } = health;
      // Its deadline comes before the breaker is half-open, so it returns to the queue at its deadline.
      if (breaker.kind === 'open' && deadline < breaker.until) {
        // A second at least: a delay that rounds to 0 would bring it back before its deadline, again and again.
        await deps.schedule(delivery, Math.max(deadline, deps.now() + SECOND_MS), deps.now());
        return;
      }
      await deps.parking.put(withoutSlot(delivery), deadline);
      await deps.step('parking.put');
      // After the put: a worker that ends the drain timers looks for parked deliveries afterwards (drain.flow.ts).
      await ensureDrainTimer(delivery);
      await deps.step('parking.timer-ensured');
    },
  };
};
