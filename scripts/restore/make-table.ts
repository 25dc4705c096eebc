import {
  BillingMode,
  CreateTableCommand,
  DescribeTableCommand,
  KeyType,
  ProjectionType,
  ResourceNotFoundException,
  RestoreTableFromBackupCommand,
  RestoreTableToPointInTimeCommand,
  ScalarAttributeType,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBClient, TableDescription } from '@aws-sdk/client-dynamodb';
import { scanTable } from '../../functions/platform/dynamodb/segment-scan.ts';
import { batchWrite, BATCH_WRITES } from '../../functions/platform/dynamodb/batch-write.ts';
import { chunksOf } from '../../functions/platform/concurrency/chunks.ts';
import type { DynamoClient } from '../../functions/platform/aws/command.ts';
import type { StateTable } from './state-tables.ts';

/** Undefined if there is no such table. */
export const describeTable = async (
  client: DynamoDBClient,
  TableName: string,
): Promise<TableDescription | undefined> => {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
};

/** Begins to make a table from the point-in-time backups of another one. `atMs` absent: the latest instant. */
export const beginPointInTime = async (
  client: DynamoDBClient,
  source: string,
  target: string,
  atMs: number | undefined,
): Promise<void> => {
  await client.send(
    new RestoreTableToPointInTimeCommand({
      SourceTableName: source,
      TargetTableName: target,
      BillingModeOverride: BillingMode.PAY_PER_REQUEST,
      ...(atMs === undefined ? { UseLatestRestorableTime: true } : { RestoreDateTime: new Date(atMs) }),
    }),
  );
};

/** Begins to make a table from a backup: one on demand, or the one that DynamoDB takes of a deleted table. */
export const beginFromBackup = async (
  client: DynamoDBClient,
  backup: string,
  target: string,
): Promise<void> => {
  await client.send(
    new RestoreTableFromBackupCommand({
      BackupArn: backup,
      TargetTableName: target,
      BillingModeOverride: BillingMode.PAY_PER_REQUEST,
    }),
  );
};

/** Begins to make an empty table with the keys of every Posthorn table. */
export const beginEmpty = async (
  client: DynamoDBClient,
  target: string,
  { index }: StateTable,
): Promise<void> => {
  const text = (AttributeName: string) => ({ AttributeName, AttributeType: ScalarAttributeType.S });
  const keys = (pk: string, sk: string) => [
    { AttributeName: pk, KeyType: KeyType.HASH },
    { AttributeName: sk, KeyType: KeyType.RANGE },
  ];
  await client.send(
    new CreateTableCommand({
      TableName: target,
      BillingMode: BillingMode.PAY_PER_REQUEST,
      KeySchema: keys('pk', 'sk'),
      AttributeDefinitions: [
        ...['pk', 'sk'].map(text),
        ...(index === undefined ? [] : [index.pk, index.sk].map(text)),
      ],
      ...(index === undefined
        ? {}
        : {
            GlobalSecondaryIndexes: [
              {
                IndexName: index.name,
                KeySchema: keys(index.pk, index.sk),
                Projection: { ProjectionType: ProjectionType.ALL },
              },
            ],
          }),
    }),
  );
};

/** Copies all rows: the rehearsal on emulators, which have no backups. Repeats overwrite rows with themselves. */
export const copyRows = async (client: DynamoClient, source: string, target: string): Promise<number> => {
  let count = 0;
  for await (const rows of scanTable(client, source)) {
    for (const chunk of chunksOf(rows, BATCH_WRITES))
      await batchWrite(
        client,
        target,
        chunk.map((Item) => ({ PutRequest: { Item } })),
      );
    count += rows.length;
  }
  return count;
};
