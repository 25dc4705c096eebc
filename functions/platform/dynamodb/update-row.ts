import { ConditionFailed } from './errors.ts';
import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Place, Row } from './table.ts';
import { UpdateCommand } from './commands.ts';
import type { DynamoClient } from '../aws/command.ts';

export interface Update {
  readonly expression: string;
  readonly condition?: string;
  readonly values?: Readonly<Record<string, unknown>>;
  readonly names?: Readonly<Record<string, string>>;
}

/**
 * The expression that sets attributes, and leaves those that it does not name as they are. Conditions may use its
 * placeholders: `#name` and `:name` for the attribute `name`.
 */
export const settingAll = (attributes: Row) => {
  const names = Object.keys(attributes);
  return {
    expression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
    names: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    values: Object.fromEntries(names.map((name) => [`:${name}`, attributes[name]])),
  };
};

/** `row` is the item after the update, or the stored one if the condition failed; undefined where there is none. */
export interface Updated {
  readonly written: boolean;
  readonly row: Row | undefined;
}

const request = (
  { table, key }: Place,
  { expression, condition, values, names }: Update,
): UpdateCommandInput => ({
  TableName: table,
  Key: key,
  UpdateExpression: expression,
  ...(condition === undefined ? {} : { ConditionExpression: condition }),
  ...(values === undefined ? {} : { ExpressionAttributeValues: values }),
  ...(names === undefined ? {} : { ExpressionAttributeNames: names }),
  ReturnValues: 'ALL_NEW',
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
});

/** Updates one item if its condition holds. */
export const updateRow = async (client: DynamoClient, place: Place, update: Update): Promise<Updated> => {
  try {
    const { Attributes } = await client.send(new UpdateCommand(request(place, update)));
    return { written: true, row: Attributes };
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    return { written: false, row: error.item };
  }
};
