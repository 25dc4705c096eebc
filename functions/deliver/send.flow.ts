import { makeCancel } from './cancel.flow.ts';
import type { CancelReason } from './canceled.domain.ts';
import { makeCheckEligibility } from './check-eligibility.flow.ts';
import type { AcquireSlot } from './endpoint-concurrency.flow.ts';
import type { Attempt } from './attempts/attempt.domain.ts';
import { SLOW_MS } from './lanes/lane.domain.ts';
import type { HealthTracker } from './circuit-breaker/circuit-breaker.flow.ts';
import type { AttemptLog, Delivery, DeliveryContext, DeliveryQueue, ReadBody } from './delivery.port.ts';
import type { FollowUp } from './follow-up.flow.ts';
import { payloadBytes } from '../messages/message.domain.ts';
import type { TakeBytes } from '../platform/concurrency/byte-budget.ts';
import type { Step } from '../platform/steps/steps.ts';
import { makeTryOnce } from './attempts/attempt.flow.ts';
import type { Ready, Tried, TryDeps } from './attempts/attempt.flow.ts';

export interface SendDeps extends TryDeps {
  readonly log: Pick<AttemptLog, 'claimDuplicate' | 'record' | 'hasEnded' | 'canceled'>;
  readonly followUp: Pick<FollowUp, 'lookAgain'>;
  readonly readBody: ReadBody;
  /** Memory for the payload of a request; given back when it is answered. */
  readonly takeMemory: TakeBytes;
  readonly slowQueue: Pick<DeliveryQueue, 'send'>;
  readonly after: After;
  readonly step: Step;
}

/** Does something later, unless the answer is called before that. */
export type After = (ms: number, task: () => void) => () => void;

/** How a record came: by which queue message, and for which time (SQS counts). */
export interface QueueReceipt {
  readonly holder: string;
  readonly receives: number;
}

/** A twin that may not send looks again after as long as the queue can hold it. */
const TWIN_LOOK_MS = 900_000;

/** A request that starts later than its timeout and this before the end of the invocation might be cut. */
const MARGIN_MS = 5_000;

/** What became of one queue record. `waits`: it comes back later to see what became of its turn. */
export type Delivered =
  | { readonly kind: 'attempted' | 'repeated'; readonly attempt: Attempt }
  | { readonly kind: 'waits' | 'parked' | 'forwarded' | 'retimed' }
  /** `ended`: a resend succeeded before it, so nothing is left of its schedule. */
  | { readonly kind: 'ended' }
  | { readonly kind: 'canceled'; readonly reason: CancelReason };

/** What the records of a batch share. */
export interface Batch {
  readonly acquireSlot: AcquireSlot;
  readonly remainingMs: () => number;
  readonly tracker: HealthTracker;
}

/** A record with all that is known of it. */
export interface Received {
  readonly delivery: Delivery;
  readonly context: DeliveryContext;
  readonly queueReceipt: QueueReceipt;
}

export interface Sending {
  /** Hands a delivery to the slow lane, where there is time for it. */
  readonly forward: (delivery: Delivery) => Promise<Delivered>;
  /** Sends in the endpoint's turn; what comes of it is recorded after the turn was given back. `end`: see Ready. */
  readonly send: (batch: Batch, one: Received, end: number | null) => Promise<Delivered | Tried>;
}

/** Sends one delivery, unless it turns out that it is not wanted, not in time or not the one to do it. */
export const makeSending = (deps: SendDeps): Sending => {
  const { log, followUp, step } = deps;
  const tryOnce = makeTryOnce(deps);

  const cancelDelivery = makeCancel(deps);
  const checkEligibility = makeCheckEligibility(deps);

  const cancel = async (
    delivery: Delivery,
    context: DeliveryContext,
    reason: CancelReason,
  ): Promise<Delivered> => {
    await cancelDelivery(delivery, context, reason);
    return { kind: 'canceled', reason };
  };

  const ready = async (
    delivery: Delivery,
    context: DeliveryContext,
    end: number | null,
  ): Promise<Delivered | Ready> => {
    const { tenant, message, notBefore } = context;
    const eligibility = await checkEligibility(delivery, context);
    if (eligibility.kind === 'ended') return { kind: 'ended' };
    if (eligibility.kind === 'cancel') return cancel(delivery, context, eligibility.reason);
    if (tenant === undefined) return cancel(delivery, context, 'application_deleted');
    if (message === undefined) return cancel(delivery, context, 'message_deleted');
    const body = await deps.readBody(message, deps.now());
    // Its object is gone although the row named it: it was expunged between the two reads.
    if (body === null) return cancel(delivery, context, 'payload_expunged');
    return { settings: tenant.settings, message, endpoint: eligibility.endpoint, body, end, notBefore };
  };

  const forward = async (delivery: Delivery): Promise<Delivered> => {
    await deps.slowQueue.send([{ delivery, delaySeconds: 0 }]);
    await step('deliver.forwarded');
    return { kind: 'forwarded' };
  };

  const prepared = async (batch: Batch, one: Received, end: number | null): Promise<Delivered | Ready> => {
    const { delivery, context, queueReceipt } = one;
    const found = await ready(delivery, context, end);
    if ('kind' in found) return found;
    if (batch.remainingMs() < found.settings.requestTimeout * 1000 + MARGIN_MS) return forward(delivery);
    const mayHaveDuplicate =
      context.mayHaveDuplicate || delivery.released !== undefined || queueReceipt.receives > 1;
    if (mayHaveDuplicate && !(await log.claimDuplicate(delivery, queueReceipt.holder, deps.now()))) {
      // Its twin may yet end in a dead letter queue, so it is not simply dropped.
      await followUp.lookAgain(delivery, deps.now() + TWIN_LOOK_MS);
      return { kind: 'waits' };
    }
    return found;
  };

  const send = async (batch: Batch, one: Received, end: number | null): Promise<Delivered | Tried> => {
    const giveBack = await batch.acquireSlot(one.delivery.endpointId);
    const { message } = one.context;
    const giveBackMemory = await deps.takeMemory(
      message === undefined ? 0 : payloadBytes(message, deps.now()),
    );
    try {
      const found = await prepared(batch, one, end);
      if ('kind' in found) return found;
      await step('deliver.read');
      const answered = deps.after(SLOW_MS, () =>
        batch.tracker.markSlowWhilePending(one.delivery, one.context.health),
      );
      return await tryOnce(one.delivery, found).finally(answered);
    } finally {
      giveBackMemory();
      giveBack();
    }
  };

  return { forward, send };
};
