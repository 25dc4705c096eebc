import { chunksOf } from '../concurrency/chunks.ts';
import { BATCH_WRITES, batchWrite } from './batch-write.ts';
import type { Key } from './keys.ts';
import type { DynamoClient } from '../aws/command.ts';

/** Deletes rows by their keys; absent rows are no error. Throws when deletes stay unprocessed. */
export const removeRows = async (
  client: DynamoClient,
  table: string,
  keys: readonly Key[],
): Promise<void> => {
  for (const chunk of chunksOf(keys, BATCH_WRITES)) {
    await batchWrite(
      client,
      table,
      chunk.map((Key) => ({ DeleteRequest: { Key } })),
    );
  }
};
