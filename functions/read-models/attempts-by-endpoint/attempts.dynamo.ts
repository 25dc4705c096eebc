import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { outcomeOfAttempt } from '../../deliver/attempts/attempt.domain.ts';
import type { Attempt } from '../../deliver/attempts/attempt.domain.ts';
import type { AppId, MessageId, OrgId } from '../../platform/ids/brand.domain.ts';
import { idRange } from '../../platform/ids/time-range.domain.ts';
import type { IdRange } from '../../platform/ids/time-range.domain.ts';
import type { AttemptQuery, AttemptReader } from '../attempts.port.ts';
import type { Page } from '../../platform/pages/page.ts';
import { attemptKey, parseAttemptFacts, parseAttemptRow } from '../../deliver/attempts/attempt-row.ts';
import { readIdShard } from '../../platform/dynamodb/id-shard.ts';
import { attemptShards, deliveryKeys, viewKeys } from '../../platform/dynamodb/keys.ts';
import { listShards } from '../../platform/dynamodb/sharded-list.ts';
import { batchGet } from '../../platform/dynamodb/batch-get.ts';
import { readableRows } from '../../platform/dynamodb/readable-rows.ts';
import { prefixEnd, pagesOf } from '../../platform/dynamodb/table.ts';

const accepts =
  (query: AttemptQuery) =>
  (attempt: Attempt): boolean =>
    (query.outcomes === null || query.outcomes.includes(outcomeOfAttempt(attempt))) &&
    (query.statusCodes === null ||
      (attempt.responseStatusCode >= query.statusCodes.from &&
        attempt.responseStatusCode <= query.statusCodes.to)) &&
    (query.channel === null || (attempt.channels?.includes(query.channel) ?? false)) &&
    (query.tag === null || (attempt.tags?.includes(query.tag) ?? false)) &&
    (query.eventTypes === null || query.eventTypes.includes(attempt.eventType));

/** Those in the range that are nearest to where its walk begins, newest first. */
const nearestOf = (attempts: readonly Attempt[], range: IdRange, count: number): readonly Attempt[] => {
  const inside = attempts
    .filter(({ id }) => id > range.above && id < range.below)
    .toSorted((left, right) => (left.id < right.id ? 1 : -1));
  return range.walk === 'newest-first'
    ? inside.slice(0, count)
    : inside.slice(Math.max(0, inside.length - count));
};

/** `nearest`: one more than the page may hold, where there is one. */
const pageOf = (nearest: readonly Attempt[], range: IdRange, limit: number): Page<Attempt> => ({
  items: nearestOf(nearest, range, limit),
  done: nearest.length <= limit,
});

export interface AttemptTables {
  readonly client: DynamoDBDocumentClient;
  readonly deliveries: string;
  readonly views: string;
}

/** Recorded attempts: by endpoint from the read model, by message from the log itself. */
export const makeAttempts = ({ client, deliveries, views }: AttemptTables): AttemptReader => {
  const ofMessage = (orgId: OrgId, app: AppId, id: MessageId, prefix: string) => {
    const pk = deliveryKeys.message(orgId, app, id);
    return pagesOf(client, {
      ...{ table: deliveries, pk, low: prefix, high: prefixEnd(prefix), forward: true, strong: true },
    });
  };

  /** The read model's rows have no bodies; the log has. */
  const withBodies = async (attempts: readonly Attempt[]): Promise<readonly Attempt[]> => {
    const places = attempts.map((attempt) => ({ table: deliveries, key: attemptKey(attempt) }));
    const found = await batchGet(client, places);
    return places.map((place, index) => {
      const row = found(place);
      const attempt = attempts[index];
      if (attempt === undefined) throw new Error('an attempt without a place');
      return (row === undefined ? undefined : readableRows([row], parseAttemptRow)[0]) ?? attempt;
    });
  };

  return {
    async listByEndpoint(orgId, app, endpointId, query, nowMs) {
      const { first, count } = attemptShards(query.outcomes);
      const page = await listShards({
        shards: count,
        range: idRange('atmpt_', query, nowMs),
        limit: query.limit,
        idOf: ({ id }: Attempt) => id,
        accepts: accepts(query),
        read: (shard, range, limit) =>
          readIdShard(
            client,
            {
              table: views,
              pk: viewKeys.endpointAttempts(orgId, app, endpointId, first + shard),
              range,
              limit,
            },
            parseAttemptRow,
          ),
      });
      return query.withContent && page.items.length > 0
        ? { ...page, items: await withBodies(page.items) }
        : page;
    },

    async listByMessage(orgId, app, id, endpointId, query, nowMs) {
      const range = idRange('atmpt_', query, nowMs);
      const pages = ofMessage(orgId, app, id, endpointId === null ? 'at#' : `at#${endpointId}#`);
      // Rows are in the order of endpoints, so all must be seen; no more than a page of them is held.
      let nearest: readonly Attempt[] = [];
      for await (const rows of pages) {
        const found = readableRows(rows, parseAttemptFacts).filter(accepts(query));
        nearest = nearestOf([...nearest, ...found], range, query.limit + 1);
      }
      const page = pageOf(nearest, range, query.limit);
      return query.withContent && page.items.length > 0
        ? { ...page, items: await withBodies(page.items) }
        : page;
    },

    async find(orgId, app, message, id) {
      for await (const rows of ofMessage(orgId, app, message, 'at#')) {
        const row = rows.find((one) => one['id'] === id);
        if (row !== undefined) return parseAttemptRow(row);
      }
      return undefined;
    },
  };
};
