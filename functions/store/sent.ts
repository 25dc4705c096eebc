import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EndpointKey } from '../flows/delivery.ts';
import type { SentReader } from '../flows/task-page.ts';
import { parseAttemptRow } from './attempt-row.ts';
import { batchGet } from './batch-get.ts';
import { parseEndpointMessageRow } from './endpoint-message-row.ts';
import { shardOf, viewKeys } from './keys.ts';
import type { Row } from './table.ts';

type PartitionOf = (endpoint: EndpointKey, shard: number) => string;

const messages: PartitionOf = ({ orgId, appId, endpointId }, shard) =>
  viewKeys.endpointMessages(orgId, appId, endpointId, shard);
const attempts: PartitionOf = ({ orgId, appId, endpointId }, shard) =>
  viewKeys.endpointAttempts(orgId, appId, endpointId, shard);

/** Rows of the read models of an endpoint, by their ids. */
export const makeSentReader = (client: DynamoDBClient, table: string): SentReader => {
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
    states: async (endpoint, ids) => (await rows(messages, endpoint, ids)).map(parseEndpointMessageRow),
    attempts: async (endpoint, ids) => (await rows(attempts, endpoint, ids)).map(parseAttemptRow),
  };
};
