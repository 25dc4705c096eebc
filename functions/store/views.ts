import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBClient, WriteRequest } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Attempt } from '../domain/attempt.ts';
import { idTime } from '../domain/ids.ts';
import type { Views } from '../flows/project.ts';
import type { EndpointMessage } from '../projections/endpoint-messages.ts';
import { attemptFacts, attemptTtl } from './attempt-row.ts';
import { endpointMessageRow } from './endpoint-message-row.ts';
import type { InsertNew } from './insert-new.ts';
import { shardOf, viewKeys } from './keys.ts';
import { pauseBefore, realPause } from './table.ts';
import type { Row } from './table.ts';

/** BatchWriteItem's limit, and the rounds for what it leaves unprocessed. */
const BATCH = 25;
const ROUNDS = 8;

const endpointAttemptRow = (attempt: Attempt): Row => ({
  pk: viewKeys.endpointAttempts(attempt.orgId, attempt.appId, attempt.endpointId, shardOf(attempt.id)),
  sk: attempt.id,
  ...attemptFacts(attempt),
  ttl: attemptTtl(attempt),
});

/** Puts rows that are the same however often they are put. */
const putAll = async (client: DynamoDBClient, table: string, rows: readonly Row[]): Promise<void> => {
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

const chunks = <Item>(items: readonly Item[]): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / BATCH) }, (_, index) =>
    items.slice(index * BATCH, (index + 1) * BATCH),
  );

/** The read models' writer. `insert` writes into the same table. */
export const makeViews = (client: DynamoDBClient, table: string, insert: InsertNew): Views => {
  const keyOf = (row: EndpointMessage) =>
    marshall({
      pk: viewKeys.endpointMessages(row.orgId, row.appId, row.endpointId, shardOf(row.messageId)),
      sk: row.messageId,
    });

  /** What was once reached stays reached, whichever attempt is the newest. */
  const stick = async (row: EndpointMessage): Promise<void> => {
    const reached = [...(row.everSucceeded ? ['es'] : []), ...(row.everFailedFinally ? ['ef'] : [])];
    if (reached.length === 0) return;
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: keyOf(row),
        UpdateExpression: `SET ${reached.map((name) => `${name} = :yes`).join(', ')}`,
        ExpressionAttributeValues: marshall({ ':yes': true }),
      }),
    );
  };

  /** Only forward: an older attempt leaves the latest state alone. */
  const advance = async (row: EndpointMessage): Promise<boolean> => {
    const { latest, nx } = endpointMessageRow(row);
    try {
      await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: keyOf(row),
          UpdateExpression: `SET la = :la, ls = :ls${nx === undefined ? ' REMOVE nx' : ', nx = :nx'}`,
          ConditionExpression: 'la < :la',
          ExpressionAttributeValues: marshall({ ...latest, ...(nx === undefined ? {} : { ':nx': nx }) }),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  const merge = async (row: EndpointMessage): Promise<void> => {
    const standing = await insert({ ...endpointMessageRow(row).row, ttl: ttlOf(row) });
    if (standing === undefined) return;
    await advance(row);
    await stick(row);
  };

  return {
    putEndpointAttempts: async (attempts) => {
      await Promise.all(chunks(attempts.map(endpointAttemptRow)).map((rows) => putAll(client, table, rows)));
    },
    mergeEndpointMessages: async (rows) => {
      await Promise.all(rows.map(merge));
    },
  };
};

const ROW_SECONDS = 90 * 86_400;
const ttlOf = (row: EndpointMessage): number =>
  Math.ceil((idTime(row.lastAttemptId) ?? 0) / 1000) + ROW_SECONDS;
