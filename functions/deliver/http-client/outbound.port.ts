import type { TransportCause } from '../causes.domain.ts';

/** One POST to an endpoint. request-headers.ts says which header replaces which. */
export interface OutboundRequest {
  url: string;
  /** Headers that Posthorn sets: id, timestamp, signature. */
  signed: readonly (readonly [string, string])[];
  /** The endpoint's custom headers. */
  custom: readonly (readonly [string, string])[];
  body: Uint8Array;
  /** From the start until the response's headers are read. */
  timeoutMs: number;
  /** Private CIDR ranges that the organization allows. */
  allowedSubnets: readonly string[];
}

/**
 * `body`: the text to store, from at most 20,000 bytes of the response. `durationMs`: until the response's headers.
 * `retryAfter`, `deliveryControl`: the values of the header fields Retry-After and webhook-delivery.
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
      /** The status of a response that could not be used; 0: no status line arrived. */
      status: number;
      durationMs: number;
      /** Whether the request was written again, on a new connection, because the receiver had closed an idle one. */
      repeated: boolean;
    };

/** The port to endpoints. Never throws or rejects, whatever the URL, the headers or the receiver. */
export interface Outbound {
  send(request: OutboundRequest): Promise<OutboundResult>;
}
