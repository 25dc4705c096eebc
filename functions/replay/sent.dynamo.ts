import type { EndpointKey } from '../deliver/delivery.port.ts';
import type { SentReader } from './task-page.flow.ts';
import { parseAttemptRow } from '../deliver/attempts/attempt-row.ts';
import { batchGet } from '../platform/dynamodb/batch-get.ts';
import { parseEndpointMessageRow } from '../read-models/messages-by-endpoint/endpoint-message-row.ts';
import { mergeEndpointMessages } from '../read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import { readPromptSuccesses } from '../read-models/messages-by-endpoint/prompt-successes.dynamo.ts';
import { shardOf, viewKeys } from '../platform/dynamodb/keys.ts';
import { readableRows } from '../platform/dynamodb/readable-rows.ts';
import type { Row } from '../platform/dynamodb/table.ts';
import type { DynamoClient } from '../platform/aws/command.ts';

type PartitionOf = (endpoint: EndpointKey, shard: number) => string;

const messages: PartitionOf = ({ orgId, appId, endpointId }, shard) =>
  viewKeys.endpointMessages(orgId, appId, endpointId, shard);
const attempts: PartitionOf = ({ orgId, appId, endpointId }, shard) =>
  viewKeys.endpointAttempts(orgId, appId, endpointId, shard);

export interface SentTables {
  readonly client: DynamoClient;
  readonly deliveries: string;
  readonly views: string;
}

/** Reads rows of an endpoint's read models by their ids. */
export const makeSentReader = ({ client, deliveries, views: table }: SentTables): SentReader => {
  const rows = async (
    partition: PartitionOf,
    endpoint: EndpointKey,
    ids: readonly string[],
  ): Promise<Row[]> => {
    const places = ids.map((id) => ({ table, key: { pk: partition(endpoint, shardOf(id)), sk: id } }));
    const found = await batchGet(client, places);
    return places.map(found).filter((row) => row !== undefined);
  };
  return {
    async states(endpoint, ids) {
      const stored = readableRows(await rows(messages, endpoint, ids), parseEndpointMessageRow);
      const succeeded = new Set(stored.flatMap((one) => (one.everSucceeded ? [one.messageId] : [])));
      const open = ids.filter((id) => !succeeded.has(id));
      const prompt = await readPromptSuccesses(client, deliveries, endpoint, open);
      const states = Map.groupBy([...stored, ...prompt], ({ messageId }) => messageId);
      return ids.flatMap((id) => states.get(id)?.reduce(mergeEndpointMessages) ?? []);
    },
    attempts: async (endpoint, ids) => readableRows(await rows(attempts, endpoint, ids), parseAttemptRow),
  };
};
