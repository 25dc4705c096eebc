import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Row } from './table.ts';

/** A row that is written only where none stands, or where the one there has expired (`ttl` before now). */
export const newRowRequest = (table: string, row: Row, nowSeconds?: number) => ({
  TableName: table,
  Item: marshall(row, { removeUndefinedValues: true }),
  ConditionExpression:
    nowSeconds === undefined ? 'attribute_not_exists(pk)' : 'attribute_not_exists(pk) OR #ttl < :now',
  ...(nowSeconds === undefined
    ? {}
    : {
        ExpressionAttributeNames: { '#ttl': 'ttl' },
        ExpressionAttributeValues: marshall({ ':now': nowSeconds }),
      }),
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
});

/** Writes a new row; undefined when it was written, else the row that stands there. */
export const putNew = async (
  client: DynamoDBClient,
  table: string,
  row: Row,
  nowSeconds?: number,
): Promise<Row | undefined> => {
  try {
    await client.send(new PutItemCommand(newRowRequest(table, row, nowSeconds)));
    return undefined;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException)
      return error.Item === undefined ? {} : unmarshall(error.Item);
    throw error;
  }
};
