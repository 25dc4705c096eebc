import { roundOf } from './probe.domain.ts';
import type { Round } from './probe.domain.ts';
import type { HealthStore } from './circuit-breaker.flow.ts';
import { findEndpoint } from '../../catalog/endpoints/find-endpoint.domain.ts';
import type { Tenant, Tenants } from '../../catalog/catalog.port.ts';
import type { DeliveryQueue, EndpointKey, QueuedDelivery, DrainTimer } from '../delivery.port.ts';
import { makeEnsureDrainTimer } from './parking.flow.ts';
import type { ParkedDelivery, ParkingStore } from './parking.flow.ts';
import type { ReserveSlots } from '../throttle/reservations.flow.ts';
import type { ScheduleDrain } from '../retries/schedule.flow.ts';
import { LONGEST_QUEUE_DELAY_SECONDS } from '../../platform/limits/queues.domain.ts';
import type { Step } from '../../platform/steps/steps.ts';
import { settleAll } from '../../platform/settle.domain.ts';
import { SECOND_MS } from '../../platform/limits/time.domain.ts';

/** Deliveries released together: ten calls to the queue, then four to the table. */
const BATCH = 100;

export interface DrainDeps {
  readonly tenants: Pick<Tenants, 'load'>;
  readonly health: Pick<HealthStore, 'read' | 'setDrain'>;
  readonly parking: Pick<ParkingStore, 'nearest' | 'remove'>;
  readonly queue: Pick<DeliveryQueue, 'send'>;
  readonly reserve: ReserveSlots;
  readonly scheduleDrain: ScheduleDrain;
  readonly now: () => number;
  readonly step: Step;
}

export type Drained = { readonly kind: 'overtaken' } | { readonly kind: 'released'; readonly count: number };

export type Drain = (drainTimer: DrainTimer) => Promise<Drained>;

/** The parked deliveries to release, each with its delay in the queue. */
type Releases = readonly (readonly [ParkedDelivery, QueuedDelivery])[];

/** Whole seconds of queue delay until an instant, as far as the queue can delay. */
const delayUntil = (atMs: number, nowMs: number) =>
  Math.min(LONGEST_QUEUE_DELAY_SECONDS, Math.max(0, Math.ceil((atMs - nowMs) / SECOND_MS)));

/** Releases an endpoint's parked deliveries when its drain timer arrives: one probe, or the next drain step. */
export const makeDrain = (deps: DrainDeps): Drain => {
  const ensureDrainTimer = makeEnsureDrainTimer(deps);

  const paced = async (parked: readonly ParkedDelivery[], tenant: Tenant | undefined, round: Round) => {
    const now = deps.now();
    const endpointId = parked[0]?.delivery.endpointId;
    const endpoint = endpointId === undefined ? undefined : findEndpoint(tenant, endpointId);
    const slots =
      tenant === undefined || endpoint === undefined || endpoint.disabled
        ? parked.map(() => null)
        : await settleAll(deps.reserve(parked.map(() => ({ application: tenant.application, endpoint }))));
    return parked.flatMap((one, index): Releases => {
      const slot = slots[index];
      if (slot === undefined) return []; // its slot is farther ahead than the queue can hold it: a later step releases it
      const even = Math.floor((index * round.spreadSeconds) / parked.length);
      if (slot === null) return [[one, { delivery: one.delivery, delaySeconds: even }]];
      return [[one, { delivery: { ...one.delivery, slot }, delaySeconds: delayUntil(slot, now) }]];
    });
  };

  /** The one probe, and the deliveries whose deadline comes before the next timer. */
  const probing = async (
    drainTimer: DrainTimer,
    round: Extract<Round, { kind: 'probe' }>,
  ): Promise<Releases> => {
    const now = deps.now();
    const expiring = await deps.parking.nearest(drainTimer, round.count, round.nextAt);
    const due = expiring.map((one): Releases[number] => [
      one,
      { delivery: one.delivery, delaySeconds: delayUntil(one.deadline, now) },
    ]);
    if (due.some(([, { delaySeconds }]) => delaySeconds === 0)) return due;
    const [first] = expiring.length > 0 ? expiring : await deps.parking.nearest(drainTimer, 1);
    if (first === undefined) return due;
    const probe: QueuedDelivery = { delivery: first.delivery, delaySeconds: delayUntil(round.probeAt, now) };
    return [[first, probe], ...due.slice(expiring.length > 0 ? 1 : 0)];
  };

  /** Sends, then removes: after a crash in between they are sent again, under the same identity. */
  const release = async (releases: Releases) => {
    for (let start = 0; start < releases.length; start += BATCH) {
      const batch = releases.slice(start, start + BATCH);
      await deps.queue.send(
        batch.map(([, { delivery, delaySeconds }]) => ({
          delivery: { ...delivery, released: (delivery.released ?? 0) + 1 },
          delaySeconds,
        })),
      );
      await deps.step('drain.sent');
      await deps.parking.remove(batch.map(([parked]) => parked));
      await deps.step('drain.removed');
    }
  };

  /** Queues the next timer before it is in force: after a crash in between this timer is repeated. */
  const continueDraining = async (drainTimer: DrainTimer, at: number) => {
    await deps.scheduleDrain({ ...drainTimer, at, step: drainTimer.step + 1 }, deps.now());
    await deps.step('drain.timer-sent');
    await deps.health.setDrain(drainTimer, drainTimer.at, at, deps.now());
  };

  /** A delivery parked meanwhile relied on the timer that ends here, so look for parked deliveries once more. */
  const end = async (drainTimer: DrainTimer) => {
    await deps.health.setDrain(drainTimer, drainTimer.at, null, deps.now());
    await deps.step('drain.ended');
    if ((await deps.parking.nearest(drainTimer, 1)).length > 0) await ensureDrainTimer(drainTimer);
  };

  const endpointFacts = (tenant: Tenant | undefined, { endpointId }: EndpointKey) => {
    const endpoint = findEndpoint(tenant, endpointId);
    const rates = [endpoint?.throttleRate, tenant?.application.throttleRate].filter(
      (rate) => typeof rate === 'number',
    );
    return { isDisabled: endpoint?.disabled ?? true, rate: rates.length === 0 ? null : Math.min(...rates) };
  };

  return async (drainTimer) => {
    const health = await deps.health.read(drainTimer);
    if (health.drainAt !== drainTimer.at) return { kind: 'overtaken' };
    const [tenant] = await deps.tenants.load([drainTimer]);
    const round = roundOf(health.breaker, {
      ...endpointFacts(tenant, drainTimer),
      step: drainTimer.step,
      nowMs: deps.now(),
    });
    const releases =
      round.kind === 'probe'
        ? await probing(drainTimer, round)
        : await paced(await deps.parking.nearest(drainTimer, round.count), tenant, round);
    await release(releases);
    const more = (await deps.parking.nearest(drainTimer, 1)).length > 0;
    if (more) await continueDraining(drainTimer, round.nextAt);
    else await end(drainTimer);
    return { kind: 'released', count: releases.length };
  };
};
