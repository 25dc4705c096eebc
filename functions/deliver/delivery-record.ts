import type { Attempt } from './attempts/attempt.domain.ts';
import type { CancelReason } from './canceled.domain.ts';
import type { Delivery, DeliveryContext } from './delivery.port.ts';

/** Which SQS message brought a delivery, and how often SQS handed that message out (1: this is the first receive). */
export interface QueueReceipt {
  readonly queueMessageId: string;
  readonly receiveCount: number;
}

/** A delivery that a worker received from its queue. */
export interface ReceivedDelivery {
  readonly delivery: Delivery;
  readonly receipt: QueueReceipt;
}

/** A received delivery with everything that the worker read about it. */
export interface DeliveryRecord extends ReceivedDelivery {
  readonly context: DeliveryContext;
}

/** What became of a delivery record. */
export type DeliveryOutcome =
  | {
      readonly kind: 'attempted';
      readonly attempt: Attempt;
      /** From the acceptance of the message, or its `deliverAt`, to its first attempt at the endpoint; absent for others. */
      readonly waitedMs?: number;
    }
  /** The attempt had been recorded before, by an earlier receive or by a duplicate. */
  | { readonly kind: 'repeated'; readonly attempt: Attempt }
  /** `waiting`: a duplicate may be sending; the delivery comes back later to check that the duplicate recorded it. */
  | { readonly kind: 'waiting' | 'parked' | 'forwarded' | 'throttled' }
  /** A resend succeeded, which ends the schedule. */
  | { readonly kind: 'ended' }
  | { readonly kind: 'canceled'; readonly reason: CancelReason };
