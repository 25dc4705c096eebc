import { ACCOUNT, REGION, found, functionOf, invokedBy, ofKind } from './deployed.ts';
import type { DeployedResource } from './deployed.ts';
import { listed, listedText, roleOf } from './policies.ts';
import type { Call } from './policies.ts';

/** A call that AWS makes on behalf of a resource of the templates. */
export interface Invoker {
  readonly what: string;
  readonly call: Call;
  /** The route, for calls by API Gateway. */
  readonly route?: Route;
}

/** `method`: ANY for all methods; `path`: that of the gateway, with its variables. */
export interface Route {
  readonly api: string;
  readonly stage: string;
  readonly method: string;
  readonly path: string;
}

type Resources = readonly DeployedResource[];

const GATEWAY = 'apigateway.amazonaws.com';
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Types that make no calls and are called only by functions, whose calls are recorded. */
const WITHOUT_CALLS = new Set([
  'AWS::ApiGateway::Deployment',
  'AWS::ApiGateway::GatewayResponse',
  'AWS::ApiGateway::Resource',
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Integration',
  'AWS::CDK::Metadata',
  'AWS::CloudFront::Function',
  'AWS::CloudFront::OriginAccessControl',
  'AWS::CloudFront::ResponseHeadersPolicy',
  'AWS::CloudWatch::Dashboard',
  'AWS::ApiGateway::BasePathMapping',
  'AWS::ApiGateway::DomainName',
  'AWS::ApiGatewayV2::ApiMapping',
  'AWS::ApiGatewayV2::DomainName',
  // Budgets mail by themselves.
  'AWS::Budgets::Budget',
  'AWS::CodeDeploy::Application',
  'AWS::DynamoDB::Table',
  ...[
    ...[
      'EIP',
      'InternetGateway',
      'NatGateway',
      'Route',
      'RouteTable',
      'SecurityGroup',
      'SecurityGroupIngress',
      'Subnet',
    ],
    ...['SubnetRouteTableAssociation', 'VPC', 'VPCEndpoint', 'VPCGatewayAttachment'],
  ].map((name) => `AWS::EC2::${name}`),
  'AWS::Events::EventBus',
  'AWS::KMS::Key',
  'AWS::Lambda::Alias',
  'AWS::Lambda::Version',
  'AWS::Logs::LogGroup',
  'AWS::Logs::MetricFilter',
  'AWS::S3::Bucket',
  'AWS::SecretsManager::Secret',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  // CloudFormation invokes its function with the permissions of the deploying principal.
  'Custom::PortalPage',
]);

/** Types of policies, which make no calls. */
const POLICIES = new Set([
  'AWS::Events::EventBusPolicy',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::IAM::RolePolicy',
  'AWS::Lambda::Permission',
  'AWS::Logs::ResourcePolicy',
  'AWS::S3::BucketPolicy',
  'AWS::SecretsManager::ResourcePolicy',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
]);

const source = (principal: string, sourceArn: string) => ({
  principal,
  context: { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': ACCOUNT },
});

/** The source ARN that API Gateway sends for a request by this route. */
export const routeSource = ({ api, stage, method, path }: Route): string =>
  `arn:aws:execute-api:${REGION}:${ACCOUNT}:${api}/${stage}/${method === '$default' ? method : `${method}${path}`}`;

/** The path of a request. API Gateway's documentation has the path of the route in source ARNs; both must be permitted. */
const asRequested = (path: string) =>
  path.replaceAll(/\{[^}]*\+\}/g, 'a/b').replaceAll(/\{[^}]*\}/g, 'app_1');

/** `others`: the methods of this path with routes of their own, which ANY does not include. */
const routed = (route: Route, target: string, others: readonly string[]): Invoker[] => {
  const methods =
    route.method === 'ANY' ? METHODS.filter((method) => !others.includes(method)) : [route.method];
  const paths = new Set([route.path, asRequested(route.path)]);
  return methods.flatMap((method) =>
    [...paths].map((path) => ({
      what: `${`${method} ${path}`.trim()} of ${`${route.method} ${route.path}`.trim()}`,
      route,
      call: {
        action: 'lambda:InvokeFunction',
        resource: target,
        ...source(GATEWAY, routeSource({ ...route, method, path })),
      },
    })),
  );
};

const withoutRole = (id: string, credentials: unknown) => {
  if (credentials !== undefined)
    throw new Error(`${id} invokes with a role of its own, which ${import.meta.url} does not support yet`);
};

