import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { EndpointKey } from '../deliver/delivery.port.ts';
import type { SentReader } from './task-page.flow.ts';
import { parseAttemptRow } from '../deliver/attempts/attempt-row.ts';
import { batchGet } from '../platform/dynamodb/batch-get.ts';
import { parseEndpointMessageRow } from '../read-models/messages-by-endpoint/endpoint-message-row.ts';
import { shardOf, viewKeys } from '../platform/dynamodb/keys.ts';
import { readableRows } from '../platform/dynamodb/readable-rows.ts';
import type { Row } from '../platform/dynamodb/table.ts';

type PartitionOf = (endpoint: EndpointKey, shard: number) => string;

const messages: PartitionOf = ({ orgId, appId, endpointId }, shard) =>
  viewKeys.endpointMessages(orgId, appId, endpointId, shard);
const attempts: PartitionOf = ({ orgId, appId, endpointId }, shard) =>
  viewKeys.endpointAttempts(orgId, appId, endpointId, shard);

/** Reads rows of an endpoint's read models by their ids. */
export const makeSentReader = (client: DynamoDBDocumentClient, table: string): SentReader => {
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
    states: async (endpoint, ids) =>
      readableRows(await rows(messages, endpoint, ids), parseEndpointMessageRow),
    attempts: async (endpoint, ids) => readableRows(await rows(attempts, endpoint, ids), parseAttemptRow),
  };
};
