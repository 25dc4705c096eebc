/**
 * The most endpoints, and the most bytes of them, that any organization may allow an application. Everything that handles
 * a message reads its application with all endpoints, so these bound the memory and time of every function
 * (test/contract/memory/memory.test.ts).
 */

/** What bounds an application's endpoints. Bytes are those of the texts that customers choose (endpoint-size.domain.ts). */
export interface EndpointLimits {
  readonly endpoints: number;
  /** Of all endpoints together. */
  readonly applicationBytes: number;
  readonly endpointBytes: number;
}

export const HARD_ENDPOINT_LIMITS: EndpointLimits = {
  endpoints: 5_000,
  applicationBytes: 5_000_000,
  // A row has room for 400 KB, with its keys, eleven secrets and two uids.
  endpointBytes: 350_000,
};

/** What an organization has unless its stage or its own settings say otherwise. */
export const DEFAULT_ENDPOINT_LIMITS: EndpointLimits = {
  ...HARD_ENDPOINT_LIMITS,
  endpointBytes: 200_000,
};