const httpRoute = (resources: Resources, { id, properties }: DeployedResource): Invoker[] => {
  const integration = found(
    resources,
    'AWS::ApiGatewayV2::Integration',
    String(properties['Target']).replace('integrations/', ''),
  ).properties;
  withoutRole(id, integration['CredentialsArn']);
  const [method = '', path = ''] = String(properties['RouteKey']).split(' ');
  const target = invokedBy(resources, integration['IntegrationUri']);
  const others = ofKind(resources, 'AWS::ApiGatewayV2::Route')
    .filter((other) => other.properties['ApiId'] === properties['ApiId'])
    .map((other) => String(other.properties['RouteKey']).split(' '))
    .filter(([, otherPath]) => otherPath === path)
    .map(([other = '']) => other);
  return ofKind(resources, 'AWS::ApiGatewayV2::Stage')
    .filter((stage) => stage.properties['ApiId'] === properties['ApiId'])
    .flatMap((stage) =>
      routed(
        { api: String(properties['ApiId']), stage: String(stage.properties['StageName']), method, path },
        target,
        others,
      ),
    );
};

const restPath = (resources: Resources, resourceId: unknown): string => {
  if (resourceId === 'root') return '';
  const { properties } = found(resources, 'AWS::ApiGateway::Resource', resourceId);
  return `${restPath(resources, properties['ParentId'])}/${String(properties['PathPart'])}`;
};

const restMethod = (resources: Resources, { id, properties }: DeployedResource): Invoker[] => {
  const { Integration, HttpMethod, ResourceId, RestApiId } = properties;
  withoutRole(id, Integration.Credentials);
  const path = restPath(resources, ResourceId) || '/';
  const target = invokedBy(resources, Integration.Uri);
  const others = ofKind(resources, 'AWS::ApiGateway::Method')
    .filter(
      (other) => other.properties['ResourceId'] === ResourceId && other.properties['RestApiId'] === RestApiId,
    )
    .map((other) => String(other.properties['HttpMethod']));
  return ofKind(resources, 'AWS::ApiGateway::Stage')
    .filter((stage) => stage.properties['RestApiId'] === RestApiId)
    .flatMap((stage) =>
      routed({ api: String(RestApiId), stage: stage.ref, method: String(HttpMethod), path }, target, others),
    );
};

const EVENTS = 'events.amazonaws.com';
const INVOKES: Readonly<Record<string, string>> = {
  lambda: 'lambda:InvokeFunction',
  sqs: 'sqs:SendMessage',
  sns: 'sns:Publish',
};

const rule = (_: Resources, { id, arn = '', properties }: DeployedResource): Invoker[] =>
  listed(properties['Targets']).flatMap((target) => {
    withoutRole(id, target['RoleArn']);
    const sends = [
      String(target['Arn']),
      ...listed(target['DeadLetterConfig']).map((deadLetterQueue) => String(deadLetterQueue['Arn'])),
    ];
    return sends.map((resource): Invoker => {
      const action = INVOKES[resource.split(':')[2] ?? ''];
      if (action === undefined)
        throw new Error(`${id} targets ${resource}, which ${import.meta.url} does not support yet`);
      return { what: `rule ${id} to ${resource}`, call: { action, resource, ...source(EVENTS, arn) } };
    });
  });

/** The calls that Lambda makes with the function's role to poll its source (as in AWSLambdaSQSQueueExecutionRole). */
const POLLS: Readonly<Record<string, readonly string[]>> = {
  sqs: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
  dynamodb: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
};

const mapping = (resources: Resources, { id, properties }: DeployedResource): Invoker[] => {
  const worker = functionOf(resources, properties['FunctionName']);
  const principal = roleOf(resources, worker).arn ?? '';
  const from = String(properties['EventSourceArn']);
  const service = from.split(':')[2] ?? '';
  const polls = POLLS[service];
  if (polls === undefined)
    throw new Error(`${id} reads ${from}, which ${import.meta.url} does not support yet`);
  const failures = listed(properties['DestinationConfig']?.OnFailure).map((failure) =>
    String(failure['Destination']),
  );
  const calls = [
    ...polls.map((action) => ({ action, resource: from })),
    ...(service === 'dynamodb' ? [{ action: 'dynamodb:ListStreams', resource: '*' }] : []),
    ...failures.map((resource) => ({
      action: INVOKES[resource.split(':')[2] ?? ''] ?? `failure to ${resource}`,
      resource,
    })),
  ];
  return calls.map((call) => ({
    what: `mapping ${id}: ${call.action} on ${call.resource}`,
    call: { principal, ...call },
  }));
};

