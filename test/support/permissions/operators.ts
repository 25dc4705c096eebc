import { format } from 'prettier';
import { RESTORED_TABLE_ACTIONS, accessRequests } from './iam-actions.ts';

/** An SDK operation that an operator command sends, and the resources that it sends it to. */
interface Operation {
  readonly service: string;
  readonly operation: string;
  readonly on: readonly string[];
}

const STAGE = 'prod';
const state = `posthorn-${STAGE}-state`;
const service = `posthorn-${STAGE}-service`;

/** CloudFormation generates names from stack name, logical id and a suffix. */
const table = (id: string) => `arn:aws:dynamodb:*:*:table/${state}-${id}Table-*`;
const ALL_TABLES = ['Catalog', 'Messages', 'Deliveries', 'Control'];
/** S3 names are in lower case. */
const BUCKET = `arn:aws:s3:::${state}-payloadsbucket*`;
const QUEUES = `arn:aws:sqs:*:*:${service}-*`;
const STACKS = [state, service].map((name) => `arn:aws:cloudformation:*:*:stack/${name}/*`);
const streams = ['Catalog', 'Messages', 'Deliveries'].map((id) => `${table(id)}/stream/*`);

/** Actions without resource-level permissions: their statements name every resource. */
export const WITHOUT_RESOURCES: readonly string[] = [
  'cloudwatch:GetMetricData',
  'iam:GetAccountSummary',
  'lambda:GetAccountSettings',
  'lambda:ListLayers',
  'logs:DescribeResourcePolicies',
  'sts:GetCallerIdentity',
];

const calls = (name: string, operations: readonly string[], on: readonly string[]): Operation[] =>
  operations.map((operation) => ({ service: name, operation, on }));

/** Commands by name, with the folders and files that contain their SDK commands. */
export const OPERATORS: Readonly<
  Record<string, { readonly sources: readonly string[]; readonly calls: readonly Operation[] }>
