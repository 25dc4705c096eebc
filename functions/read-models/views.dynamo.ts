import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { UpdateItemCommandInput, WriteRequest } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { outcomeOfAttempt } from '../deliver/attempts/attempt.domain.ts';
import type { Attempt } from '../deliver/attempts/attempt.domain.ts';
import { idTime } from '../platform/ids/ids.domain.ts';
import type { Views } from './project.flow.ts';
import type { EndpointMessage } from './messages-by-endpoint/endpoint-messages.domain.ts';
import { attemptFacts } from '../deliver/attempts/attempt-row.ts';
import { chunksOf } from '../platform/concurrency/chunks.ts';
import { endpointMessageRow, parseEndpointMessageRow } from './messages-by-endpoint/endpoint-message-row.ts';
import type { InsertNew } from '../platform/dynamodb/insert-new.ts';
import { attemptShardOf, shardOf, viewKeys } from '../platform/dynamodb/keys.ts';
import type { Key } from '../platform/dynamodb/keys.ts';
import { rowTtl } from '../messages/message-row.ts';
import { pauseBefore, realPause } from '../platform/dynamodb/table.ts';
import type { Row } from '../platform/dynamodb/table.ts';
import { settleAll } from '../platform/settle.domain.ts';

/** BatchWriteItem's limit, and the rounds for what it leaves unprocessed. */
const BATCH = 25;
const ROUNDS = 8;

/** Where an attempt is in the list of its endpoint. */
export const endpointAttemptKey = (attempt: Attempt): Key => ({
  pk: viewKeys.endpointAttempts(
    ...([attempt.orgId, attempt.appId, attempt.endpointId] as const),
    attemptShardOf(attempt.id, outcomeOfAttempt(attempt)),
  ),
  sk: attempt.id,
});

/** An attempt's row in the list of its endpoint. */
export const endpointAttemptRow = (attempt: Attempt): Row => ({
  ...endpointAttemptKey(attempt),
  ...attemptFacts(attempt),
  ttl: rowTtl(attempt.at),
});

/** Puts rows that are the same however often they are put. */
const putAll = async (client: DynamoDBDocumentClient, table: string, rows: readonly Row[]): Promise<void> => {
  let left: WriteRequest[] = rows.map((row) => ({
    PutRequest: { Item: marshall(row, { removeUndefinedValues: true }) },
  }));
  for (let round = 0; left.length > 0; round += 1) {
    if (round === ROUNDS) throw new Error(`${left.length} rows of a read model stayed unprocessed`);
    if (round > 0) await pauseBefore(round, realPause);
    const { UnprocessedItems = {} } = await client.send(
      new BatchWriteItemCommand({ RequestItems: { [table]: left } }),
    );
    left = UnprocessedItems[table] ?? [];
  }
};

/** The attributes that only ever come to be true, and are never written as false. */
const stuck = (row: EndpointMessage): readonly string[] => [
  ...(row.everSucceeded ? ['es = :yes'] : []),
  ...(row.everFailedFinally ? ['ef = :yes'] : []),
];

/** A message's row in the list of its endpoint, whole. */
export const endpointMessageItem = (state: EndpointMessage): Row => ({
  ...endpointMessageRow(state).row,
  // From the message and not from an attempt, so that a rebuild in another order writes the same row.
  ttl: rowTtl(idTime(state.messageId) ?? 0),
});

/** The read models' writer. `insert` writes into the same table. */
export const makeViews = (client: DynamoDBDocumentClient, table: string, insert: InsertNew): Views => {
  const keyOf = (row: EndpointMessage) =>
    marshall({
      pk: viewKeys.endpointMessages(row.orgId, row.appId, row.endpointId, shardOf(row.messageId)),
      sk: row.messageId,
    });

  /** False where the condition does not hold. */
  const update = async (
    row: EndpointMessage,
    change: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>,
  ): Promise<boolean> => {
    try {
      await client.send(new UpdateItemCommand({ TableName: table, Key: keyOf(row), ...change }));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  /** Only forward: an older attempt leaves the latest state alone. */
  const advance = (row: EndpointMessage): Promise<boolean> => {
    const latest = Object.entries(endpointMessageRow(row).latest);
    const kept = latest.filter(([, value]) => value !== undefined);
    const gone = latest.filter(([, value]) => value === undefined).map(([name]) => name);
    const sets = [...kept.map(([name]) => `${name} = :${name}`), ...stuck(row)];
    return update(row, {
      UpdateExpression: `SET ${sets.join(', ')}${gone.length === 0 ? '' : ` REMOVE ${gone.join(', ')}`}`,
      ConditionExpression: 'la < :la',
      ExpressionAttributeValues: marshall({
        ...Object.fromEntries(kept.map(([name, value]) => [`:${name}`, value])),
        ...(stuck(row).length === 0 ? {} : { ':yes': true }),
      }),
    });
  };

  /** What was once reached stays reached, whichever attempt is the newest. */
  const stick = (row: EndpointMessage): Promise<boolean> =>
    update(row, {
      UpdateExpression: `SET ${stuck(row).join(', ')}`,
      ConditionExpression: 'attribute_exists(pk)', // or TTL took it just now, and half a row would be left
      ExpressionAttributeValues: marshall({ ':yes': true }),
    });

  const merge = async (row: EndpointMessage): Promise<void> => {
    const latest = await insert(endpointMessageItem(row));
    if (latest === undefined) return;
    const known = parseEndpointMessageRow(latest);
    if (known.lastAttemptId < row.lastAttemptId && (await advance(row))) return;
    const changes =
      (row.everSucceeded && !known.everSucceeded) || (row.everFailedFinally && !known.everFailedFinally);
    if (changes) await stick(row);
  };

  return {
    putEndpointAttempts: async (attempts) => {
      // A call that names one row twice is refused whole.
      const distinct = [...new Map(attempts.map((attempt) => [attempt.id, attempt])).values()];
      const chunks = chunksOf(distinct.map(endpointAttemptRow), BATCH);
      await settleAll(chunks.map((rows) => putAll(client, table, rows)));
    },
    mergeEndpointMessages: async (rows) => {
      await settleAll(rows.map(merge));
    },
  };
};
