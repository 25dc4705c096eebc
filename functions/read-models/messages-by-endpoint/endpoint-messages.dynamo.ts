import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { idRange } from '../../platform/ids/time-range.domain.ts';
import type { DeliveryStatusReader, EndpointMessageQuery } from '../delivery-status.port.ts';
import { hasProgress } from './endpoint-messages.domain.ts';
import type { EndpointMessage } from './endpoint-messages.domain.ts';
import { parseEndpointMessageRow } from './endpoint-message-row.ts';
import { readIdShard } from '../../platform/dynamodb/id-shard.ts';
import { SHARDS, viewKeys } from '../../platform/dynamodb/keys.ts';
import { listShards } from '../../platform/dynamodb/sharded-list.ts';

const accepts =
  ({ progress, channel, tag, eventTypes }: EndpointMessageQuery, nowMs: number) =>
  (state: EndpointMessage): boolean =>
    (progress === null || hasProgress(state, progress, nowMs)) &&
    (channel === null || (state.channels?.includes(channel) ?? false)) &&
    (tag === null || (state.tags?.includes(tag) ?? false)) &&
    (eventTypes === null || eventTypes.includes(state.eventType));

/** Lists the read model of messages by endpoint, newest first. */
export const makeEndpointMessages =
  (client: DynamoDBDocumentClient, views: string): DeliveryStatusReader['messages'] =>
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
