import { isWritten } from '../platform/dynamodb/errors.ts';
import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { outcomeOfAttempt } from '../deliver/attempts/attempt.domain.ts';
import type { Attempt } from '../deliver/attempts/attempt.domain.ts';
import { idTime } from '../platform/ids/ids.domain.ts';
import type { Views } from './project.flow.ts';
import type { EndpointMessage } from './messages-by-endpoint/endpoint-messages.domain.ts';
import { attemptFacts } from '../deliver/attempts/attempt-row.ts';
import { chunksOf } from '../platform/concurrency/chunks.ts';
import { endpointMessageRow, parseEndpointMessageRow } from './messages-by-endpoint/endpoint-message-row.ts';
import { BATCH_WRITES, batchWrite } from '../platform/dynamodb/batch-write.ts';
import type { InsertNew } from '../platform/dynamodb/insert-new.ts';
import { attemptShardOf, shardOf, viewKeys } from '../platform/dynamodb/keys.ts';
import type { Key } from '../platform/dynamodb/keys.ts';
import { rowTtl } from '../messages/message-row.ts';
import type { Row } from '../platform/dynamodb/table.ts';
import { settleAll } from '../platform/settle.domain.ts';
import { UpdateCommand } from '../platform/dynamodb/commands.ts';
import type { DynamoClient } from '../platform/aws/command.ts';

/** The tables that lists read: the log and the read models. */
export interface ReadModelTables {
  readonly client: DynamoClient;
  readonly deliveries: string;
  readonly views: string;
}

/** The key of an attempt in the list of its endpoint. */
export const endpointAttemptKey = (attempt: Attempt): Key => ({
  pk: viewKeys.endpointAttempts(
    ...([attempt.orgId, attempt.appId, attempt.endpointId] as const),
    attemptShardOf(attempt.id, outcomeOfAttempt(attempt)),
  ),
  sk: attempt.id,
});

/** An attempt's row in the list of its endpoint. */
export const endpointAttemptRow = (attempt: Attempt, rowRetentionDays?: number): Row => ({
  ...endpointAttemptKey(attempt),
  ...attemptFacts(attempt),
  m: attempt.messageId,
  ttl: rowTtl(attempt.at, rowRetentionDays),
});

/** Assignments of the attributes that change to true once and never back. */
const latched = (row: EndpointMessage): readonly string[] => [
  ...(row.everSucceeded ? ['es = :yes'] : []),
  ...(row.everFailedFinally ? ['ef = :yes'] : []),
];

/** The complete row of a message in the list of its endpoint. */
export const endpointMessageItem = (state: EndpointMessage, rowRetentionDays?: number): Row => ({
  ...endpointMessageRow(state).row,
  // Derived from the message and not from an attempt, so that a rebuild writes the same row in any order.
  ttl: rowTtl(idTime(state.messageId) ?? 0, rowRetentionDays),
});

/** Writes the read models. `insert` writes into the same table. `rowRetentionDays`: the stage's. */
export const makeViews = (
  client: DynamoClient,
  table: string,
  insert: InsertNew,
  rowRetentionDays?: number,
): Views => {
  const keyOf = (row: EndpointMessage): Key => ({
    pk: viewKeys.endpointMessages(row.orgId, row.appId, row.endpointId, shardOf(row.messageId)),
    sk: row.messageId,
  });

  const update = (
    row: EndpointMessage,
    change: Omit<UpdateCommandInput, 'TableName' | 'Key'>,
  ): Promise<boolean> =>
    isWritten(client.send(new UpdateCommand({ TableName: table, Key: keyOf(row), ...change })));

  /** Replaces the latest state, unless the row has a newer attempt. */
  const advance = (row: EndpointMessage): Promise<boolean> => {
    const latest = Object.entries(endpointMessageRow(row).latest);
    const present = latest.filter(([, value]) => value !== undefined);
    const absent = latest.filter(([, value]) => value === undefined).map(([name]) => name);
    const sets = [...present.map(([name]) => `${name} = :${name}`), ...latched(row)];
    return update(row, {
      UpdateExpression: `SET ${sets.join(', ')}${absent.length === 0 ? '' : ` REMOVE ${absent.join(', ')}`}`,
      ConditionExpression: 'la < :la',
      ExpressionAttributeValues: {
        ...Object.fromEntries(present.map(([name, value]) => [`:${name}`, value])),
        ...(latched(row).length === 0 ? {} : { ':yes': true }),
      },
    });
  };

  /** Sets the latched attributes only, whichever attempt is the newest. */
  const latch = (row: EndpointMessage): Promise<boolean> =>
    update(row, {
      UpdateExpression: `SET ${latched(row).join(', ')}`,
      ConditionExpression: 'attribute_exists(pk)', // or the update would create a partial row after TTL deleted it
      ExpressionAttributeValues: { ':yes': true },
    });

  const merge = async (row: EndpointMessage, expected: 'new' | 'stored'): Promise<void> => {
    // A refused insert costs a write and a read before the update, so an update of a stored row goes first.
    if (expected === 'stored' && (await advance(row))) return;
    const latest = await insert(endpointMessageItem(row, rowRetentionDays));
    if (latest === undefined) return;
    const known = parseEndpointMessageRow(latest);
    if (known.lastAttemptId < row.lastAttemptId && (await advance(row))) return;
    const changes =
      (row.everSucceeded && !known.everSucceeded) || (row.everFailedFinally && !known.everFailedFinally);
    if (changes) await latch(row);
  };

  return {
    putEndpointAttempts: async (attempts) => {
      // BatchWriteItem refuses a call that names one row twice.
      const distinct = [...new Map(attempts.map((attempt) => [attempt.id, attempt])).values()];
      const chunks = chunksOf(
        distinct.map((attempt) => endpointAttemptRow(attempt, rowRetentionDays)),
        BATCH_WRITES,
      );
      const puts = chunks.map((rows) => rows.map((Item) => ({ PutRequest: { Item } })));
      await settleAll(puts.map((some) => batchWrite(client, table, some)));
    },
    mergeEndpointMessages: async (rows, expected = 'new') => {
      await settleAll(rows.map((row) => merge(row, expected)));
    },
  };
};
