import type { Attempt } from '../domain/attempt.ts';
import { secondsUntil } from '../domain/throttle.ts';
import { standing } from './admission.ts';
import type { Admission, Admit } from './admission.ts';
import { makeTurns } from './admission-turns.ts';
import type { TakeTurn } from './admission-turns.ts';
import type { Watch } from './breaker.ts';
import type {
  AttemptLog,
  Delivery,
  DeliveryContext,
  DeliveryQueue,
  DeliveryReader,
  ReadBody,
} from './delivery.ts';
import type { FollowUp } from './follow-up.ts';
import type { Parking } from './parking.ts';
import type { Step } from './steps.ts';
import { makeTryOnce } from './try-once.ts';
import type { Ready, Tried, TryDeps } from './try-once.ts';

export interface DeliverDeps extends TryDeps {
  readonly reader: DeliveryReader;
  readonly log: AttemptLog;
  readonly followUp: FollowUp;
  readonly readBody: ReadBody;
  readonly admit: Admit;
  readonly parking: Parking;
  /** Begins to watch over one batch. */
  readonly watch: () => Watch;
  readonly queue: Pick<DeliveryQueue, 'send'>;
  readonly slowQueue: Pick<DeliveryQueue, 'send'>;
  /** Requests that one endpoint may have open at a time within a batch. */
  readonly openPerEndpoint: number;
  readonly step: Step;
}

/** How a record came: by which queue message, and for which time (SQS counts). */
export interface Receipt {
  readonly holder: string;
  readonly receives: number;
}

/** Past this, a recorded retry that nobody made is nobody's any more (its queue message died in a DLQ, say). */
const ABANDONED_AFTER_MS = 600_000;
/** Whole seconds and clocks that differ: a look at what may be abandoned comes this much later than it could. */
const LOOK_MARGIN_MS = 5_000;
/** A twin that may not send looks again after as long as the queue can hold it. */
const TWIN_LOOK_MS = 900_000;

/** A request that starts later than its timeout and this before the end of the invocation might be cut. */
const MARGIN_MS = 5_000;

/** What became of one queue record. `waits`: it comes back later to see what became of its turn. */
export type Delivered =
  | { readonly kind: 'attempted' | 'repeated'; readonly attempt: Attempt }
  | { readonly kind: 'waits' | 'parked' | 'forwarded' | 'retimed' }
  | { readonly kind: 'dropped'; readonly reason: string };

/** A batch under way: `run` for each record, by its index, then `finish` once. */
export interface PreparedBatch {
  run(index: number, receipt: Receipt): Promise<Delivered>;
  finish(): Promise<void>;
}

export interface Deliver {
  /**
   * Reads and decides for the whole batch at once; then each record is worked on by itself, side by side. What the
   * batch saw of its endpoints is written in `finish`, when all are done. `remainingMs` is the invocation's own.
   */
  prepare(deliveries: readonly Delivery[], remainingMs: () => number): Promise<PreparedBatch>;
}

interface Batch {
  readonly takeTurn: TakeTurn;
  readonly remainingMs: () => number;
  readonly watch: Watch;
}

interface Received {
  readonly delivery: Delivery;
  readonly context: DeliveryContext;
  readonly receipt: Receipt;
}

