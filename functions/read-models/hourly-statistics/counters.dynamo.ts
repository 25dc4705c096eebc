import { lowerBound, upperBound } from '../../platform/ids/ids.domain.ts';
import type { Counted } from './statistics.flow.ts';
import { plus, NOTHING } from './endpoint-hours.domain.ts';
import type { EndpointKey, Span, HourlyCounts } from './endpoint-hours.domain.ts';
import { attemptShards, SHARDS, viewKeys } from '../../platform/dynamodb/keys.ts';
import type { Row } from '../../platform/dynamodb/table.ts';
import { settleAll } from '../../platform/settle.domain.ts';
import { QueryCommand } from '../../platform/dynamodb/commands.ts';
import type { DynamoClient } from '../../platform/aws/command.ts';

/** Parallel queries: two per shard. */
const AT_ONCE = 2 * SHARDS;

interface Read {
  readonly pk: string;
  /** Whether the partition holds canceled deliveries, and nothing else. */
  readonly canceled: boolean;
  readonly span: Span;
  readonly after: Row | undefined;
}

interface Answer {
  readonly hourlyCounts: HourlyCounts;
  /** The query for the rest, if this one ended at 1 MB. */
  readonly rest: Read | undefined;
}

/** One strongly consistent query that returns a count and no rows. */
const countOnce = async (client: DynamoClient, table: string, read: Read): Promise<Answer> => {
  const { pk, span, after } = read;
  const answer = await client.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :low AND :high',
      ...(read.canceled ? {} : { FilterExpression: 'ok = :yes' }),
      ExpressionAttributeValues: {
        ':pk': pk,
        ':low': lowerBound('atmpt_', span.from),
        ':high': upperBound('atmpt_', span.to - 1),
        ...(read.canceled ? {} : { ':yes': true }),
      },
      Select: 'COUNT',
      ConsistentRead: true,
      ...(after === undefined ? {} : { ExclusiveStartKey: after }),
    }),
  );
  const count = answer.Count ?? 0;
  return {
    hourlyCounts: read.canceled
      ? { ...NOTHING, canceled: count }
      : { ...NOTHING, succeeded: count, failed: (answer.ScannedCount ?? count) - count },
    rest: answer.LastEvaluatedKey === undefined ? undefined : { ...read, after: answer.LastEvaluatedKey },
  };
};

/** Counts attempts in the list of attempts by endpoint over all shards, with at most `maxReads` queries. */
export const makeCounter =
  (client: DynamoClient, views: string) =>
  async (
    { orgId, appId, endpointId }: EndpointKey,
    spans: readonly Span[],
    maxReads: number,
  ): Promise<Counted> => {
    const waiting = spans.flatMap((span) =>
      Array.from({ length: attemptShards(null).count }, (_, shard): Read => {
        const pk = viewKeys.endpointAttempts(orgId, appId, endpointId, shard);
        return { pk, canceled: shard >= SHARDS, span, after: undefined };
      }),
    );
    let hourlyCounts = NOTHING;
    let reads = 0;
    const work = async (): Promise<void> => {
      while (reads < maxReads) {
        const read = waiting.shift();
        if (read === undefined) return;
        reads += 1;
        const answer = await countOnce(client, views, read);
        hourlyCounts = plus(hourlyCounts, answer.hourlyCounts);
        if (answer.rest !== undefined) waiting.push(answer.rest);
      }
    };
    await settleAll(Array.from({ length: AT_ONCE }, work));
    return { ...hourlyCounts, complete: waiting.length === 0 };
  };
