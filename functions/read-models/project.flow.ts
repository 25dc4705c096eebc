import { isFirst } from '../deliver/attempts/attempt.domain.ts';
import type { Attempt } from '../deliver/attempts/attempt.domain.ts';
import { endpointMessagesOf, nameOf } from './latest-state.domain.ts';
import type { EndpointMessage } from './messages-by-endpoint/endpoint-messages.domain.ts';

/** The port to the read models. Both writes are idempotent and may arrive in any order. */
export interface Views {
  putEndpointAttempts(attempts: readonly Attempt[]): Promise<void>;
  /** `expected`: whether the rows are probably stored already. It saves writes where it is right, and is never relied on. */
  mergeEndpointMessages(rows: readonly EndpointMessage[], expected?: 'new' | 'stored'): Promise<void>;
}

/** Writes attempts into the read models. The rebuild writes through the same port. */
export const makeProject =
  (views: Views) =>
  async (attempts: readonly Attempt[]): Promise<void> => {
    await views.putEndpointAttempts(attempts);
    const begun = new Set(attempts.filter(({ trigger }) => isFirst(trigger)).map(nameOf));
    const states = endpointMessagesOf(attempts);
    await views.mergeEndpointMessages(
      states.filter((state) => begun.has(nameOf(state))),
      'new',
    );
    await views.mergeEndpointMessages(
      states.filter((state) => !begun.has(nameOf(state))),
      'stored',
    );
  };
