import { standing } from './admission.flow.ts';
import type { TakeTurn } from './endpoint-concurrency.flow.ts';
import type { Attempt } from './attempts/attempt.domain.ts';
import { SLOW_MS } from './lanes/lane.domain.ts';
import type { Watch } from './circuit-breaker/circuit-breaker.flow.ts';
import type { AttemptLog, Delivery, DeliveryContext, DeliveryQueue, ReadBody } from './delivery.port.ts';
import type { FollowUp } from './follow-up.flow.ts';
import type { Step } from '../platform/steps/steps.ts';
import { makeTryOnce } from './attempts/attempt.flow.ts';
import type { Ready, Tried, TryDeps } from './attempts/attempt.flow.ts';

export interface SendDeps extends TryDeps {
  readonly log: Pick<AttemptLog, 'claimTwin'>;
  readonly followUp: Pick<FollowUp, 'lookAgain'>;
  readonly readBody: ReadBody;
  readonly slowQueue: Pick<DeliveryQueue, 'send'>;
  readonly after: After;
  readonly step: Step;
}

/** Does something later, unless the answer is called before that. */
export type After = (ms: number, task: () => void) => () => void;

/** How a record came: by which queue message, and for which time (SQS counts). */
export interface Receipt {
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
  | { readonly kind: 'dropped'; readonly reason: string };

/** What the records of a batch share. */
export interface Batch {
  readonly takeTurn: TakeTurn;
  readonly remainingMs: () => number;
  readonly watch: Watch;
}

/** A record with all that is known of it. */
export interface Received {
  readonly delivery: Delivery;
  readonly context: DeliveryContext;
  readonly receipt: Receipt;
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
    const mayHaveTwin = context.mayHaveTwin || delivery.released !== undefined || receipt.receives > 1;
    if (mayHaveTwin && !(await log.claimTwin(delivery, receipt.holder, deps.now()))) {
      // Its twin may yet end in a dead letter queue, so it is not simply dropped.
      await followUp.lookAgain(delivery, deps.now() + TWIN_LOOK_MS);
      return { kind: 'waits' };
    }
    return found;
  };

  const send = async (batch: Batch, one: Received, end: number | null): Promise<Delivered | Tried> => {
    const giveBack = await batch.takeTurn(one.delivery.endpointId);
    try {
      const found = await prepared(batch, one, end);
      if ('kind' in found) return found;
      await step('deliver.read');
      const answered = deps.after(SLOW_MS, () => batch.watch.lingers(one.delivery, one.context.health));
      return await tryOnce(one.delivery, found).finally(answered);
    } finally {
      giveBack();
    }
  };

  return { forward, send };
};
