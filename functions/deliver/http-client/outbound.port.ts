import type { TransportCause } from '../causes.domain.ts';
import type { ConnectPhases } from './connect-phases.domain.ts';

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
 * `fields`: the header fields by name in lower case. `phases`: absent if a connection was reused.
 */
export type OutboundResult =
  | {
      kind: 'response';
      status: number;
      fields: ReadonlyMap<string, string>;
      body: string;
      durationMs: number;
      phases?: ConnectPhases;
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
      phases?: ConnectPhases;
    };

/** The port to endpoints. Never throws or rejects, whatever the URL, the headers or the receiver. */
export interface Outbound {
  send(request: OutboundRequest): Promise<OutboundResult>;
}
