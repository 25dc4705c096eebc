import type { Attempt } from '../domain/attempt.ts';
import { verdict } from '../domain/wanted.ts';
import type { AttemptLog, Delivery, DeliveryContext, DeliveryReader, ReadBody } from './delivery.ts';
import type { FollowUp } from './follow-up.ts';
import type { Step } from './steps.ts';
import { makeTryOnce } from './try-once.ts';
import type { Ready, TryDeps } from './try-once.ts';

export interface DeliverDeps extends TryDeps {
  readonly reader: DeliveryReader;
  readonly log: AttemptLog;
  readonly followUp: FollowUp;
  readonly readBody: ReadBody;
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

/** What became of one queue record. `waits`: it comes back later to see what became of its turn. */
export type Delivered =
  | { readonly kind: 'attempted' | 'repeated'; readonly attempt: Attempt }
  | { readonly kind: 'waits' }
  | { readonly kind: 'dropped'; readonly reason: string };

/** Sends what a delivery queue holds: each record at most once where its attempt is recorded, and again where not. */
export const makeDeliver = (deps: DeliverDeps) => {
  const { log, followUp, step } = deps;
  const tryOnce = makeTryOnce(deps);

  /**
   * A recorded retry is made by the queue message that recorded it: on its first receive, or on a later one after a
   * crash. Another message with the same turn leaves it alone until it is so late that it must have been lost.
   */
  const repeated = async (delivery: Delivery, recorded: Attempt, receipt: Receipt): Promise<Delivered> => {
    const { decision } = recorded;
    const abandonedAt = decision.kind === 'retry' ? decision.at + ABANDONED_AFTER_MS : 0;
    const mine = receipt.receives > 1;
    if (mine || abandonedAt < deps.now()) await followUp.act(delivery, recorded, 'again');
    else await followUp.lookAgain(delivery, abandonedAt + LOOK_MARGIN_MS);
    return { kind: 'repeated', attempt: recorded };
  };

  const ready = async (delivery: Delivery, context: DeliveryContext): Promise<Ready | string> => {
    const { tenant, message } = context;
    const wanted = verdict({
      endpoints: tenant?.endpoints,
      message,
      endpointId: delivery.endpointId,
      turn: delivery.turn,
      endedByResend: context.endedByResend,
      nowMs: deps.now(),
    });
    if (wanted.kind === 'drop') return wanted.reason;
    if (tenant === undefined || message === undefined) return 'message-gone';
    const body = await deps.readBody(message, deps.now());
    if (body === null) return 'payload-gone';
    return { settings: tenant.settings, message, endpoint: wanted.endpoint, body };
  };

  const one = async (delivery: Delivery, context: DeliveryContext, receipt: Receipt): Promise<Delivered> => {
    if (context.recorded !== undefined) return repeated(delivery, context.recorded, receipt);
    const found = await ready(delivery, context);
    if (typeof found === 'string') return { kind: 'dropped', reason: found };
    if (context.mayHaveTwin && !(await log.claimTwin(delivery, receipt.holder, deps.now()))) {
      // Its twin may yet end in a dead letter queue, so it is not simply dropped.
      await followUp.lookAgain(delivery, deps.now() + TWIN_LOOK_MS);
      return { kind: 'waits' };
    }
    await step('deliver.read');
    const made = await tryOnce(delivery, found);
    await step('deliver.posted');
    const standing = await log.record(made);
    await step('deliver.recorded');
    if (standing.id !== made.id) return repeated(delivery, standing, receipt);
    await followUp.act(delivery, standing, 'first');
    return { kind: 'attempted', attempt: standing };
  };

  return {
    /** Reads for the whole batch at once; then each record is worked on by itself, side by side. */
    async prepare(deliveries: readonly Delivery[]) {
      const contexts = await deps.reader.read(deliveries);
      return (index: number, receipt: Receipt): Promise<Delivered> => {
        const delivery = deliveries[index];
        const context = contexts[index];
        if (delivery === undefined || context === undefined)
          throw new Error(`no record ${index} in this batch`);
        return one(delivery, context, receipt);
      };
    },
  };
};
