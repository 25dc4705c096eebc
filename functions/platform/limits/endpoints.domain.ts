/**
 * Limits of an application's endpoints. Bytes are those of the texts that customers choose (endpoint-size.domain.ts).
 */
export interface EndpointLimits {
  readonly endpoints: number;
  /** Bytes of all endpoints together. */
  readonly applicationBytes: number;
  readonly endpointBytes: number;
}

/**
 * The highest limits that an organization may set. Publishing, fan-out and delivery read an application with all its
 * endpoints, so these bound the memory and time of every function (test/contract/memory/memory.test.ts).
 */
export const HARD_ENDPOINT_LIMITS: EndpointLimits = {
  endpoints: 5_000,
  applicationBytes: 5_000_000,
  // An item has at most 400 KB, with its keys, eleven secrets and two uids.
  endpointBytes: 350_000,
};

/** The defaults, which stages and organizations may change. */
export const DEFAULT_ENDPOINT_LIMITS: EndpointLimits = {
  ...HARD_ENDPOINT_LIMITS,
  endpointBytes: 200_000,
};
