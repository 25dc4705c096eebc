import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import type { WriteRequest } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Key } from './keys.ts';
import { pauseBefore, realPause } from './table.ts';

/** BatchWriteItem's limit. */
const BATCH = 25;
/** Consecutive calls that may leave deletes unprocessed. */
const ROUNDS = 8;

/** Deletes rows by their keys; absent rows are no error. Throws when deletes stay unprocessed. */
export const removeRows = async (
  client: DynamoDBDocumentClient,
  table: string,
  keys: readonly Key[],
): Promise<void> => {
  let left: WriteRequest[] = keys.map((key) => ({ DeleteRequest: { Key: marshall(key) } }));
  for (let failed = 0; left.length > 0;) {
    if (failed === ROUNDS) throw new Error(`DynamoDB left ${left.length} deletes unprocessed`);
    if (failed > 0) await pauseBefore(failed, realPause);
    const answer = await client.send(
      new BatchWriteItemCommand({ RequestItems: { [table]: left.slice(0, BATCH) } }),
    );
    const unprocessed = answer.UnprocessedItems?.[table] ?? [];
    failed = unprocessed.length > 0 ? failed + 1 : 0;
    left = [...unprocessed, ...left.slice(BATCH)];
  }
};
