import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { RebuildTables } from '../../functions/read-models/rebuild/rebuild.wiring.ts';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { makeDynamo } from '../../functions/platform/aws/clients.ts';
import { ROW_RETENTION_DAYS } from '../../functions/platform/limits/retention.domain.ts';
import { emulatorVariables, forgetAwsSettings } from '../local/deploy/guard.ts';
import { readLocalFile } from '../local/local-file.ts';
import { Problem } from '../local/problem.ts';
import type { DynamoClient } from '../../functions/platform/aws/command.ts';

type Outputs = Readonly<Record<string, string | undefined>>;

const stackOutputs = async (stage: string): Promise<Outputs> => {
  const StackName = `posthorn-${stage}-state`;
  const { Stacks } = await new CloudFormationClient().send(new DescribeStacksCommand({ StackName }));
  const outputs = Stacks?.[0]?.Outputs ?? [];
  return Object.fromEntries(outputs.map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue]));
};

const tablesIn = (outputs: Outputs): RebuildTables => {
  const table = (name: string): string => {
    const found = outputs[`${name}TableName`];
    if (found === undefined)
      throw new Problem(`The stage has no stack output ${name}TableName. Deploy it with this version first.`);
    return found;
  };
  const rowRetentionDays = Number(outputs['RowRetentionDays'] ?? ROW_RETENTION_DAYS);
  return {
    ...{ deliveries: table('Deliveries'), views: table('Views'), control: table('Control') },
    rowRetentionDays,
  };
};

/** With the region and the credentials that the SDK finds on an operator's machine. */
const operatorDynamo = (): DynamoClient => {
  const { region, credentials } = new DynamoDBClient().config;
  return makeDynamo({ region, credentials });
};

/** The tables of a stage and a DynamoDB client for them: of the running local stack, or of your AWS account. */
export const tablesOf = async (
  stage: string,
): Promise<{ readonly client: DynamoClient; readonly tables: RebuildTables }> => {
  if (stage !== 'local') return { client: operatorDynamo(), tables: tablesIn(await stackOutputs(stage)) };
  const { awsEndpointUrl, outputs } = await readLocalFile();
  forgetAwsSettings(process.env);
  Object.assign(process.env, emulatorVariables(awsEndpointUrl));
  return { client: makeDynamo({ endpoint: awsEndpointUrl }), tables: tablesIn(outputs) };
};
