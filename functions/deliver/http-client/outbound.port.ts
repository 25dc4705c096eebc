import type { TransportCause } from '../causes.domain.ts';

/** One POST to an endpoint. Headers of these kinds never replace one another's: see delivery/request-headers.ts. */
export interface OutboundRequest {
  url: string;
  /** What we set: id, timestamp and signature. */
  signed: readonly (readonly [string, string])[];
  /** The endpoint's own. */
  custom: readonly (readonly [string, string])[];
  body: Uint8Array;
  /** From the start until the response's headers are read. */
  timeoutMs: number;
  /** Private CIDR ranges that the organization opens to itself. */
  allowedSubnets: readonly string[];
}

/**
 * `body` is text fit to be stored, at most 20,000 bytes of the answer; `durationMs` runs until the response's headers.
 * `retryAfter` and `deliveryControl` are the values of those header fields.
 */
export type OutboundResult =
  | {
      kind: 'response';
      status: number;
      retryAfter: string | undefined;
      deliveryControl: string | undefined;
      body: string;
      durationMs: number;
    }
  | {
      kind: 'error';
      cause: TransportCause;
      /** A sentence for the endpoint's owner. */
      message: string;
      /** Of an answer that had begun and could not be used; 0: none had. */
      status: number;
      durationMs: number;
      /** Whether the request was written again, to a new connection, because a kept one turned out to be closed. */
      repeated: boolean;
    };

/** The way out: never throws or rejects, whatever the URL, the headers or the receiver do. */
export interface Outbound {
  send(request: OutboundRequest): Promise<OutboundResult>;
}
