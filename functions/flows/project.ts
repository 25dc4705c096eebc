import type { Attempt } from '../domain/attempt.ts';
import { endpointMessageOf, mergeEndpointMessages } from '../projections/endpoint-messages.ts';
import type { EndpointMessage } from '../projections/endpoint-messages.ts';

/** The port to the read models. Both writes are safe to repeat and to reorder. */
export interface Views {
  putEndpointAttempts(attempts: readonly Attempt[]): Promise<void>;
  mergeEndpointMessages(rows: readonly EndpointMessage[]): Promise<void>;
}

const rowKey = (row: EndpointMessage) => `${row.appId}#${row.endpointId}#${row.messageId}`;

/** Brings the read models up to what was recorded. The rebuild calls the same with the log's own items. */
export const makeProject =
  (views: Views) =>
  async (attempts: readonly Attempt[]): Promise<void> => {
    const rows = new Map<string, EndpointMessage>();
    for (const row of attempts.map(endpointMessageOf)) {
      const known = rows.get(rowKey(row));
      rows.set(rowKey(row), known === undefined ? row : mergeEndpointMessages(known, row));
    }
    await views.putEndpointAttempts(attempts);
    await views.mergeEndpointMessages([...rows.values()]);
  };
