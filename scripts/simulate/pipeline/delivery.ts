import type { EndpointHealth } from '../../../functions/deliver/circuit-breaker/health.domain.ts';
import type { Receiver } from '../scenario.ts';

/** An endpoint of the simulation. Instants are ms since its start. */
export interface Endpoint {
  readonly user: number;
  readonly receiver: Receiver;
  /** Whether an outage of receivers concerns it. */
  readonly inOutage: boolean;
  /** That of the one hot tenant. */
  readonly isHot: boolean;
  health: EndpointHealth;
  /** The next free slot of its throttle. */
  nextSlot: number | undefined;
  /** Parked deliveries in the order of their arrival, the first one at `parkedFrom`. */
  parked: ParkedDelivery[];
  parkedFrom: number;
}

export interface ParkedDelivery {
  readonly delivery: Delivery;
  readonly deadline: number;
}

export interface Delivery {
  readonly endpoint: Endpoint;
  readonly bytes: number;
  /** When the message was accepted: the 202. */
  readonly acceptedAt: number;
  /** The attempt number, from 1. */
  readonly number: number;
  /** A slot of the endpoint's throttle that is reserved already. */
  readonly slot?: number;
  /** It waited for a breaker or a throttle, so its latency says nothing of the pipeline. */
  readonly waited?: true;
}

export type EndedAs = 'succeeded' | 'exhausted' | 'dead-lettered';

/** What the pipeline counts. */
export interface Ledger {
  readonly ended: (delivery: Delivery, as: EndedAs, atMs: number) => void;
  /** A request reached its receiver. */
  readonly arrived: (delivery: Delivery, atMs: number) => void;
  readonly attempted: (delivery: Delivery, succeeded: boolean, atMs: number) => void;
}

export interface Policy {
  /** Seconds before each retry. */
  readonly schedule: readonly number[];
  readonly requestTimeoutMs: number;
}