/** Without resource-level permissions. */
const traces = (worker: DeployedResource, role: string): Invoker[] =>
  worker.properties['TracingConfig']?.Mode === 'Active'
    ? ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'].map((action) => ({
        what: `traces of ${worker.id}: ${action}`,
        call: { principal: role, action, resource: '*' },
      }))
    : [];

const NETWORK_ACTIONS = [
  ...['AssignPrivateIpAddresses', 'CreateNetworkInterface', 'DeleteNetworkInterface'],
  ...['DescribeNetworkInterfaces', 'DescribeSubnets', 'UnassignPrivateIpAddresses'],
];

/** Lambda makes network interfaces with the role of a function in a VPC (as in AWSLambdaVPCAccessExecutionRole). */
const network = (worker: DeployedResource, role: string): Invoker[] =>
  worker.properties['VpcConfig'] === undefined
    ? []
    : NETWORK_ACTIONS.map((name) => ({
        what: `network of ${worker.id}: ${name}`,
        call: { principal: role, action: `ec2:${name}`, resource: '*' },
      }));

/** Lambda assumes the function's role and writes its log and its traces with it. */
const lambda = (resources: Resources, worker: DeployedResource): Invoker[] => {
  const role = roleOf(resources, worker).arn ?? '';
  const group =
    found(resources, 'AWS::Logs::LogGroup', worker.properties['LoggingConfig'].LogGroup).arn ?? '';
  return [
    {
      what: `Lambda assumes the role of ${worker.id}`,
      call: { principal: 'lambda.amazonaws.com', action: 'sts:AssumeRole', resource: role },
    },
    ...['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({
      what: `log of ${worker.id}: ${action}`,
      call: { principal: role, action, resource: `${group}:log-stream:2026/01/01/[$LATEST]1` },
    })),
    ...traces(worker, role),
    ...network(worker, role),
  ];
};

/** The role of the account for logs of REST APIs. */
const gatewayAccount = (resources: Resources, { id, properties }: DeployedResource): Invoker[] => {
  const role = found(resources, 'AWS::IAM::Role', properties['CloudWatchRoleArn']).arn ?? '';
  const groups = ofKind(resources, 'AWS::ApiGateway::Stage').flatMap(({ properties: stage }) =>
    stage['AccessLogSetting'] === undefined
      ? []
      : [String(stage['AccessLogSetting'].DestinationArn).replace(/:\*$/, '')],
  );
  return [
    {
      what: `API Gateway assumes the role of ${id}`,
      call: { principal: GATEWAY, action: 'sts:AssumeRole', resource: role },
    },
    ...groups.flatMap((group) =>
      ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({
        what: `access log of REST APIs: ${action} on ${group}`,
        call: { principal: role, action, resource: `${group}:log-stream:1` },
      })),
    ),
  ];
};

/** A REST API writes logs with the role of the account only; CloudFormation refuses its stage without one. */
const restStage = (resources: Resources, { id, properties }: DeployedResource): Invoker[] => {
  if (
    properties['AccessLogSetting'] !== undefined &&
    ofKind(resources, 'AWS::ApiGateway::Account').length === 0
  )
    throw new Error(
      `${id} writes an access log, but no AWS::ApiGateway::Account gives API Gateway a role for it`,
    );
  return [];
};

const isHere = (resources: Resources, arn: string) => resources.some((resource) => resource.arn === arn);

/** Alarms publish to topics. Only topics of the stage are checked; the owner permits others (docs/permissions.md). */
const alarm = (resources: Resources, { id, arn = '', properties }: DeployedResource): Invoker[] =>
  ['AlarmActions', 'OKActions', 'InsufficientDataActions']
    .flatMap((kind) => listedText(properties[kind]))
    .filter((topic) => isHere(resources, topic))
    .map((topic) => ({
      what: `alarm ${id} to ${topic}`,
      call: { action: 'sns:Publish', resource: topic, ...source('cloudwatch.amazonaws.com', arn) },
    }));

/** Redrive within an account needs no policy, but the dead-letter queue may refuse the source queue. */
const queue = (resources: Resources, { id, arn = '', properties }: DeployedResource): Invoker[] => {
  const target = properties['RedrivePolicy']?.deadLetterTargetArn;
  if (target === undefined) return [];
  const allow = found(resources, 'AWS::SQS::Queue', target).properties['RedriveAllowPolicy'];
  const open = allow === undefined || allow.redrivePermission === 'allowAll';
  if (!open && !listedText(allow.sourceQueueArns).includes(arn))
    throw new Error(`${id} may not use ${String(target)} as its dead-letter queue`);
  return [];
};

const noCalls = (): Invoker[] => [];

const CLOUDFRONT = 'cloudfront.amazonaws.com';

