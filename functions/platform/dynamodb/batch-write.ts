import type { BatchWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { pauseBefore, realPause } from './table.ts';
import { BatchWriteCommand } from './commands.ts';
import type { DynamoClient } from '../aws/command.ts';

/** BatchWriteItem's limit. */
export const BATCH_WRITES = 25;
/** The most calls for writes that DynamoDB leaves unprocessed. */
const ROUNDS = 8;

type RowWrite = NonNullable<BatchWriteCommandInput['RequestItems']>[string][number];

/** Writes up to 25 puts or deletes of distinct rows. The writes must be idempotent. Throws when some stay unprocessed. */
export const batchWrite = async (
  client: DynamoClient,
  table: string,
  writes: readonly RowWrite[],
): Promise<void> => {
  let left = [...writes];
  for (let round = 0; left.length > 0; round += 1) {
    if (round === ROUNDS) throw new Error(`${left.length} writes to ${table} stayed unprocessed`);
    if (round > 0) await pauseBefore(round, realPause);
    const { UnprocessedItems = {} } = await client.send(
      new BatchWriteCommand({ RequestItems: { [table]: left } }),
    );
    left = UnprocessedItems[table] ?? [];
  }
};