/** Sends what a delivery queue holds: each record at most once where its attempt is recorded, and again where not. */
export const makeDeliver = (deps: DeliverDeps): Deliver => {
  const { log, followUp, step } = deps;
  const tryOnce = makeTryOnce(deps);

  /**
   * A recorded retry is made by the queue message that recorded it: on its first receive, or on a later one after a
   * crash. Another message with the same turn leaves it alone until it is so late that it must have been lost.
   */
  const repeated = async (
    delivery: Delivery,
    recorded: Attempt,
    context: DeliveryContext,
    receipt: Receipt,
  ): Promise<Delivered> => {
    const { decision } = recorded;
    const abandonedAt = decision.kind === 'retry' ? decision.at + ABANDONED_AFTER_MS : 0;
    const mine = receipt.receives > 1;
    if (mine || abandonedAt < deps.now()) await followUp.act(delivery, recorded, 'again', context);
    else await followUp.lookAgain(delivery, abandonedAt + LOOK_MARGIN_MS);
    return { kind: 'repeated', attempt: recorded };
  };

  const ready = async (
    delivery: Delivery,
    context: DeliveryContext,
    end: number | null,
  ): Promise<Ready | string> => {
    const { tenant, message } = context;
    const wanted = standing(delivery, context, deps.now());
    if (wanted.kind === 'drop') return wanted.reason;
    if (tenant === undefined || message === undefined) return 'message-gone';
    const body = await deps.readBody(message, deps.now());
    if (body === null) return 'payload-gone';
    return { settings: tenant.settings, message, endpoint: wanted.endpoint, body, end };
  };

  const forward = async (delivery: Delivery): Promise<Delivered> => {
    await deps.slowQueue.send([{ delivery, delaySeconds: 0 }]);
    await step('deliver.forwarded');
    return { kind: 'forwarded' };
  };

  const prepared = async (batch: Batch, one: Received, end: number | null): Promise<Delivered | Ready> => {
    const { delivery, context, receipt } = one;
    const found = await ready(delivery, context, end);
    if (typeof found === 'string') return { kind: 'dropped', reason: found };
    if (batch.remainingMs() < found.settings.requestTimeout * 1000 + MARGIN_MS) return forward(delivery);
    const mayHaveTwin = context.mayHaveTwin || delivery.released === true || receipt.receives > 1;
    if (mayHaveTwin && !(await log.claimTwin(delivery, receipt.holder, deps.now()))) {
      // Its twin may yet end in a dead letter queue, so it is not simply dropped.
      await followUp.lookAgain(delivery, deps.now() + TWIN_LOOK_MS);
      return { kind: 'waits' };
    }
    return found;
  };

  /** In its endpoint's turn; what comes of it is recorded after the turn was given back. */
  const send = async (batch: Batch, one: Received, end: number | null): Promise<Delivered | Tried> => {
    const giveBack = await batch.takeTurn(one.delivery.endpointId);
    try {
      const found = await prepared(batch, one, end);
      if ('kind' in found) return found;
      await step('deliver.read');
      return await tryOnce(one.delivery, found);
    } finally {
      giveBack();
    }
  };

  const observe = (
    batch: Batch,
    { delivery, context }: Received,
    { attempt, timedOut }: Tried,
    probe: boolean,
  ) => {
    if (attempt.decision.kind === 'gone') return; // its endpoint is turned off: nothing to be healthy
    const { succeeded, at, responseDurationMs: durationMs } = attempt;
    batch.watch.saw(delivery, context.health, { succeeded, at, durationMs, timedOut, probe });
  };

  const attempted = async (batch: Batch, one: Received, tried: Tried, probe: boolean): Promise<Delivered> => {
    const { delivery, context, receipt } = one;
    await step('deliver.posted');
    const recorded = await log.record(tried.attempt);
    await step('deliver.recorded');
    observe(batch, one, tried, probe);
    if (recorded.id !== tried.attempt.id) return repeated(delivery, recorded, context, receipt);
    await followUp.act(delivery, recorded, 'first', context);
    return { kind: 'attempted', attempt: recorded };
  };

  const work = async (batch: Batch, one: Received, admission: Admission): Promise<Delivered> => {
    const { delivery, context, receipt } = one;
    if (context.recorded !== undefined) {
      if (context.recorded.succeeded)
        observe(batch, one, { attempt: context.recorded, timedOut: false }, false);
      return repeated(delivery, context.recorded, context, receipt);
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
    async prepare(deliveries, remainingMs) {
      const contexts = await deps.reader.read(deliveries);
      const admissions = await deps.admit(deliveries, contexts);
      const batch: Batch = { takeTurn: makeTurns(deps.openPerEndpoint), remainingMs, watch: deps.watch() };
      return {
        run: (index, receipt) => {
          const delivery = deliveries[index];
          const context = contexts[index];
          const admission = admissions[index];
          if (delivery === undefined || context === undefined || admission === undefined)
            throw new Error(`no record ${index} in this batch`);
          return work(batch, { delivery, context, receipt }, admission);
        },
        finish: () => batch.watch.finish(),
      };
    },
  };
};