/** CloudFront reads files of buckets, and lists them, so that S3 answers 404 for a missing file. */
const distribution = (resources: Resources, { id, arn = '', properties }: DeployedResource): Invoker[] => {
  const hosts = listed(properties['DistributionConfig'].Origins).map((each) => String(each['DomainName']));
  return ofKind(resources, 'AWS::S3::Bucket')
    .filter(({ ref }) => hosts.some((host) => host.startsWith(`${ref}.s3.`)))
    .flatMap(({ arn: bucket = '' }) => [
      { action: 's3:GetObject', resource: `${bucket}/index.html` },
      { action: 's3:ListBucket', resource: bucket },
    ])
    .map((call) => ({
      what: `distribution ${id}: ${call.action}`,
      call: { ...call, ...source(CLOUDFRONT, arn) },
    }));
};

/** CodeDeploy reads alarms and moves aliases with the role of the group. */
const deploymentGroup = (resources: Resources, { id, properties }: DeployedResource): Invoker[] => {
  const role = found(resources, 'AWS::IAM::Role', properties['ServiceRoleArn']).arn ?? '';
  const aliases = ofKind(resources, 'AWS::Lambda::Alias').map(({ arn = '' }) => arn);
  // And GetProvisionedConcurrencyConfig, whose type of resource is ambiguous to the evaluator.
  const actions = ['lambda:GetAlias', 'lambda:UpdateAlias'];
  return [
    {
      what: `CodeDeploy assumes the role of ${id}`,
      call: { principal: 'codedeploy.amazonaws.com', action: 'sts:AssumeRole', resource: role },
    },
    {
      what: `alarms of ${id}`,
      call: { principal: role, action: 'cloudwatch:DescribeAlarms', resource: '*' },
    },
    ...actions.flatMap((action) =>
      aliases.map((resource) => ({
        what: `${id}: ${action} of ${resource}`,
        call: { principal: role, action, resource },
      })),
    ),
  ];
};

const CALLERS: Readonly<Record<string, (resources: Resources, resource: DeployedResource) => Invoker[]>> = {
  'AWS::ApiGateway::Account': gatewayAccount,
  'AWS::ApiGateway::Method': restMethod,
  'AWS::ApiGateway::Stage': restStage,
  'AWS::ApiGatewayV2::Route': httpRoute,
  // API Gateway itself writes the policy for its access log, with the permissions of the deploying principal.
  'AWS::ApiGatewayV2::Stage': noCalls,
  'AWS::CloudFront::Distribution': distribution,
  'AWS::CloudWatch::Alarm': alarm,
  'AWS::CodeDeploy::DeploymentGroup': deploymentGroup,
  'AWS::Events::Rule': rule,
  'AWS::Lambda::EventSourceMapping': mapping,
  'AWS::Lambda::Function': lambda,
  'AWS::SQS::Queue': queue,
};

/** Every call that AWS makes on behalf of the resources. Throws for a resource type that it does not know. */
export const invokersOf = (resources: Resources): readonly Invoker[] =>
  resources.flatMap((resource) => {
    if (WITHOUT_CALLS.has(resource.type) || POLICIES.has(resource.type)) return [];
    const caller = CALLERS[resource.type];
    if (caller === undefined)
      throw new Error(
        `${resource.type} (${resource.id}): add it to CALLERS or WITHOUT_CALLS in ${import.meta.url}`,
      );
    return caller(resources, resource);
  });

const glob = (pattern: string) =>
  new RegExp(`^${pattern.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/\\\{[^}]*\}/g, '.*')}$`);

/** Whether source ARNs of `narrow` are also source ARNs of `wide`, a route of the same API. */
const covers = (wide: Route, narrow: Route): boolean =>
  wide.api === narrow.api &&
  wide.stage === narrow.stage &&
  (wide.method === 'ANY' || wide.method === narrow.method) &&
  glob(wide.path).test(narrow.path);

const OTHER_ACCOUNT = '999988887777';

/** What requests, queues and rules can invoke. */
export const INVOKED = ['AWS::Lambda::Function', 'AWS::Lambda::Alias'];

/** Calls that must be denied: variations of permitted calls, and calls by principals without a permission. */
export const intruders = (resources: Resources, invokers: readonly Invoker[]): readonly Invoker[] => [
  ...invokers.filter(({ call }) => call.context !== undefined).flatMap(variations),
  ...INVOKED.flatMap((type) => ofKind(resources, type)).flatMap(({ arn = '' }) => crossing(arn, invokers)),
  ...resources.flatMap(byOutsiders),
];

