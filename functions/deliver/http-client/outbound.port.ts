/** One POST to an endpoint. `headers` follow the built-in ones, which they override by name. */
export interface OutboundRequest {
  url: string;
  headers: readonly (readonly [string, string])[];
  body: Uint8Array;
  /** From the start until the response's headers are read. */
  timeoutMs: number;
  /** Private CIDR ranges that the organization opens to itself. */
  allowedSubnets: readonly string[];
}

/**
 * `body` is text fit to be stored, at most 20,000 bytes of the answer; `durationMs` runs until the response's
 * headers. `transportRetry` says that the request was tried a second time at once.
 */
export type OutboundResult =
  | { kind: 'response'; status: number; retryAfter: string | undefined; body: string; durationMs: number }
  | {
      kind: 'error';
      cause: 'blocked' | 'dns' | 'connect' | 'tls' | 'timeout' | 'reset' | 'unsendable';
      message: string;
      durationMs: number;
      transportRetry: boolean;
    };

/** The way out: never throws or rejects, whatever the URL, the headers or the receiver do. */
export interface Outbound {
  send(request: OutboundRequest): Promise<OutboundResult>;
}
