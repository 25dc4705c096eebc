import type { Attempt, Trigger } from './attempts/attempt.domain.ts';
import type { AppId, EndpointId, MessageId, OrgId } from '../platform/ids/brand.domain.ts';
import type { EndpointHealth } from './circuit-breaker/health.domain.ts';
import type { Crowding } from './lanes/crowding.domain.ts';
import type { Message } from '../messages/message.domain.ts';
import type { DisableReason } from '../catalog/endpoints/auto-disable.domain.ts';
import type { Tenant } from '../catalog/catalog.port.ts';

/** The next attempt of one message at one endpoint, as queues, due buckets and parking hold it. */
export interface Delivery {
  readonly orgId: OrgId;
  readonly appId: AppId;
  readonly messageId: MessageId;
  readonly endpointId: EndpointId;
  readonly trigger: Trigger;
  /** Seconds before each retry, as in force when the message was fanned out. */
  readonly schedule: readonly number[];
  /** When its retry schedule started, if later than the message (replay-missing). */
  readonly startedAt?: number;
  /** The instant that a throttle reserved for it; absent: none reserved. */
  readonly slot?: number;
  /** How often it was released from parking. A worker that crashed after parking it may have left a duplicate in the queue. */
  readonly released?: number;
}

/** A delivery as it was first queued: without slot and releases, which belong to one attempt number. */
export const withoutQueueState = ({ slot: _slot, released: _released, ...delivery }: Delivery): Delivery =>
  delivery;

/** The delivery without its slot, which has passed by the time a parked delivery is released. */
export const withoutSlot = ({ slot: _slot, ...delivery }: Delivery): Delivery => delivery;

/** An endpoint, with its organization and application. */
export type EndpointKey = Pick<Delivery, 'orgId' | 'appId' | 'endpointId'>;

/**
 * Makes a worker release parked deliveries of an endpoint at the instant `at`. Only the timer whose `at` equals the
 * endpoint's `drainAt` counts; the worker ignores others (sent twice, or replaced by a later timer).
 */
export interface DrainTimer extends EndpointKey {
  readonly at: number;
  /** The number of drain steps before this one. Each releases twice as many deliveries. */
  readonly step: number;
}

/** What delivery queues and due buckets hold. */
export type QueueMessage =
  | { readonly kind: 'delivery'; readonly delivery: Delivery }
  | { readonly kind: 'drainTimer'; readonly drainTimer: DrainTimer };

const attemptName = (trigger: Trigger): string => {
  if (trigger.kind === 'manual') return trigger.request;
  return trigger.series === undefined ? String(trigger.number) : `${trigger.series}#${trigger.number}`;
};

/** The identity of a delivery: duplicates of the same attempt number, or of the same manual request, share it. */
export const deliveryIdentity = ({ messageId, endpointId, trigger }: Delivery): string =>
  `${messageId}#${endpointId}#${attemptName(trigger)}`;

/** A delivery and its delay in the queue: whole seconds, 0 to 900. */
export interface QueuedDelivery {
  readonly delivery: Delivery;
  readonly delaySeconds: number;
}

/** The port to a delivery queue. `send` returns once every delivery was accepted, or throws. */
export interface DeliveryQueue {
  send(deliveries: readonly QueuedDelivery[]): Promise<void>;
  /** Returns one outcome for each delivery, in order. A delivery that the queue refuses fails no other. */
  sendEach(deliveries: readonly QueuedDelivery[]): Promise<readonly PromiseSettledResult<void>[]>;
  drainTimer(drainTimer: DrainTimer, delaySeconds: number): Promise<void>;
}

/** Everything that delivering needs to know, read in one call for a whole batch; strongly, except for health and crowding. */
export interface DeliveryContext {
  readonly tenant: Tenant | undefined;
  readonly message: Message | undefined;
  /** The attempt, if it is recorded already. */
  readonly recorded: Attempt | undefined;
  /** The follow-up of the previous attempt was repeated, so a duplicate of this delivery may be under way. */
  readonly mayHaveDuplicate: boolean;
  /** A resend succeeded, which ends the schedule. */
  readonly endedByResend: boolean;
  /** Ids recorded now must be of this instant or later (ms), so that they sort after the previous attempt. */
  readonly notBefore: number;
  readonly health: EndpointHealth;
  /** The crowding of lanes; read with eventual consistency too. */
  readonly crowding: Crowding;
}

export interface ReadDelivery {
  readonly delivery: Delivery;
  readonly context: DeliveryContext;
}

/**
 * One read for a whole batch. Returns one function for each delivery, in order, which returns its context. A row
 * that is missing or cannot be parsed rejects only the deliveries that need it. `patience`: `brief` gives up early on
 * throttled rows, which would delay the rest of the batch; `long` keeps trying.
 */
export interface DeliveryReader {
  read(
    deliveries: readonly Delivery[],
    patience: 'brief' | 'long',
  ): Promise<readonly (() => Promise<DeliveryContext>)[]>;
}

/** The port to the append-only log of attempts, canceled deliveries among them. */
export interface AttemptLog {
  /**
   * Records an attempt unless its number is recorded already. Returns the recorded attempt, which may have another id.
   * `message` is the attempt's own; absent where its row has expired.
   */
  record(attempt: Attempt, message?: Pick<Message, 'indexed'>): Promise<Attempt>;
  /** Marks a recorded attempt before its follow-up is repeated. */
  markRedone(attempt: Attempt): Promise<void>;
  /** Claims the right to send, against duplicates, for an hour. `holder` (a queue message id) may claim it again. */
  claimDuplicate(delivery: Delivery, holder: string, nowMs: number): Promise<boolean>;
  /** Gives up a claim of this holder, if it has one: the delivery goes on in another queue message. */
  releaseDuplicate(delivery: Delivery, holder: string, nowMs: number): Promise<void>;
  /** Records that a resend succeeded at this instant, which ends the message's schedule at the endpoint. Safe to repeat. */
  end(delivery: Delivery, atMs: number): Promise<void>;
  hasEnded(delivery: Delivery): Promise<boolean>;
  /** The cancellation of this attempt number, or of an earlier one in its series. */
  canceled(delivery: Delivery): Promise<Attempt | undefined>;
}

/** The port to what is due later than SQS can delay it. */
export interface DueStore {
  /** Safe to repeat: the key is the delivery and its instant. */
  put(delivery: Delivery, atMs: number, nowMs: number): Promise<void>;
  /**
   * The same, but retries that are put at once may share a row, which a repeat does not find again: only for the first time
   * that a recorded decision is carried out. Repeats are marked (`markRedone`) and use `put`.
   */
  putRetry(delivery: Delivery, atMs: number, nowMs: number): Promise<void>;
  putDrainTimer(drainTimer: DrainTimer, atMs: number, nowMs: number): Promise<void>;
}

/** The bytes of a message's payload; null once expired or expunged. */
export type ReadBody = (message: Message, nowMs: number) => Promise<Uint8Array | null>;

/** Disables an endpoint unless it was changed since (auto-disable.domain.ts). Safe to repeat. */
export type DisableEndpoint = (endpoint: EndpointKey, why: DisableReason, nowMs: number) => Promise<void>;

/** Runs a task later, unless the returned function is called before. */
export type After = (ms: number, task: () => void) => () => void;
