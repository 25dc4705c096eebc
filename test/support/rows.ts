import { DynamoDBClient, paginateScan, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { inject } from 'vitest';
import type { Key } from '../../functions/platform/dynamodb/keys.ts';
import type { Row } from '../../functions/platform/dynamodb/table.ts';
import { clientConfig } from '../../scripts/local/deploy/guard.ts';

/** Reads and changes rows of the booted stack's tables, for facts that no API returns and for times hours ahead. */

const client = () => new DynamoDBClient(clientConfig(inject('stack').awsEndpointUrl));
const tableOf = (output: string): string => inject('stack').outputs[output]!;

/** Rows of the table that a stack output names, by a prefix of their partition keys. */
export const rowsOf = async (output: string, pk: string): Promise<readonly (Row & Key)[]> => {
  const pages = paginateScan(
    { client: client() },
    {
      TableName: tableOf(output),
      FilterExpression: 'begins_with(pk, :pk)',
      ExpressionAttributeValues: marshall({ ':pk': pk }),
      ConsistentRead: true,
    },
  );
  const rows: (Row & Key)[] = [];
  for await (const { Items = [] } of pages) rows.push(...Items.map((item) => unmarshall(item) as Row & Key));
  return rows;
};

/** Changes one number of an existing row. */
export const setNumber = async (output: string, { pk, sk }: Key, name: string, value: number) => {
  await client().send(
    new UpdateItemCommand({
      TableName: tableOf(output),
      Key: marshall({ pk, sk }),
      UpdateExpression: 'SET #name = :value',
      ConditionExpression: 'attribute_exists(#name)',
      ExpressionAttributeNames: { '#name': name },
      ExpressionAttributeValues: marshall({ ':value': value }),
    }),
  );
};
