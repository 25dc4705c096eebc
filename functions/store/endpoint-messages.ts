import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { idRange } from '../domain/time-range.ts';
import type { AttemptedReader, EndpointMessageQuery } from '../flows/attempted.ts';
import { hasCome } from '../projections/endpoint-messages.ts';
import type { EndpointMessage } from '../projections/endpoint-messages.ts';
import { parseEndpointMessageRow } from './endpoint-message-row.ts';
import { readIdShard } from './id-shard.ts';
import { SHARDS, viewKeys } from './keys.ts';
import { listShards } from './sharded-list.ts';

const accepts =
  ({ progress, channel, eventTypes }: EndpointMessageQuery, nowMs: number) =>
  (state: EndpointMessage): boolean =>
    (progress === null || hasCome(state, progress, nowMs)) &&
    (channel === null || (state.channels?.includes(channel) ?? false)) &&
    (eventTypes === null || eventTypes.includes(state.eventType));

/** The read model of messages by endpoint, as a list in time. */
export const makeEndpointMessages =
  (client: DynamoDBClient, views: string): AttemptedReader['messages'] =>
  (orgId, appId, endpointId, query, nowMs) =>
    listShards({
      shards: SHARDS,
      range: idRange('msg_', query, nowMs),
      limit: query.limit,
      idOf: ({ messageId }: EndpointMessage) => messageId,
      accepts: accepts(query, nowMs),
      read: (shard, range, limit) =>
        readIdShard(
          client,
          { table: views, pk: viewKeys.endpointMessages(orgId, appId, endpointId, shard), range, limit },
          parseEndpointMessageRow,
        ),
    });
