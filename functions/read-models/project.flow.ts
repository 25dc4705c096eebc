import type { Attempt } from '../deliver/attempts/attempt.domain.ts';
import { endpointMessagesOf } from './latest-state.domain.ts';
import type { EndpointMessage } from './messages-by-endpoint/endpoint-messages.domain.ts';

/** The port to the read models. Both writes are idempotent and may arrive in any order. */
export interface Views {
  putEndpointAttempts(attempts: readonly Attempt[]): Promise<void>;
  mergeEndpointMessages(rows: readonly EndpointMessage[]): Promise<void>;
}

/** Writes attempts into the read models. The rebuild writes through the same port. */
export const makeProject =
  (views: Views) =>
  async (attempts: readonly Attempt[]): Promise<void> => {
    await views.putEndpointAttempts(attempts);
    await views.mergeEndpointMessages(endpointMessagesOf(attempts));
  };
