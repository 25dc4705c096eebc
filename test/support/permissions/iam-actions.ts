/**
 * The IAM actions that an operation of an AWS service requires. They differ from operations: a batch of PartiQL statements
 * needs an action for each kind of statement, a transaction one for each kind of item, and reading a missing object needs
 * the permission to list. Source: the Service Authorization Reference.
 */
export interface AccessRequest {
  readonly action: string;
  /** The resource as in the call: a table name, a queue URL, `bucket/key` or an ARN. */
  readonly resource: string;
  /** Condition keys of the request that policies may check. */
  readonly conditions?: Readonly<Record<string, string>>;
}

type Input = Readonly<Record<string, any>>;

type Mapping = (input: Input) => readonly AccessRequest[];

const on =
  (action: string, property: string): Mapping =>
  (input) => [{ action, resource: String(input[property]) }];

/** An action without resource-level permissions. */
const everywhere =
  (action: string): Mapping =>
  () => [{ action, resource: '*' }];

/** `dynamodb:GetItem` on the table or its index. */
const table =
  (action: string): Mapping =>
  ({ TableName, IndexName }) => [
    {
      action: `dynamodb:${action}`,
      resource: IndexName === undefined ? String(TableName) : `${TableName}/index/${IndexName}`,
    },
  ];

const batch =
  (action: string): Mapping =>
  ({ RequestItems }) =>
    Object.keys(RequestItems as object).map((resource) => ({ action: `dynamodb:${action}`, resource }));

/** What DynamoDB checks on the new table of a restore, which it fills in the caller's name. */
export const RESTORED_TABLE_ACTIONS = [
  ...['BatchWriteItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'Scan', 'UpdateItem'],
] as const;

/** A restore needs its permission on the source and on the new table. */
const restored =
  (action: string, source: string): Mapping =>
  (input) => [
    { action: `dynamodb:${action}`, resource: String(input[source]) },
    ...[action, ...RESTORED_TABLE_ACTIONS].map((each) => ({
      action: `dynamodb:${each}`,
      resource: String(input['TargetTableName']),
    })),
  ];

const TRANSACTED: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
};

const transaction =
  (operation: string): Mapping =>
  ({ TransactItems }) =>
    (TransactItems as Input[]).flatMap((item) =>
      Object.entries(item).map(([kind, { TableName }]) => ({
        action: `dynamodb:${TRANSACTED[kind] ?? kind}`,
        resource: String(TableName),
        conditions: { 'dynamodb:EnclosingOperation': operation },
      })),
    );

const STATEMENT = /^\s*(SELECT|INSERT|UPDATE|DELETE|EXISTS)\b/i;
const TABLE_OF = /\b(?:FROM|INTO|UPDATE)\s+"?([\w.-]+)"?(?:\."([\w.-]+)")?/i;
const PARTIQL: Readonly<Record<string, string>> = {
  SELECT: 'PartiQLSelect',
  EXISTS: 'PartiQLSelect',
  INSERT: 'PartiQLInsert',
  UPDATE: 'PartiQLUpdate',
  DELETE: 'PartiQLDelete',
};

const statement = (text: string): AccessRequest => {
  const kind = (STATEMENT.exec(text)?.[1] ?? '').toUpperCase();
  const [, name = 'unknown', index] = TABLE_OF.exec(text) ?? [];
  return {
    action: `dynamodb:${PARTIQL[kind] ?? `unknown statement ${text.slice(0, 20)}`}`,
    resource: index === undefined ? name : `${name}/index/${index}`,
  };
};

const statements =
  (property: string): Mapping =>
  (input) =>
    (input[property] as Input[]).map(({ Statement }) => statement(String(Statement)));

/** The folder of an object's key: permissions are not narrower. */
const object = ({ Bucket, Key }: Input) => `${Bucket}/${String(Key).split('/')[0]}/*`;

/** Without s3:ListBucket a read of a missing object answers 403 instead of 404. */
const readObject: Mapping = (input) => [
  {
    action: input['VersionId'] === undefined ? 's3:GetObject' : 's3:GetObjectVersion',
    resource: object(input),
  },
  { action: 's3:ListBucket', resource: String(input['Bucket']) },
];

const onObject =
  (action: string): Mapping =>
  (input) => [{ action: `s3:${action}`, resource: object(input) }];

const queue = (action: string): Mapping => on(`sqs:${action}`, 'QueueUrl');

/** A shard iterator begins with the ARN of its stream. */
const streamOfIterator: Mapping = ({ ShardIterator }) => [
  { action: 'dynamodb:GetRecords', resource: String(ShardIterator).split('|')[0] ?? '' },
];

const events: Mapping = ({ Entries }) =>
  (Entries as Input[]).map(({ EventBusName, Source }) => ({
    action: 'events:PutEvents',
    resource: String(EventBusName),
    conditions: { 'events:source': String(Source) },
  }));

