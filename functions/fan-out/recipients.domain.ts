import type { Endpoint } from '../catalog/endpoints/endpoint.domain.ts';
import { matchingEndpoints } from '../catalog/endpoints/matching.domain.ts';

type Recipient = Pick<Endpoint, 'id' | 'disabled' | 'eventTypes' | 'channels'>;

interface Candidates {
  readonly endpoints: readonly Recipient[];
  /** Live endpoints whose rows cannot be parsed; absent: none. */
  readonly unreadable?: readonly Recipient[];
}

/**
 * The endpoints that get a message. An endpoint whose row cannot be parsed gets its delivery too. That delivery is
 * dead-lettered, and a replay sends it once the row is repaired.
 */
export const recipientsOf = (
  { endpoints, unreadable = [] }: Candidates,
  message: Parameters<typeof matchingEndpoints>[1],
): readonly Pick<Endpoint, 'id'>[] => matchingEndpoints([...endpoints, ...unreadable], message);