const variations = ({ what, call, route }: Invoker): Invoker[] => {
  const from = call.context?.['aws:SourceArn'] ?? '';
  const one = (how: string, change: Partial<Call>): Invoker => ({
    what: `${what}: ${how}`,
    call: { ...call, ...change },
  });
  const by = (how: string, sourceArn: string, account = ACCOUNT) =>
    one(how, { context: { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': account } });
  const last = from.slice(from.lastIndexOf(':') + 1);
  const before = from.slice(0, from.lastIndexOf(':') + 1);
  return [
    by('from another account', from.replace(ACCOUNT, OTHER_ACCOUNT), OTHER_ACCOUNT),
    // CloudFront is in no region.
    ...(from.includes(REGION) ? [by('from another region', from.replace(REGION, 'us-east-1'))] : []),
    by(
      'from another API, rule, alarm or distribution',
      `${before}${last.replace(/^(rule\/|alarm:|distribution\/)?[^/]*/, '$1other')}`,
    ),
    one('without a source', { context: {} }),
    one('by another service', { principal: 's3.amazonaws.com' }),
    ...(route === undefined
      ? []
      : [
          by('from another stage', `${before}${last.replace(`/${route.stage}/`, '/other/')}`),
          by(
            'by the test feature of the console',
            `${before}${last.replace(`/${route.stage}/`, '/test-invoke-stage/')}`,
          ),
        ]),
  ];
};

/** Invocations of the function with source ARNs that belong to other functions. */
const crossing = (target: string, invokers: readonly Invoker[]): Invoker[] => {
  const invoking = invokers.filter(({ call }) => call.action === 'lambda:InvokeFunction');
  const own = invoking.filter(({ call }) => call.resource === target);
  return invoking
    .filter(({ call, route }) => {
      if (call.resource === target) return false;
      return !own.some(
        (each) => route !== undefined && each.route !== undefined && covers(each.route, route),
      );
    })
    .map(({ what, call }) => ({ what: `${what} to ${target}`, call: { ...call, resource: target } }));
};

/** The actions that an attacker would try, by resource type. */
const ATTEMPTED_ACTIONS: Readonly<Record<string, readonly [actions: readonly string[], within?: string]>> = {
  'AWS::DynamoDB::Table': [['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query']],
  'AWS::Events::EventBus': [['events:PutEvents']],
  'AWS::IAM::Role': [['sts:AssumeRole']],
  'AWS::Lambda::Alias': [['lambda:InvokeFunction', 'lambda:UpdateAlias']],
  'AWS::Lambda::Function': [['lambda:InvokeFunction', 'lambda:UpdateFunctionCode']],
  'AWS::S3::Bucket': [['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], '/payloads/1'],
  'AWS::SecretsManager::Secret': [['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue']],
  'AWS::SNS::Topic': [['sns:Publish', 'sns:Subscribe']],
  'AWS::SQS::Queue': [['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:PurgeQueue']],
};

const byOutsiders = ({ type, id, arn = '' }: DeployedResource): Invoker[] => {
  const [actions, within = ''] = ATTEMPTED_ACTIONS[type] ?? [[]];
  const principals = [
    'anonymous',
    `arn:aws:iam::${OTHER_ACCOUNT}:root`,
    `arn:aws:iam::${OTHER_ACCOUNT}:role/anyone`,
    // A role of this account without a policy: allowed only what the resource policy grants.
    `arn:aws:iam::${ACCOUNT}:role/anyone`,
    ...(type === 'AWS::IAM::Role'
      ? ['ec2.amazonaws.com']
      : [GATEWAY, EVENTS, CLOUDFRONT, 's3.amazonaws.com', 'sns.amazonaws.com']),
  ];
  return principals.flatMap((principal) =>
    actions
      .filter((action) => principal !== 'anonymous' || action !== 'sts:AssumeRole')
      .map((action) => ({
        what: `${principal}: ${action} on ${id}`,
        call: { principal, action, resource: `${arn}${within}` },
      })),
  );
};

/** Calls without TLS to queues and buckets, which must be denied even to principals with all permissions. */
export const unencrypted = (resources: Resources): readonly Invoker[] =>
  resources
    .filter(({ type }) => type === 'AWS::SQS::Queue' || type === 'AWS::S3::Bucket')
    .flatMap(({ type, id, arn = '' }) => {
      const [actions, within = ''] = ATTEMPTED_ACTIONS[type] ?? [[]];
      return actions.map((action) => ({
        what: `${action} on ${id} without TLS`,
        call: {
          principal: `arn:aws:iam::${ACCOUNT}:role/anyone`,
          action,
          resource: `${arn}${within}`,
          context: { 'aws:SecureTransport': 'false' },
        },
      }));
    });