const MAPPINGS: Readonly<Record<string, Readonly<Record<string, Mapping>>>> = {
  DynamoDB: {
    GetItem: table('GetItem'),
    PutItem: table('PutItem'),
    UpdateItem: table('UpdateItem'),
    DeleteItem: table('DeleteItem'),
    Query: table('Query'),
    Scan: table('Scan'),
    DescribeTable: table('DescribeTable'),
    BatchGetItem: batch('BatchGetItem'),
    BatchWriteItem: batch('BatchWriteItem'),
    TransactGetItems: transaction('TransactGetItems'),
    TransactWriteItems: transaction('TransactWriteItems'),
    CreateTable: table('CreateTable'),
    UpdateTable: table('UpdateTable'),
    DescribeTimeToLive: table('DescribeTimeToLive'),
    UpdateTimeToLive: table('UpdateTimeToLive'),
    DescribeContinuousBackups: table('DescribeContinuousBackups'),
    UpdateContinuousBackups: table('UpdateContinuousBackups'),
    ListTagsOfResource: on('dynamodb:ListTagsOfResource', 'ResourceArn'),
    TagResource: on('dynamodb:TagResource', 'ResourceArn'),
    RestoreTableToPointInTime: restored('RestoreTableToPointInTime', 'SourceTableName'),
    RestoreTableFromBackup: restored('RestoreTableFromBackup', 'BackupArn'),
    ExecuteStatement: ({ Statement }) => [statement(String(Statement))],
    BatchExecuteStatement: statements('Statements'),
    ExecuteTransaction: statements('TransactStatements'),
  },
  'DynamoDB Streams': {
    ListStreams: () => [{ action: 'dynamodb:ListStreams', resource: '*' }],
    DescribeStream: on('dynamodb:DescribeStream', 'StreamArn'),
    GetShardIterator: on('dynamodb:GetShardIterator', 'StreamArn'),
    GetRecords: streamOfIterator,
  },
  S3: {
    GetObject: readObject,
    HeadObject: readObject,
    PutObject: onObject('PutObject'),
    DeleteObject: onObject('DeleteObject'),
    DeleteObjects: ({ Bucket, Delete }) =>
      (Delete.Objects as Input[]).flatMap(({ Key }) => onObject('DeleteObject')({ Bucket, Key })),
    ListObjectsV2: on('s3:ListBucket', 'Bucket'),
    HeadBucket: on('s3:ListBucket', 'Bucket'),
  },
  SQS: {
    SendMessage: queue('SendMessage'),
    SendMessageBatch: queue('SendMessage'),
    ReceiveMessage: queue('ReceiveMessage'),
    DeleteMessage: queue('DeleteMessage'),
    DeleteMessageBatch: queue('DeleteMessage'),
    ChangeMessageVisibility: queue('ChangeMessageVisibility'),
    ChangeMessageVisibilityBatch: queue('ChangeMessageVisibility'),
    GetQueueAttributes: queue('GetQueueAttributes'),
  },
  EventBridge: { PutEvents: events, DescribeEventBus: on('events:DescribeEventBus', 'Name') },
  'Secrets Manager': {
    GetSecretValue: on('secretsmanager:GetSecretValue', 'SecretId'),
    PutSecretValue: on('secretsmanager:PutSecretValue', 'SecretId'),
  },
  Lambda: {
    Invoke: on('lambda:InvokeFunction', 'FunctionName'),
    GetFunctionConfiguration: on('lambda:GetFunctionConfiguration', 'FunctionName'),
    GetAccountSettings: everywhere('lambda:GetAccountSettings'),
    ListLayers: everywhere('lambda:ListLayers'),
  },
  CloudFormation: {
    DescribeStacks: on('cloudformation:DescribeStacks', 'StackName'),
    ListStackResources: on('cloudformation:ListStackResources', 'StackName'),
  },
  CloudWatch: {
    GetMetricData: everywhere('cloudwatch:GetMetricData'),
    GetDashboard: on('cloudwatch:GetDashboard', 'DashboardName'),
  },
  'CloudWatch Logs': {
    DescribeLogGroups: on('logs:DescribeLogGroups', 'logGroupNamePrefix'),
    DescribeResourcePolicies: everywhere('logs:DescribeResourcePolicies'),
  },
  'API Gateway': { GetAccount: on('apigateway:GET', 'Account') },
  STS: { GetCallerIdentity: everywhere('sts:GetCallerIdentity') },
  SSM: { GetParameter: on('ssm:GetParameter', 'Name') },
  SNS: { GetTopicAttributes: on('sns:GetTopicAttributes', 'TopicArn') },
  IAM: { GetAccountSummary: everywhere('iam:GetAccountSummary') },
  ACM: { DescribeCertificate: on('acm:DescribeCertificate', 'CertificateArn') },
};

/** `service`: the name in the SDK (`client.config.serviceId`). An operation that is not mapped gets an `unmapped` action. */
export const accessRequests = (service: string, operation: string, input: Input): readonly AccessRequest[] =>
  MAPPINGS[service]?.[operation]?.(input) ?? [
    {
      action: `unmapped:${service}.${operation}`,
      resource: 'add it to test/support/permissions/iam-actions.ts',
    },
  ];
