import type { ReadModelTables } from '../views.dynamo.ts';
import type { Attempt } from '../../deliver/attempts/attempt.domain.ts';
import { idRange } from '../../platform/ids/time-range.domain.ts';
import type { AttemptReader } from '../attempts.port.ts';
import { attemptKey, parseAttemptRow } from '../../deliver/attempts/attempt-row.ts';
import { readIdShard } from '../../platform/dynamodb/id-shard.ts';
import { attemptShards, viewKeys } from '../../platform/dynamodb/keys.ts';
import { listShards } from '../../platform/dynamodb/sharded-list.ts';
import { batchGet } from '../../platform/dynamodb/batch-get.ts';
import { readableRows } from '../../platform/dynamodb/readable-rows.ts';
import { acceptsAttempt } from '../attempt-filter.domain.ts';
import { makeAttemptsByMessage } from '../attempts-by-message/attempts-by-message.dynamo.ts';
import { loggedAttempt, makeResponses } from '../responses.dynamo.ts';
import type { LoggedAttempt } from '../responses.dynamo.ts';

/** Reads attempts: by endpoint from the read model, by message from the log. */
export const makeAttempts = ({ client, deliveries, views }: ReadModelTables): AttemptReader => {
  const responses = makeResponses(client, deliveries);

  /** The log rows of attempts, which hold or reference the responses. */
  const inLog = async (attempts: readonly Attempt[]): Promise<readonly LoggedAttempt[]> => {
    const placeOf = (attempt: Attempt) => ({ table: deliveries, key: attemptKey(attempt) });
    const found = await batchGet(client, attempts.map(placeOf));
    return attempts.map((attempt) => {
      const row = found(placeOf(attempt));
      const logged = row === undefined ? undefined : readableRows([row], loggedAttempt)[0];
      return logged ?? { attempt, row: {} };
    });
  };

  return {
    ...makeAttemptsByMessage(client, deliveries),
    async listByEndpoint(orgId, app, endpointId, query, nowMs) {
      const range = idRange('atmpt_', query, nowMs);
      const shards = attemptShards(query.outcomes);
      const page = await listShards({
        shards: shards.length,
        range,
        limit: query.limit,
        idOf: ({ id }: Attempt) => id,
        accepts: acceptsAttempt(query),
        read: (shard, part, limit) =>
          readIdShard(
            client,
            {
              table: views,
              pk: viewKeys.endpointAttempts(orgId, app, endpointId, shards[shard] ?? 0),
              range: part,
              limit,
            },
            parseAttemptRow,
          ),
      });
      if (!query.withContent) return page;
      return responses.ofPage({ ...page, items: await inLog(page.items) }, range.walk);
    },
  };
};
