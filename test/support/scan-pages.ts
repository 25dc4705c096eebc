import { ScanCommand } from '../../functions/platform/dynamodb/commands.ts';
import type { DynamoClient } from '../../functions/platform/aws/command.ts';
import type { Row } from '../../functions/platform/dynamodb/table.ts';

/** All rows of a table, page by page. */
export async function* scanPages(client: DynamoClient, TableName: string): AsyncGenerator<readonly Row[]> {
  let after: Row | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new ScanCommand({ TableName, ConsistentRead: true, ExclusiveStartKey: after }),
    );
    yield Items;
    after = LastEvaluatedKey;
  } while (after !== undefined);
}
