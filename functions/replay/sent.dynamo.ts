import type { ReadModelTables } from '../read-models/views.dynamo.ts';
import type { SentReader } from './task-page.flow.ts';
import { batchGet } from '../platform/dynamodb/batch-get.ts';
import { parseEndpointMessageRow } from '../read-models/messages-by-endpoint/endpoint-message-row.ts';
import { mergeEndpointMessages } from '../read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import { readPromptSuccesses } from '../read-models/messages-by-endpoint/prompt-successes.dynamo.ts';
import { shardOf, viewKeys } from '../platform/dynamodb/keys.ts';
import { readableRows } from '../platform/dynamodb/readable-rows.ts';

/** Reads the states of messages at an endpoint by their ids. */
export const makeSentReader = ({ client, deliveries, views: table }: ReadModelTables): SentReader => ({
  async states(endpoint, ids) {
    const { orgId, appId, endpointId } = endpoint;
    const places = ids.map((id) => ({
      table,
      key: { pk: viewKeys.endpointMessages(orgId, appId, endpointId, shardOf(id)), sk: id },
    }));
    const found = await batchGet(client, places);
    const rows = places.map(found).filter((row) => row !== undefined);
    const stored = readableRows(rows, parseEndpointMessageRow);
    const succeeded = new Set(stored.flatMap((one) => (one.everSucceeded ? [one.messageId] : [])));
    const open = ids.filter((id) => !succeeded.has(id));
    const prompt = await readPromptSuccesses(client, deliveries, endpoint, open);
    const states = Map.groupBy([...stored, ...prompt], ({ messageId }) => messageId);
    return ids.flatMap((id) => states.get(id)?.reduce(mergeEndpointMessages) ?? []);
  },
});
