import * as z from 'zod';
import { lowerBound, upperBound } from '../../platform/ids/ids.domain.ts';
import type { AttemptOutcome } from '../../platform/ids/trigger.domain.ts';
import type { AttemptCounts } from './statistics.flow.ts';
import { NO_FAILURES, UNKNOWN_CAUSE, addFailures, failuresOf, totalsOf } from './endpoint-hours.domain.ts';
import type { EndpointKey, FailuresByHour, Span } from './endpoint-hours.domain.ts';
import { attemptShards, SHARDS, viewKeys } from '../../platform/dynamodb/keys.ts';
import type { Row } from '../../platform/dynamodb/table.ts';
import { settleAll } from '../../platform/settle.domain.ts';
import { QueryCommand } from '../../platform/dynamodb/commands.ts';
import type { DynamoClient } from '../../platform/aws/command.ts';

/** Parallel queries: two per shard. */
const AT_ONCE = 2 * SHARDS;

interface Read {
  readonly pk: string;
  /** The outcome of all attempts in the partition. */
  readonly outcome: AttemptOutcome;
  readonly span: Span;
  readonly after: Row | undefined;
}

interface Answer {
  readonly succeeded: number;
  readonly failures: FailuresByHour;
  /** The query for the rest, if this one ended at 1 MB. */
  readonly rest: Read | undefined;
}

/** What is read of a failure: its id, and its cause or the reason of its cancellation. */
const PROJECTED = {
  failed: { ProjectionExpression: 'sk, k' },
  canceled: { ProjectionExpression: 'sk, #dec', ExpressionAttributeNames: { '#dec': 'dec' } },
} as const;
const failureRow = z.object({
  sk: z.string(),
  k: z.string().optional(),
  dec: z.object({ reason: z.string().optional() }).optional(),
});

const causeOf = ({ k, dec }: z.output<typeof failureRow>): string => {
  if (dec?.reason !== undefined) return `canceled:${dec.reason}`;
  return k ?? UNKNOWN_CAUSE;
};

const failuresIn = (rows: readonly Row[]): FailuresByHour =>
  failuresOf(rows.map((row) => failureRow.parse(row)).map((row) => ({ id: row.sk, cause: causeOf(row) })));

/** One strongly consistent query. Of successes it returns their number and no rows. */
const countOnce = async (client: DynamoClient, table: string, read: Read): Promise<Answer> => {
  const { pk, outcome, span, after } = read;
  const answer = await client.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :low AND :high',
      ExpressionAttributeValues: {
        ':pk': pk,
        ':low': lowerBound('atmpt_', span.from),
        ':high': upperBound('atmpt_', span.to - 1),
      },
      ...(outcome === 'succeeded' ? { Select: 'COUNT' } : PROJECTED[outcome]),
      ConsistentRead: true,
      ...(after === undefined ? {} : { ExclusiveStartKey: after }),
    }),
  );
  return {
    succeeded: outcome === 'succeeded' ? (answer.Count ?? 0) : 0,
    failures: failuresIn(answer.Items ?? []),
    rest: answer.LastEvaluatedKey === undefined ? undefined : { ...read, after: answer.LastEvaluatedKey },
  };
};

/** Counts attempts in the list of attempts by endpoint over all shards, with at most `maxReads` queries. */
export const makeCounter = (
  client: DynamoClient,
  views: string,
): Pick<AttemptCounts, 'count' | 'countFailures'> => {
  const count = async (
    { orgId, appId, endpointId }: EndpointKey,
    outcomes: readonly AttemptOutcome[],
    spans: readonly Span[],
    maxReads: number,
  ) => {
    const waiting = spans.flatMap((span) =>
      outcomes.flatMap((outcome) =>
        attemptShards([outcome]).map((shard): Read => {
          const pk = viewKeys.endpointAttempts(orgId, appId, endpointId, shard);
          return { pk, outcome, span, after: undefined };
        }),
      ),
    );
    let succeeded = 0;
    let failures = NO_FAILURES;
    let reads = 0;
    const work = async (): Promise<void> => {
      while (reads < maxReads) {
        const read = waiting.shift();
        if (read === undefined) return;
        reads += 1;
        const answer = await countOnce(client, views, read);
        succeeded += answer.succeeded;
        failures = addFailures(failures, answer.failures);
        if (answer.rest !== undefined) waiting.push(answer.rest);
      }
    };
    await settleAll(Array.from({ length: AT_ONCE }, work));
    return { succeeded, failures, complete: waiting.length === 0 };
  };

  return {
    async count(endpoint, spans, maxReads) {
      const counted = await count(endpoint, ['succeeded', 'failed', 'canceled'], spans, maxReads);
      const { succeeded, failures, complete } = counted;
      return { ...totalsOf(succeeded, failures), complete };
    },

    async countFailures(endpoint, spans, maxReads) {
      const { failures, complete } = await count(endpoint, ['failed', 'canceled'], spans, maxReads);
      return { failures, complete };
    },
  };
};
