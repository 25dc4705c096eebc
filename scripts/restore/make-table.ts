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
import { stateTable } from './state-tables.ts';
import type { StateTable, TableName } from './state-tables.ts';

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

/** How a table is made. `copy`: on emulators, which have no backups. */
export type Origin =
  | { readonly kind: 'point-in-time' | 'copy' }
  /** A backup on demand, or the one that DynamoDB takes of a deleted table. */
  | { readonly kind: 'backup'; readonly arn: string }
  | { readonly kind: 'empty' };

export interface Planned {
  readonly name: TableName;
  readonly source: string;
  readonly target: string;
  readonly origin: Origin;
}

/** The keys of every Posthorn table, and the index of this one. */
const schemaOf = ({ index }: StateTable) => {
  const text = (AttributeName: string) => ({ AttributeName, AttributeType: ScalarAttributeType.S });
  const keys = (pk: string, sk: string) => [
    { AttributeName: pk, KeyType: KeyType.HASH },
    { AttributeName: sk, KeyType: KeyType.RANGE },
  ];
  const own = { KeySchema: keys('pk', 'sk'), AttributeDefinitions: ['pk', 'sk'].map(text) };
  if (index === undefined) return own;
  return {
    KeySchema: own.KeySchema,
    AttributeDefinitions: [...own.AttributeDefinitions, ...[index.pk, index.sk].map(text)],
    GlobalSecondaryIndexes: [
      {
        IndexName: index.name,
        KeySchema: keys(index.pk, index.sk),
        Projection: { ProjectionType: ProjectionType.ALL },
      },
    ],
  };
};

/** Begins to make a table. `atMs`: of its point-in-time backups; absent: the latest instant. */
export const beginTable = async (
  client: DynamoDBClient,
  { name, source, target, origin }: Planned,
  atMs: number | undefined,
): Promise<void> => {
  const restored = { TargetTableName: target, BillingModeOverride: BillingMode.PAY_PER_REQUEST };
  const instant =
    atMs === undefined ? { UseLatestRestorableTime: true } : { RestoreDateTime: new Date(atMs) };
  switch (origin.kind) {
    case 'point-in-time':
      await client.send(
        new RestoreTableToPointInTimeCommand({ SourceTableName: source, ...restored, ...instant }),
      );
      return;
    case 'backup':
      await client.send(new RestoreTableFromBackupCommand({ BackupArn: origin.arn, ...restored }));
      return;
    case 'copy':
    case 'empty':
      await client.send(
        new CreateTableCommand({
          TableName: target,
          BillingMode: BillingMode.PAY_PER_REQUEST,
          ...schemaOf(stateTable(name)),
        }),
      );
  }
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
