import type { ReadModelTables } from '../views.dynamo.ts';
import type { EndpointKey } from '../../deliver/delivery.port.ts';
import { idRange } from '../../platform/ids/time-range.domain.ts';
import type { DeliveryStatusReader, EndpointMessageQuery } from '../delivery-status.port.ts';
import { hasProgress, mergeEndpointMessages } from './endpoint-messages.domain.ts';
import type { EndpointMessage } from './endpoint-messages.domain.ts';
import { parseEndpointMessageRow } from './endpoint-message-row.ts';
import { readPromptShard, readPromptSuccesses } from './prompt-successes.dynamo.ts';
import { readableRows } from '../../platform/dynamodb/readable-rows.ts';
import { queryPage } from '../../platform/dynamodb/table.ts';
import type { MessageId } from '../../platform/ids/brand.domain.ts';
import { passesAttemptFilter } from '../attempt-filter.domain.ts';
import { readIdShard } from '../../platform/dynamodb/id-shard.ts';
import { SHARDS, shardOf, viewKeys } from '../../platform/dynamodb/keys.ts';
import { listShards } from '../../platform/dynamodb/sharded-list.ts';
import type { ReadShard } from '../../platform/dynamodb/sharded-list.ts';

const accepts =
  ({ progress, ...filter }: EndpointMessageQuery, nowMs: number) =>
  (state: EndpointMessage): boolean => {
    const latest = { ...state, responseStatusCode: state.lastStatusCode, cause: state.lastCause };
    return (progress === null || hasProgress(state, progress, nowMs)) && passesAttemptFilter(filter, latest);
  };

/**
 * Lists the messages of an endpoint, newest first: those with a row of their own, and those that only have a prompt
 * success, from the list of attempts. A message may have both, which are merged.
 */
export const makeEndpointMessages = ({
  client,
  deliveries,
  views,
}: ReadModelTables): DeliveryStatusReader['messages'] => {
  const readRows =
    ({ orgId, appId, endpointId }: EndpointKey): ReadShard<EndpointMessage> =>
    (shard, range, limit) => {
      const pk = viewKeys.endpointMessages(orgId, appId, endpointId, shard);
      return readIdShard(client, { table: views, pk, range, limit }, parseEndpointMessageRow);
    };

  const readBoth =
    (endpoint: EndpointKey): ReadShard<EndpointMessage> =>
    (shard, range, limit) => {
      if (shard < SHARDS) return readRows(endpoint)(shard, range, 2 * limit);
      const { orgId, appId, endpointId } = endpoint;
      const pk = viewKeys.endpointAttempts(orgId, appId, endpointId, shard - SHARDS);
      return readPromptShard(client, { table: views, pk, range, limit: 2 * limit });
    };

  /** Rows of messages that never succeeded: the list of attempts need not be read, only the log at these messages. */
  const readWithout =
    (endpoint: EndpointKey, isAccepted: (state: EndpointMessage) => boolean): ReadShard<EndpointMessage> =>
    async (shard, range, limit) => {
      const { items, ...rest } = await readRows(endpoint)(shard, range, limit);
      const ids = items.filter(isAccepted).map(({ messageId }) => messageId);
      const successes = await readPromptSuccesses(client, deliveries, endpoint, ids);
      const prompt = new Set(successes.map(({ messageId }) => messageId));
      return { ...rest, items: items.filter(({ messageId }) => !prompt.has(messageId)) };
    };

  /** The state of one message; empty: it has none. */
  const stateOf = async (
    endpoint: EndpointKey,
    messageId: MessageId,
  ): Promise<readonly EndpointMessage[]> => {
    const { orgId, appId, endpointId } = endpoint;
    const pk = viewKeys.endpointMessages(orgId, appId, endpointId, shardOf(messageId));
    const range = { table: views, pk, low: messageId, high: messageId, forward: true, strong: true };
    const rows = readableRows((await queryPage(client, range)).rows, parseEndpointMessageRow);
    const prompt = await readPromptSuccesses(client, deliveries, endpoint, [messageId]);
    const states = [...rows, ...prompt];
    return states.length === 0 ? [] : [states.reduce(mergeEndpointMessages)];
  };

  return async (orgId, appId, endpointId, query, nowMs) => {
    const endpoint = { orgId, appId, endpointId };
    const isAccepted = accepts(query, nowMs);
    const range = idRange('msg_', query, nowMs);
    if (query.messageId !== null) {
      const { messageId } = query;
      const isInside = range.above < messageId && messageId < range.below && query.limit > 0;
      const found = isInside ? await stateOf(endpoint, messageId) : [];
      return { items: found.filter(isAccepted), done: true };
    }
    const list = {
      range,
      limit: query.limit,
      idOf: ({ messageId }: EndpointMessage) => messageId,
      accepts: isAccepted,
    };
    return query.progress === null || query.progress === 'succeeded'
      ? listShards({ ...list, shards: 2 * SHARDS, read: readBoth(endpoint), merge: mergeEndpointMessages })
      : listShards({ ...list, shards: SHARDS, read: readWithout(endpoint, isAccepted) });
  };
};
