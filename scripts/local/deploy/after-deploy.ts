import { DescribeTimeToLiveCommand, DynamoDBClient, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import type { Outputs } from './deploy.ts';
import { clientConfig } from './guard.ts';

/** Tables whose items expire; their `timeToLiveAttribute` in CDK is not applied by the emulators. */
const EXPIRING = ['ControlTableName', 'DeliveriesTableName', 'MessagesTableName'];
const ATTRIBUTE = 'ttl';

const switchOn = async (client: DynamoDBClient, TableName: string): Promise<void> => {
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
  if (TimeToLiveDescription?.TimeToLiveStatus === 'ENABLED') return;
  const TimeToLiveSpecification = { AttributeName: ATTRIBUTE, Enabled: true };
  await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
};

/** Sets what CloudFormation on an emulator leaves out. */
export const finishDeploy = async (endpointUrl: string, outputs: Outputs): Promise<void> => {
  const client = new DynamoDBClient(clientConfig(endpointUrl));
  const tables = EXPIRING.flatMap((name) => outputs[name] ?? []);
  try {
    await Promise.all(tables.map((table) => switchOn(client, table)));
  } finally {
    client.destroy();
  }
};
