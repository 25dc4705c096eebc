import type { Lane } from './lanes/lane.domain.ts';
import { makeAdmit } from './admission.flow.ts';
import { makeReserveSlots } from './throttle/reservations.flow.ts';
import type { ThrottleStore } from './throttle/reservations.flow.ts';
import { makeHealthTracker } from './circuit-breaker/circuit-breaker.flow.ts';
import type { HealthStore } from './circuit-breaker/circuit-breaker.flow.ts';
import type { Tenants } from '../catalog/catalog.port.ts';
import { makeDeliver } from './deliver.flow.ts';
import type { After } from './send.flow.ts';
import type { Deliver } from './deliver.flow.ts';
import type {
  AttemptLog,
  DeliveryQueue,
  DeliveryReader,
  DisableEndpoint,
  DueStore,
  ReadBody,
} from './delivery.port.ts';
import { makeDrain } from './circuit-breaker/drain.flow.ts';
import type { Drain } from './circuit-breaker/drain.flow.ts';
import { makeUpdateFailingSince } from './failing-since.flow.ts';
import { makeFollowUp } from './follow-up.flow.ts';
import { makeParking } from './circuit-breaker/parking.flow.ts';
import type { ParkingStore } from './circuit-breaker/parking.flow.ts';
import { makeSchedule, makeScheduleDrain } from './retries/schedule.flow.ts';
import { makeByteBudget } from '../platform/concurrency/byte-budget.ts';
import { DELIVERY_PAYLOAD_BYTES, SMALL_PAYLOAD_BYTES } from '../platform/limits/memory.domain.ts';
import type { Step } from '../platform/steps/steps.ts';
import type { TryDeps } from './attempts/attempt.flow.ts';

/** Requests that one endpoint may have open at a time in a batch of the fast lane: half of it. */
const OPEN_IN_FAST_LANE = 5;

/** The ports that delivery in trouble needs besides those of every try. */
export interface DeliveringPorts extends TryDeps {
  readonly lane: Lane;
  readonly reader: DeliveryReader;
  readonly log: AttemptLog;
  readonly readBody: ReadBody;
  readonly tenants: Pick<Tenants, 'load'>;
  readonly health: HealthStore;
  readonly parking: ParkingStore;
  readonly throttle: ThrottleStore;
  /** The fast lane's queue, which also takes reminders. */
  readonly queue: DeliveryQueue;
  readonly slowQueue: Pick<DeliveryQueue, 'send'>;
  readonly due: DueStore;
  readonly disableEndpoint: DisableEndpoint;
  readonly after: After;
  readonly step: Step;
}

export interface Delivering {
  readonly deliver: Deliver;
  /** Looks after parked deliveries when their wake comes. */
  readonly drain: Drain;
}

/** Puts the flows of one lane together: what comes back comes back to the same lane. */
export const makeDelivering = (ports: DeliveringPorts): Delivering => {
  const { lane, health, now, jitter, step } = ports;
  const own = lane === 'fast' ? ports.queue : ports.slowQueue;
  const schedule = makeSchedule(own, ports.due);
  const scheduleDrain = makeScheduleDrain(ports.queue, ports.due);
  const reserve = makeReserveSlots(ports.throttle, now);
  const updateFailingSince = makeUpdateFailingSince({ health, disableEndpoint: ports.disableEndpoint, now });
  const { log, disableEndpoint } = ports;
  return {
    deliver: makeDeliver({
      ...ports,
      takeMemory: makeByteBudget({ total: DELIVERY_PAYLOAD_BYTES, free: SMALL_PAYLOAD_BYTES }),
      queue: own,
      followUp: makeFollowUp({ log, schedule, disableEndpoint, updateFailingSince, now, step }),
      admit: makeAdmit({ lane, health, reserve, now }),
      parking: makeParking({ parking: ports.parking, health, schedule, scheduleDrain, now, step }),
      tracker: makeHealthTracker({ health, scheduleDrain, now, jitter, step }),
      openPerEndpoint: lane === 'fast' ? OPEN_IN_FAST_LANE : Number.POSITIVE_INFINITY,
    }),
    drain: makeDrain({ ...ports, reserve, scheduleDrain }),
  };
};
