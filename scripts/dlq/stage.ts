import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { makeDynamo, makeSqs } from '../../functions/platform/aws/clients.ts';
import { clientConfig } from '../local/deploy/guard.ts';
import { readLocalFile } from '../local/local-file.ts';
import { Problem, explain } from '../local/problem.ts';
import type { DynamoClient, SqsClient } from '../../functions/platform/aws/command.ts';

/** AWS clients and stack outputs of a deployed stage, for operator commands. */
export interface Stage {
  readonly name: string;
  readonly sqs: SQSClient;
  /** For the adapters of the functions. */
  readonly queues: SqsClient;
  readonly dynamo: DynamoClient;
  readonly streams: DynamoDBStreamsClient;
  readonly lambda: LambdaClient;
  readonly secretsManager: SecretsManagerClient;
  readonly cloudWatch: CloudWatchClient;
  /** The names of the stack outputs. */
  readonly outputs: readonly string[];
  readonly s3: S3Client;
  /** For operations on tables themselves. */
  readonly tables: DynamoDBClient;
  readonly isEmulated: boolean;
  /** The value of a stack output; undefined if this stage has no such output. */
  readonly find: (output: string) => string | undefined;
  /** The value of a stack output. Throws a Problem if this stage has no such output. */
  readonly get: (output: string) => string;
}

/** Clients as functions have them, with the region and the credentials that the SDK finds on an operator's machine. */
const functionClients = ({ config }: DynamoDBClient, endpoint?: string): Pick<Stage, 'dynamo' | 'queues'> => {
  const { region, credentials } = config;
  const options = { region, credentials, ...(endpoint === undefined ? {} : { endpoint }) };
  return { dynamo: makeDynamo(options), queues: makeSqs(options) };
};

type Outputs = Readonly<Record<string, string>>;

const outputReaders = (name: string, outputs: Outputs): Pick<Stage, 'name' | 'outputs' | 'find' | 'get'> => ({
  name,
  outputs: Object.keys(outputs),
  find: (output) => outputs[output],
  get: (output) => {
    const value = outputs[output];
    if (value !== undefined) return value;
    throw new Problem(`Stage "${name}" has no stack output ${output}. Deploy it with this version first.`);
  },
});

/** A stage on an emulator. */
export const emulatorStage = (name: string, endpointUrl: string, outputs: Outputs): Stage => {
  const config = clientConfig(endpointUrl);
  return {
    ...outputReaders(name, outputs),
    sqs: new SQSClient({ ...config, useQueueUrlAsEndpoint: false }),
    ...functionClients(new DynamoDBClient(config), endpointUrl),
    streams: new DynamoDBStreamsClient(config),
    lambda: new LambdaClient(config),
    secretsManager: new SecretsManagerClient(config),
    cloudWatch: new CloudWatchClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    tables: new DynamoDBClient(config),
    isEmulated: true,
  };
};

const outputsOf = async (client: CloudFormationClient, StackName: string): Promise<Outputs> => {
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
  const outputs = Stacks?.[0]?.Outputs ?? [];
  return Object.fromEntries(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
};

const deployedStage = async (name: string): Promise<Stage> => {
  const client = new CloudFormationClient();
  const stackOf = (part: string) => outputsOf(client, `posthorn-${name}-${part}`);
  const found = await Promise.all([stackOf('state'), stackOf('service')]).catch((error: unknown) => {
    throw new Problem(
      `Cannot read the stacks of stage "${name}" with the current AWS credentials and region: ${explain(error)}`,
    );
  });
  return {
    ...outputReaders(name, { ...found[0], ...found[1] }),
    sqs: new SQSClient(),
    ...functionClients(new DynamoDBClient()),
    streams: new DynamoDBStreamsClient({ maxAttempts: 5 }),
    lambda: new LambdaClient(),
    secretsManager: new SecretsManagerClient(),
    cloudWatch: new CloudWatchClient(),
    s3: new S3Client(),
    tables: new DynamoDBClient(),
    isEmulated: false,
  };
};

/**
 * Connects to the stack of `npm start` for `local`, and to the account of the current AWS credentials for any other
 * name. Throws a Problem.
 */
export const connect = async (name: string): Promise<Stage> => {
  if (name !== 'local') return deployedStage(name);
  const { awsEndpointUrl, stage, outputs } = await readLocalFile();
  return emulatorStage(stage, awsEndpointUrl, outputs);
};
