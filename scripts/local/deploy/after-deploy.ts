import { DescribeTimeToLiveCommand, DynamoDBClient, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import type { Outputs } from './deploy.ts';
import { clientConfig } from './guard.ts';

/** Tables with TTL; emulators ignore `timeToLiveAttribute` in the template. */
const EXPIRING = ['CatalogTableName', 'ControlTableName', 'DeliveriesTableName', 'MessagesTableName'];
const ATTRIBUTE = 'ttl';

const enableTtl = async (client: DynamoDBClient, TableName: string): Promise<void> => {
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
  if (TimeToLiveDescription?.TimeToLiveStatus === 'ENABLED') return;
  const TimeToLiveSpecification = { AttributeName: ATTRIBUTE, Enabled: true };
  await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
};

/** Applies settings that an emulator's CloudFormation ignores. */
export const finishDeploy = async (endpointUrl: string, outputs: Outputs): Promise<void> => {
  const client = new DynamoDBClient(clientConfig(endpointUrl));
  const tables = EXPIRING.flatMap((name) => outputs[name] ?? []);
  try {
    await Promise.all(tables.map((table) => enableTtl(client, table)));
  } finally {
    client.destroy();
  }
};
