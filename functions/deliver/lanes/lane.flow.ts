import { makeAdmit } from '../admission/admission.flow.ts';
import type { AttemptDeps } from '../attempts/attempt.flow.ts';
import { makeHealthTracker } from '../circuit-breaker/circuit-breaker.flow.ts';
import type { HealthStore } from '../circuit-breaker/circuit-breaker.flow.ts';
import { makeDrain } from '../circuit-breaker/drain.flow.ts';
import type { Drain } from '../circuit-breaker/drain.flow.ts';
import { makeParking } from '../circuit-breaker/parking.flow.ts';
import type { ParkingStore } from '../circuit-breaker/parking.flow.ts';
import { makeDeliver } from '../deliver.flow.ts';
import type { StartBatch } from '../deliver.flow.ts';
import type {
  After,
  AttemptLog,
  DeliveryQueue,
  DeliveryReader,
  DisableEndpoint,
  DueStore,
  ReadBody,
} from '../delivery.port.ts';
import { makeUpdateFailingSince } from '../failing-since.flow.ts';
import { makeFollowUp } from '../follow-up.flow.ts';
import type { Lane } from './lane.domain.ts';
import { makeOldRequests } from './old-requests.flow.ts';
import type { CrowdingStore } from './old-requests.flow.ts';
import { makeRouteByVolume } from './route-by-volume.flow.ts';
import type { Volumes } from './route-by-volume.flow.ts';
import { makeSchedule, makeScheduleDrain } from '../retries/schedule.flow.ts';
import { makeReserveSlots } from '../throttle/reservations.flow.ts';
import type { ThrottleStore } from '../throttle/reservations.flow.ts';
import type { Tenants } from '../../catalog/catalog.port.ts';
import { makeByteBudget } from '../../platform/concurrency/byte-budget.ts';
import { OPEN_PER_ENDPOINT } from '../../platform/limits/delivery.domain.ts';
import { DELIVERY_PAYLOAD_BYTES, SMALL_PAYLOAD_BYTES } from '../../platform/limits/memory.domain.ts';
import type { Step } from '../../platform/steps/steps.ts';

/** The ports of a lane's flows. */
export interface LanePorts extends AttemptDeps {
  readonly lane: Lane;
  readonly reader: DeliveryReader;
  readonly log: AttemptLog;
  readonly readBody: ReadBody;
  readonly tenants: Pick<Tenants, 'load'>;
  readonly health: HealthStore;
  readonly parking: ParkingStore;
  readonly throttle: ThrottleStore;
  readonly crowding: CrowdingStore;
  /** The lane's maximum concurrency. */
  readonly concurrency: number;
  /** The fast lane's queue, which also takes drain timers. */
  readonly queue: DeliveryQueue;
  readonly bulkQueue: Pick<DeliveryQueue, 'send' | 'sendEach'>;
  readonly slowQueue: Pick<DeliveryQueue, 'send'>;
  /** What this process released for each application. */
  readonly volumes: Volumes;
  readonly due: DueStore;
  readonly disableEndpoint: DisableEndpoint;
  readonly breakerOpened?: () => void;
  readonly after: After;
  /** Evenly from -1 to 1. */
  readonly jitter: () => number;
  readonly step: Step;
}

/** What the worker of a delivery queue does with its two kinds of queue messages. */
export interface LaneFlows {
  readonly startBatch: StartBatch;
  /** Releases parked deliveries when their endpoint's drain timer arrives. */
  readonly drain: Drain;
}

/** Composes the flows of one lane. Deliveries that it delays return to the same lane. */
export const makeLane = (ports: LanePorts): LaneFlows => {
  const { lane, log, health, disableEndpoint, now, step } = ports;
  const queue = { fast: ports.queue, bulk: ports.bulkQueue, slow: ports.slowQueue }[lane];
  const schedule = makeSchedule(queue, ports.due);
  const scheduleRetry = makeSchedule(queue, {
    put: (delivery, atMs, nowMs) => ports.due.putRetry(delivery, atMs, nowMs),
  });
  const scheduleDrain = makeScheduleDrain(ports.queue, ports.due);
  const reserve = makeReserveSlots(ports.throttle, now);
  const updateFailingSince = makeUpdateFailingSince({ health, disableEndpoint, now });
  return {
    startBatch: makeDeliver({
      ...ports,
      ...{ queue, schedule },
      takeMemory: makeByteBudget({ total: DELIVERY_PAYLOAD_BYTES, free: SMALL_PAYLOAD_BYTES }),
      followUp: makeFollowUp({
        log,
        schedule,
        scheduleRetry,
        disableEndpoint,
        updateFailingSince,
        now,
        step,
      }),
      admit: makeAdmit({ lane, health, reserve, now }),
      parking: makeParking({ parking: ports.parking, health, schedule, scheduleDrain, now, step }),
      startTracker: makeHealthTracker({ ...ports, scheduleDrain }),
      startOldRequests: makeOldRequests(ports),
      openPerEndpoint: lane === 'slow' ? Number.POSITIVE_INFINITY : OPEN_PER_ENDPOINT,
    }),
    drain: makeDrain({ ...ports, queue: makeRouteByVolume(ports), reserve, scheduleDrain }),
  };
};
