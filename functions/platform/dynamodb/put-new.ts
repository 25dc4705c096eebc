import { ConditionFailed } from './errors.ts';
import type { Row } from './table.ts';
import { PutCommand } from './commands.ts';
import type { DynamoClient } from '../aws/command.ts';

/** The attribute value of an existing row that may be replaced. */
interface Replaceable {
  readonly name: string;
  readonly value: string;
}

/**
 * A Put that succeeds only if the key is absent, or its row has expired (`ttl` before now) or is the replaceable one.
 */
export const newRowRequest = (table: string, row: Row, nowSeconds?: number, instead?: Replaceable) => {
  const values = {
    ...(nowSeconds === undefined ? {} : { ':now': nowSeconds }),
    ...(instead === undefined ? {} : { ':instead': instead.value }),
  };
  const names = {
    ...(nowSeconds === undefined ? {} : { '#ttl': 'ttl' }),
    ...(instead === undefined ? {} : { '#instead': instead.name }),
  };
  const conditions = [
    'attribute_not_exists(pk)',
    ...(nowSeconds === undefined ? [] : ['#ttl < :now']),
    ...(instead === undefined ? [] : ['#instead = :instead']),
  ];
  return {
    TableName: table,
    Item: row,
    ConditionExpression: conditions.join(' OR '),
    ...(conditions.length === 1
      ? {}
      : { ExpressionAttributeNames: names, ExpressionAttributeValues: values }),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
};

/** Writes a new row. Returns undefined when it was written, else the existing row. */
export const putNew = async (
  client: DynamoClient,
  table: string,
  row: Row,
  nowSeconds?: number,
  instead?: Replaceable,
): Promise<Row | undefined> => {
  try {
    await client.send(new PutCommand(newRowRequest(table, row, nowSeconds, instead)));
    return undefined;
  } catch (error) {
    if (error instanceof ConditionFailed) return error.item ?? {};
    throw error;
  }
};
