import type { Attempt, Trigger } from './attempts/attempt.domain.ts';
import type { AppId, EndpointId, MessageId, OrgId } from '../platform/ids/brand.domain.ts';
import type { EndpointHealth } from './circuit-breaker/health.domain.ts';
import type { Message } from '../messages/message.domain.ts';
import type { DisableReason } from '../catalog/endpoints/auto-disable.domain.ts';
import type { Tenant } from '../catalog/catalog.port.ts';

/** One endpoint's turn for one message, as it travels through queues and due buckets. */
export interface Delivery {
  readonly orgId: OrgId;
  readonly appId: AppId;
  readonly messageId: MessageId;
  readonly endpointId: EndpointId;
  readonly trigger: Trigger;
  /** Seconds before each retry, as in force when the message was fanned out. */
  readonly schedule: readonly number[];
  /** When its schedule started, where that was not with its message (replay-missing). */
  readonly startedAt?: number;
  /** The instant that a throttle reserved for it; absent: none yet. */
  readonly slot?: number;
  /** How often it was released from parking: whoever parked it may have crashed, and come again beside it. */
  readonly released?: number;
}

/** A delivery without what its way so far has left on it. */
export const fresh = ({ slot: _slot, released: _released, ...delivery }: Delivery): Delivery => delivery;

/** The delivery without a slot, which is over once it is set aside. */
export const unslotted = ({ slot: _slot, ...delivery }: Delivery): Delivery => delivery;

/** Which endpoint, with its tenant. */
export type EndpointKey = Pick<Delivery, 'orgId' | 'appId' | 'endpointId'>;

/**
 * A reminder to look after an endpoint's parked deliveries. `at` is its name: only the one that the endpoint's health
 * waits for counts, so that reminders which were sent twice, or were overtaken, end by themselves.
 */
export interface DrainTimer extends EndpointKey {
  readonly at: number;
  /** How many steps of draining came before; each releases twice as many. */
  readonly step: number;
}

/** What travels through the delivery queue and the due buckets. */
export type QueueMessage =
  | { readonly kind: 'delivery'; readonly delivery: Delivery }
  | { readonly kind: 'drainTimer'; readonly drainTimer: DrainTimer };

const turnName = (trigger: Trigger): string => {
  if (trigger.kind === 'manual') return trigger.request;
  return trigger.series === undefined ? String(trigger.number) : `${trigger.series}#${trigger.number}`;
};

/** The identity of a delivery: repeats of the same turn have the same. */
export const deliveryIdentity = ({ messageId, endpointId, trigger }: Delivery): string =>
  `${messageId}#${endpointId}#${turnName(trigger)}`;

/** A delivery and how long the queue holds it back: whole seconds, 0 to 900. */
export interface QueuedDelivery {
  readonly delivery: Delivery;
  readonly delaySeconds: number;
}

/** The port to the delivery queue. `send` returns when every one was accepted, or throws. */
export interface DeliveryQueue {
  send(deliveries: readonly QueuedDelivery[]): Promise<void>;
  /** What became of each, in their order: one that the queue refuses fails none of the others. */
  sendEach(deliveries: readonly QueuedDelivery[]): Promise<readonly PromiseSettledResult<void>[]>;
  drainTimer(drainTimer: DrainTimer, delaySeconds: number): Promise<void>;
}

/** Everything a turn has to know, read strongly in one call for a whole batch. */
export interface DeliveryContext {
  readonly tenant: Tenant | undefined;
  readonly message: Message | undefined;
  /** This very turn, where it was recorded before: a repeat. */
  readonly recorded: Attempt | undefined;
  /** The follow-up of the previous turn was done twice, so a twin of this delivery may be under way. */
  readonly mayHaveDuplicate: boolean;
  readonly endedByResend: boolean;
  /** The ids of what is recorded now come after this instant: the turn before it was recorded under an earlier one. */
  readonly notBefore: number;
  readonly health: EndpointHealth;
}

/**
 * One strong read for a whole batch. It answers, in the order asked, how to complete each delivery's context: what is
 * missing or cannot be parsed rejects the deliveries that rest on it alone. `patience`: `brief` gives up soon on rows
 * that are throttled, so that they do not hold up the rest of the batch; `long` waits for them.
 */
export interface DeliveryReader {
  read(
    deliveries: readonly Delivery[],
    patience: 'brief' | 'long',
  ): Promise<readonly (() => Promise<DeliveryContext>)[]>;
}

/** The port to the append-only log of attempts, canceled deliveries among them. */
export interface AttemptLog {
  /** Writes it unless that turn is recorded already; answers what stands there now: this one, or one with another id. */
  record(attempt: Attempt): Promise<Attempt>;
  /** Marks that the follow-up of a recorded turn is being done again, before it is. */
  markRedone(attempt: Attempt): Promise<void>;
  /** Whether this delivery, and not its twin, may send, for an hour. The same `holder` may ask again. */
  claimDuplicate(delivery: Delivery, holder: string, nowMs: number): Promise<boolean>;
  /** A resend succeeded at that instant: the schedule of that endpoint is over for this message. Safe to repeat. */
  end(delivery: Delivery, atMs: number): Promise<void>;
  hasEnded(delivery: Delivery): Promise<boolean>;
  /** The cancellation of this turn, or of one before it in its series. */
  canceled(delivery: Delivery): Promise<Attempt | undefined>;
}

/** The port to what is due later than a queue can hold. Safe to repeat: the key is the delivery and its instant. */
export interface DueStore {
  put(delivery: Delivery, atMs: number, nowMs: number): Promise<void>;
  putDrainTimer(drainTimer: DrainTimer, atMs: number, nowMs: number): Promise<void>;
}

/** The bytes of a message's payload; null once expired or expunged. */
export type ReadBody = (message: Message, nowMs: number) => Promise<Uint8Array | null>;

/** Turns an endpoint off, where domain/turn-off.ts says so of it as it stands then. Safe to repeat. */
export type DisableEndpoint = (endpoint: EndpointKey, why: DisableReason, nowMs: number) => Promise<void>;
