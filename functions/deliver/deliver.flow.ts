import type { Attempt } from './attempts/attempt.domain.ts';
import { secondsUntil } from '../platform/rate-limiter/rate-limiter.domain.ts';
import type { Admission } from './admission.flow.ts';
import { admitBatch } from './admit-batch.flow.ts';
import type { AdmitBatchDeps } from './admit-batch.flow.ts';
import { makeSlots } from './endpoint-concurrency.flow.ts';
import type { HealthTracker } from './circuit-breaker/circuit-breaker.flow.ts';
import type { AttemptLog, Delivery, DeliveryContext, DeliveryQueue } from './delivery.port.ts';
import { makeSending } from './send.flow.ts';
import type { Batch, Delivered, QueueReceipt, Received, SendDeps } from './send.flow.ts';
import type { FollowUp } from './follow-up.flow.ts';
import type { Parking } from './circuit-breaker/parking.flow.ts';
import type { Tried } from './attempts/attempt.flow.ts';

export type { Delivered, QueueReceipt } from './send.flow.ts';

export interface DeliverDeps extends SendDeps, AdmitBatchDeps {
  readonly log: AttemptLog;
  readonly followUp: FollowUp;
  readonly parking: Parking;
  /** Begins to watch over one batch. */
  readonly tracker: () => HealthTracker;
  readonly queue: Pick<DeliveryQueue, 'send'>;
  /** Requests that one endpoint may have open at a time within a batch. */
  readonly openPerEndpoint: number;
}

/** Past this, a recorded retry that nobody made is nobody's any more (its queue message died in a DLQ, say). */
const ABANDONED_AFTER_MS = 600_000;
/** Whole seconds and clocks that differ: a look at what may be abandoned comes this much later than it could. */
const LOOK_MARGIN_MS = 5_000;

/** A batch under way: `run` for each record, by its index, once; then `finish` once. */
export interface PreparedBatch {
  run(index: number, queueReceipt: QueueReceipt): Promise<Delivered>;
  finish(): Promise<void>;
}

export interface Deliver {
  /**
   * Reads for the whole batch at once; from then on each record settles by itself, side by side, and waits for no other.
   * What the batch saw of its endpoints is written in `finish`, when all are done. `remainingMs` is the invocation's own.
   */
  prepare(deliveries: readonly Delivery[], remainingMs: () => number): PreparedBatch;
}

/** Sends what a delivery queue holds: each record at most once where its attempt is recorded, and again where not. */
export const makeDeliver = (deps: DeliverDeps): Deliver => {
  const { log, followUp, step } = deps;
  const { forward, send } = makeSending(deps);

  /**
   * A recorded retry is made by the queue message that recorded it: on its first receive, or on a later one after a
   * crash. Another message with the same turn leaves it alone until it is so late that it must have been lost.
   */
  const repeated = async (
    delivery: Delivery,
    recorded: Attempt,
    context: DeliveryContext,
    queueReceipt: QueueReceipt,
  ): Promise<Delivered> => {
    const { decision } = recorded;
    const abandonedAt = decision.kind === 'retry' ? decision.at + ABANDONED_AFTER_MS : 0;
    const mine = queueReceipt.receives > 1;
    if (mine || abandonedAt < deps.now()) await followUp.act(delivery, recorded, 'again', context);
    else await followUp.lookAgain(delivery, abandonedAt + LOOK_MARGIN_MS);
    return { kind: 'repeated', attempt: recorded };
  };

  const observe = (
    batch: Batch,
    { delivery, context }: Received,
    { attempt, timedOut }: Tried,
    probe: boolean,
  ) => {
    if (attempt.decision.kind === 'gone') return; // its endpoint is turned off: nothing to be healthy
    const { succeeded, at, responseDurationMs: durationMs } = attempt;
    batch.tracker.record(delivery, context.health, { succeeded, at, durationMs, timedOut, probe });
  };

  const attempted = async (batch: Batch, one: Received, tried: Tried, probe: boolean): Promise<Delivered> => {
    const { delivery, context, queueReceipt } = one;
    await step('deliver.posted');
    const recorded = await log.record(tried.attempt);
    await step('deliver.recorded');
    observe(batch, one, tried, probe);
    if (recorded.id !== tried.attempt.id) return repeated(delivery, recorded, context, queueReceipt);
    await followUp.act(delivery, recorded, 'first', context);
    return { kind: 'attempted', attempt: recorded };
  };

  const work = async (batch: Batch, one: Received, admission: Admission): Promise<Delivered> => {
    const { delivery, context, queueReceipt } = one;
    if (context.recorded !== undefined) {
      if (context.recorded.succeeded)
        observe(batch, one, { attempt: context.recorded, timedOut: false }, false);
      return repeated(delivery, context.recorded, context, queueReceipt);
    }
    switch (admission.kind) {
      case 'park':
        await deps.parking.park(delivery, admission.deadline, context.health);
        return { kind: 'parked' };
      case 'forward':
        return forward(delivery);
      case 'later': {
        const { slot } = admission;
        await deps.queue.send([
          { delivery: { ...delivery, slot }, delaySeconds: secondsUntil(slot, deps.now()) },
        ]);
        await step('deliver.retimed');
        return { kind: 'retimed' };
      }
      case 'send': {
        const outcome = await send(batch, one, admission.end);
        return 'kind' in outcome ? outcome : attempted(batch, one, outcome, admission.probe);
      }
    }
  };

  return {
    prepare(deliveries, remainingMs) {
      const admitted = admitBatch(deps, deliveries);
      const batch: Batch = {
        acquireSlot: makeSlots(deps.openPerEndpoint),
        remainingMs,
        tracker: deps.tracker(),
      };
      return {
        run: async (index, queueReceipt) => {
          const one = await admitted[index];
          if (one === undefined) throw new Error(`no record ${index} in this batch`);
          const { delivery, context, admission } = one;
          return work(batch, { delivery, context, queueReceipt }, admission);
        },
        finish: () => batch.tracker.finish(),
      };
    },
  };
};