> = {
  dlq: {
    sources: ['scripts/dlq', 'functions/platform/sqs', 'functions/platform/lambda/failure-log.dynamo.ts'],
    calls: [
      ...calls('CloudFormation', ['DescribeStacks'], STACKS),
      ...calls(
        'SQS',
        [
          'GetQueueAttributes',
          'ReceiveMessage',
          'DeleteMessageBatch',
          'ChangeMessageVisibilityBatch',
          'SendMessageBatch',
        ],
        [QUEUES],
      ),
      ...calls('DynamoDB', ['GetItem'], [table('Messages'), table('Deliveries'), table('Catalog')]),
      ...calls('DynamoDB', ['BatchGetItem', 'PutItem'], [table('Control')]),
      ...calls('DynamoDB Streams', ['GetShardIterator', 'GetRecords'], streams),
      ...calls(
        'Lambda',
        ['Invoke'],
        ['fan-out', 'project', 'announce'].map(
          (name) => `arn:aws:lambda:*:*:function:posthorn-${STAGE}-${name}`,
        ),
      ),
    ],
  },
  preflight: {
    sources: ['scripts/preflight'],
    calls: [
      ...calls('STS', ['GetCallerIdentity'], ['*']),
      ...calls('IAM', ['GetAccountSummary'], ['*']),
      ...calls('Lambda', ['GetAccountSettings', 'ListLayers'], ['*']),
      ...calls('CloudWatch Logs', ['DescribeResourcePolicies'], ['*']),
      ...calls('API Gateway', ['GetAccount'], ['arn:aws:apigateway:*::/account']),
      ...calls('SSM', ['GetParameter'], ['arn:aws:ssm:*:*:parameter/cdk-bootstrap/*']),
      ...calls('S3', ['HeadBucket'], ['arn:aws:s3:::cdk-*-assets-*']),
      ...calls('CloudFormation', ['DescribeStacks', 'ListStackResources'], STACKS),
      ...calls('Lambda', ['GetFunctionConfiguration'], [`arn:aws:lambda:*:*:function:posthorn-${STAGE}-*`]),
      ...calls('CloudWatch Logs', ['DescribeLogGroups'], ['arn:aws:logs:*:*:log-group:*']),
      ...calls('CloudWatch', ['GetDashboard'], [`arn:aws:cloudwatch::*:dashboard/posthorn-${STAGE}-*`]),
      ...calls('EventBridge', ['DescribeEventBus'], [`arn:aws:events:*:*:event-bus/posthorn-${STAGE}*`]),
      ...calls('SNS', ['GetTopicAttributes'], ['arn:aws:sns:*:*:*']),
      ...calls('ACM', ['DescribeCertificate'], ['arn:aws:acm:us-east-1:*:certificate/*']),
    ],
  },
  reconcile: {
    sources: [
      'scripts/reconcile',
      'functions/fan-out/reconcile',
      'scripts/dlq/queue-state.ts',
      'functions/platform/sqs',
    ],
    calls: [
      ...calls('CloudFormation', ['DescribeStacks'], STACKS),
      ...calls(
        'Lambda',
        ['GetFunctionConfiguration'],
        [`arn:aws:lambda:*:*:function:posthorn-${STAGE}-fan-out`],
      ),
      ...calls('CloudWatch', ['GetMetricData'], ['*']),
      ...calls('SQS', ['GetQueueAttributes'], [QUEUES]),
      ...calls('SQS', ['SendMessageBatch'], [`arn:aws:sqs:*:*:${service}-BulkDeliveryQueue-*`]),
      ...calls('DynamoDB', ['GetItem', 'BatchGetItem', 'Query', 'Scan'], ALL_TABLES.map(table)),
    ],
  },
  rebuild: {
    sources: ['scripts/rebuild', 'functions/read-models'],
    calls: [
      ...calls('CloudFormation', ['DescribeStacks'], STACKS),
      ...calls('DynamoDB', ['BatchGetItem', 'Query', 'Scan'], [table('Deliveries')]),
      ...calls(
        'DynamoDB',
        [
          ...[
            'BatchGetItem',
            'GetItem',
            'Query',
            'Scan',
            'PutItem',
            'UpdateItem',
            'DeleteItem',
            'BatchWriteItem',
          ],
          'BatchExecuteStatement',
        ],
        [table('Views')],
      ),
      ...calls('DynamoDB', ['GetItem', 'PutItem', 'BatchWriteItem'], [table('Control')]),
    ],
  },
  wipe: {
    sources: [
      'scripts/wipe',
      'functions/platform/dynamodb/segment-scan.ts',
      'functions/platform/dynamodb/batch-write.ts',
      'functions/platform/dynamodb/transact.ts',
      'functions/platform/dynamodb/update-row.ts',
    ],
    calls: [
      ...calls('CloudFormation', ['DescribeStacks'], STACKS),
      ...calls('DynamoDB', ['Scan', 'BatchWriteItem'], [...ALL_TABLES, 'Views'].map(table)),
      // Deleting applications, revoking tokens, the progress and the audit log.
      ...calls(
        'DynamoDB',
        ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'TransactWriteItems'],
        [table('Catalog'), table('Control')],
      ),
      ...calls('S3', ['ListObjectsV2'], [BUCKET]),
      ...calls('S3', ['DeleteObjects'], [`${BUCKET}/payloads/*`]),
    ],
  },
  restore: {
    sources: ['scripts/restore'],
    calls: [
      ...calls('CloudFormation', ['DescribeStacks'], STACKS),
      ...calls(
        'DynamoDB',
        ['DescribeTable', 'ListTagsOfResource', 'RestoreTableToPointInTime'],
        [...ALL_TABLES, 'Views'].map(table),
      ),
      ...calls(
        'DynamoDB',
        ['RestoreTableFromBackup'],
        [`${table('Messages').replace('Messages', '*')}/backup/*`],
      ),
      ...calls(
        'DynamoDB',
        [
          ...['CreateTable', 'DescribeTable', 'UpdateTable', 'TagResource'],
          ...['DescribeTimeToLive', 'UpdateTimeToLive'],
          ...['DescribeContinuousBackups', 'UpdateContinuousBackups'],
          ...['RestoreTableToPointInTime', 'RestoreTableFromBackup'],
          ...RESTORED_TABLE_ACTIONS,
        ],
        [`arn:aws:dynamodb:*:*:table/posthorn-${STAGE}-*`],
      ),
    ],
  },
  secrets: {
    sources: [
      'scripts/secrets',
      'functions/platform/dynamodb/segment-scan.ts',
      'functions/platform/dynamodb/update-row.ts',
    ],
    calls: [
      ...calls('CloudFormation', ['DescribeStacks'], STACKS),
      ...calls(
        'Secrets Manager',
        ['GetSecretValue', 'PutSecretValue'],
        ['arn:aws:secretsmanager:*:*:secret:JwtSecret*', 'arn:aws:secretsmanager:*:*:secret:MainSecret*'],
      ),
      ...calls(
        'DynamoDB',
        ['Scan', 'GetItem', 'PutItem', 'UpdateItem'],
        [table('Catalog'), table('Control')],
      ),
    ],
  },
  token: {
    sources: ['scripts/local/token.ts', 'scripts/local/revoke.ts'],
    calls: [
      // Catalog: the marks of revoked tokens.
      ...calls('DynamoDB', ['GetItem', 'PutItem', 'UpdateItem'], [table('Catalog')]),
      ...calls('CloudFormation', ['DescribeStacks'], STACKS),
      // CloudFormation generates secret names from the logical id and a suffix.
      ...calls('Secrets Manager', ['GetSecretValue'], ['arn:aws:secretsmanager:*:*:secret:JwtSecret*']),
    ],
  },
};

