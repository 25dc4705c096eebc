import { randomUUID } from 'node:crypto';
import { ATTEMPTS_BY_TIME } from '../../../functions/platform/dynamodb/indexes.ts';
import type { DynamoClient } from '../../../functions/platform/aws/command.ts';
import { raw } from '../../support/raw-calls.ts';

/** Creates a table with the keys of every Posthorn table, and the index of Deliveries. */
export const freshTable = async (client: DynamoClient): Promise<string> => {
  const TableName = `reads-${randomUUID()}`;
  await client.send(
    raw('DynamoDB', 'CreateTable', {
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
        { AttributeName: ATTEMPTS_BY_TIME.pk, AttributeType: 'S' },
        { AttributeName: ATTEMPTS_BY_TIME.sk, AttributeType: 'S' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: ATTEMPTS_BY_TIME.name,
          KeySchema: [
            { AttributeName: ATTEMPTS_BY_TIME.pk, KeyType: 'HASH' },
            { AttributeName: ATTEMPTS_BY_TIME.sk, KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  return TableName;
};
