import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig } from '../local/deploy/guard.ts';
import { readLocalFile } from '../local/local-file.ts';
import { Problem, explain } from '../local/problem.ts';

/** A running stage as operators' commands see it. */
export interface Stage {
  readonly name: string;
  readonly sqs: SQSClient;
  readonly dynamo: DynamoDBClient;
  readonly streams: DynamoDBStreamsClient;
  readonly lambda: LambdaClient;
  readonly cloudWatch: CloudWatchClient;
  /** The value of a stack's output, undefined where this stage has none. */
  readonly find: (output: string) => string | undefined;
  /** The same; throws a Problem. */
  readonly get: (output: string) => string;
}

type Outputs = Readonly<Record<string, string>>;

const reading = (name: string, outputs: Outputs): Pick<Stage, 'name' | 'find' | 'get'> => ({
  name,
  find: (output) => outputs[output],
  get: (output) => {
    const value = outputs[output];
    if (value !== undefined) return value;
    throw new Problem(`Stage "${name}" has no output ${output}. Is it deployed, by this version?`);
  },
});

/** A stage on an emulator, by the outputs of its stacks. */
export const emulatorStage = (name: string, endpointUrl: string, outputs: Outputs): Stage => {
  const config = clientConfig(endpointUrl);
  return {
    ...reading(name, outputs),
    sqs: new SQSClient({ ...config, useQueueUrlAsEndpoint: false }),
    dynamo: new DynamoDBClient(config),
    streams: new DynamoDBStreamsClient(config),
    lambda: new LambdaClient(config),
    cloudWatch: new CloudWatchClient(config),
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
      `Stage "${name}" could not be looked up with your AWS credentials and region: ${explain(error)}`,
    );
  });
  return {
    ...reading(name, { ...found[0], ...found[1] }),
    sqs: new SQSClient(),
    dynamo: new DynamoDBClient({ maxAttempts: 5 }),
    streams: new DynamoDBStreamsClient({ maxAttempts: 5 }),
    lambda: new LambdaClient(),
    cloudWatch: new CloudWatchClient(),
  };
};

/** `local`: what `npm start` runs on this machine. Any other: in the account of your AWS credentials. Throws a Problem. */
export const connect = async (name: string): Promise<Stage> => {
  if (name !== 'local') return deployedStage(name);
  const { awsEndpointUrl, stage, outputs } = await readLocalFile();
  return emulatorStage(stage, awsEndpointUrl, outputs);
};