/** An input of an operation on `resource`, in the form of each operation. */
const inputFor = (resource: string) => ({
  ...{
    TableName: resource,
    QueueUrl: resource,
    SecretId: resource,
    FunctionName: resource,
    StackName: resource,
  },
  ...{ ResourceArn: resource, SourceTableName: resource, BackupArn: resource, TargetTableName: resource },
  ...{ Bucket: resource, Delete: { Objects: [{ Key: 'payloads/1' }] } },
  TransactItems: [{ ConditionCheck: { TableName: resource } }],
  ...{ StreamArn: resource, ShardIterator: resource, RequestItems: { [resource]: [] } },
  Statements: [{ Statement: `INSERT INTO "t" VALUE {}` }],
});

const actionOf = ({ service: name, operation }: Operation, resource: string): string =>
  accessRequests(name, operation, inputFor(resource))[0]?.action ?? 'none';

/** A policy document with one statement for each set of resources. */
export const policyOf = (name: string) => {
  const statements = new Map<string, { readonly actions: Set<string>; readonly on: readonly string[] }>();
  for (const operation of OPERATORS[name]?.calls ?? []) {
    const key = operation.on.join();
    const known = statements.get(key) ?? { actions: new Set<string>(), on: operation.on };
    known.actions.add(actionOf(operation, operation.on[0] ?? ''));
    statements.set(key, known);
  }
  return {
    Version: '2012-10-17',
    Statement: [...statements.values()].map(({ actions, on }) => ({
      Effect: 'Allow',
      Action: [...actions].sort(),
      Resource: [...on],
    })),
  };
};

const HEAD = `# Rights of operators

The permissions that each operator command needs on a deployed stage, as policy documents for the stage \`${STAGE}\`. Replace
the stage name by yours, and \`*\` by your account and region. Generated by \`test/infra/operators.test.ts\`, which fails if
a command sends an SDK operation that its document does not allow.
`;

/** docs/operator-permissions.md. */
export const operatorsPage = (): Promise<string> => {
  const sections = Object.keys(OPERATORS).map(
    (name) => `## npm run ${name}\n\n\`\`\`json\n${JSON.stringify(policyOf(name), null, 2)}\n\`\`\`\n`,
  );
  return format(`${HEAD}\n${sections.join('\n')}`, {
    parser: 'markdown',
    printWidth: 110,
    singleQuote: true,
  });
};
