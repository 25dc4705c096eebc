import { anonymousPrincipal, runSimulation } from '@cloud-copilot/iam-simulate';
import { ACCOUNT, found, ofKind } from './deployed.ts';
import type { DeployedResource } from './deployed.ts';

/** Evaluates requests against the policies of a deployed stage as AWS does, with a third-party evaluator. */
export interface Call {
  /** A service (`events.amazonaws.com`), the ARN of a role or an account's root, or `anonymous`. */
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** Condition keys of the request; aws:SecureTransport is true by default. */
  readonly context?: Readonly<Record<string, string>>;
}

export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: unknown;
  readonly Sid?: string;
}

type Loose = Record<string, any>;

/** A CloudFormation property that is one value or a list, as a list. */
export const listed = (value: unknown): readonly Loose[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as Loose[]) : [value as Loose];

/** The same with the values as text. */
export const listedText = (value: unknown): readonly string[] => listed(value).map(String);

const VERSION = '2012-10-17';

/** Statements of AWS managed policies, which CDK attaches by name. */
const MANAGED: Readonly<Record<string, readonly Statement[]>> = {
  // What it allows besides, on objects of S3 and on hooks, no deployment here uses.
  AWSCodeDeployRoleForLambdaLimited: [
    {
      Effect: 'Allow',
      Action: [
        'cloudwatch:DescribeAlarms',
        'lambda:UpdateAlias',
        'lambda:GetAlias',
        'lambda:GetProvisionedConcurrencyConfig',
      ],
      Resource: '*',
    },
  ],
  AWSLambdaBasicExecutionRole: [
    {
      Effect: 'Allow',
      Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: '*',
    },
  ],
  AmazonAPIGatewayPushToCloudWatchLogs: [
    {
      Effect: 'Allow',
      Action: [
        'logs:CreateLogGroup',
        'logs:CreateLogStream',
        'logs:DescribeLogGroups',
        'logs:DescribeLogStreams',
        'logs:PutLogEvents',
        'logs:GetLogEvents',
        'logs:FilterLogEvents',
      ],
      Resource: '*',
    },
  ],
};

const managed = (name: string): readonly Statement[] => {
  const statements = MANAGED[name.split('/').at(-1) ?? ''];
  if (statements === undefined)
    throw new Error(`${name}: say in ${import.meta.url} what this managed policy allows`);
  return statements;
};

const statementsIn = (document: unknown): readonly Statement[] =>
  listed((document as Loose | undefined)?.['Statement']) as readonly Statement[];

/** The statements of the identity policies of a role. */
export const identityStatements = (
  resources: readonly DeployedResource[],
  role: DeployedResource,
): readonly Statement[] => [
  ...listed(role.properties['Policies']).flatMap((inline) => statementsIn(inline['PolicyDocument'])),
  ...listedText(role.properties['ManagedPolicyArns']).flatMap(managed),
  ...['AWS::IAM::Policy', 'AWS::IAM::RolePolicy', 'AWS::IAM::ManagedPolicy'].flatMap((type) =>
    ofKind(resources, type)
      .filter(({ properties }) =>
        [...listedText(properties['Roles']), ...listedText(properties['RoleName'])].includes(role.ref),
      )
      .flatMap(({ properties }) => statementsIn(properties['PolicyDocument'])),
  ),
];

/** The statement that Lambda writes into the function's policy for a permission. */
const permissionStatement = (target: string, { id, properties }: DeployedResource): Statement => {
  const { Action, Principal, SourceArn, SourceAccount, PrincipalOrgID, ...rest } = properties;
  const unknown = Object.keys(rest).filter((key) => key !== 'FunctionName');
  if (unknown.length > 0)
    throw new Error(`${id}: ${unknown.join()} of a permission: teach it to ${import.meta.url}`);
  const principal = String(Principal);
  return {
    Sid: id,
    Effect: 'Allow',
    Principal: /\.amazonaws\.com$/.test(principal) ? { Service: principal } : { AWS: principal },
    Action: String(Action),
    Resource: target,
    Condition: {
      ...(SourceArn === undefined ? {} : { ArnLike: { 'AWS:SourceArn': String(SourceArn) } }),
      ...(SourceAccount === undefined && PrincipalOrgID === undefined
        ? {}
        : {
            StringEquals: {
              ...(SourceAccount === undefined ? {} : { 'AWS:SourceAccount': String(SourceAccount) }),
              ...(PrincipalOrgID === undefined ? {} : { 'aws:PrincipalOrgID': String(PrincipalOrgID) }),
            },
          }),
    },
  };
};

/** A policy resource replaces the whole policy of its target, so a second one would undo the first. */
const single = (policies: readonly DeployedResource[], of: string): readonly Statement[] => {
  if (policies.length > 1)
    throw new Error(
      `${of} has ${policies.length} policies, of which AWS keeps the last: ${policies.map(({ id }) => id).join(', ')}`,
    );
  return policies.flatMap(({ properties }) => statementsIn(properties['PolicyDocument']));
};

const naming = (
  resources: readonly DeployedResource[],
  type: string,
  property: string,
  values: readonly unknown[],
) =>
  ofKind(resources, type).filter(({ properties }) =>
    listed(properties[property]).some((each) => values.includes(each)),
  );

const busStatement = ({ properties }: DeployedResource): Statement => properties['Statement'] as Statement;

/** The statements of a resource policy, of function permissions or of a trust policy. */
export const resourceStatements = (
  resources: readonly DeployedResource[],
  resource: DeployedResource,
): readonly Statement[] => {
  const { type, ref, arn = '', properties } = resource;
  switch (type) {
    case 'AWS::Lambda::Alias':
    case 'AWS::Lambda::Function':
      return naming(resources, 'AWS::Lambda::Permission', 'FunctionName', [ref, arn]).map((permission) =>
        permissionStatement(arn, permission),
      );
    case 'AWS::SQS::Queue':
      return single(naming(resources, 'AWS::SQS::QueuePolicy', 'Queues', [ref]), ref);
    case 'AWS::S3::Bucket':
      return single(naming(resources, 'AWS::S3::BucketPolicy', 'Bucket', [ref]), ref);
    case 'AWS::SNS::Topic':
      return single(naming(resources, 'AWS::SNS::TopicPolicy', 'Topics', [ref]), ref);
    case 'AWS::SecretsManager::Secret':
      return naming(resources, 'AWS::SecretsManager::ResourcePolicy', 'SecretId', [ref]).flatMap(
        ({ properties: own }) => statementsIn(own['ResourcePolicy']),
      );
    case 'AWS::Events::EventBus':
      return [
        ...statementsIn(properties['Policy']),
        ...naming(resources, 'AWS::Events::EventBusPolicy', 'EventBusName', [ref]).map(busStatement),
      ];
    case 'AWS::Logs::LogGroup':
      return ofKind(resources, 'AWS::Logs::ResourcePolicy').flatMap(({ properties: own }) =>
        statementsIn(JSON.parse(String(own['PolicyDocument']))),
      );
    case 'AWS::IAM::Role':
      return statementsIn(properties['AssumeRolePolicyDocument']).map((statement) => ({ ...statement }));
    case 'AWS::KMS::Key':
      return statementsIn(properties['KeyPolicy']);
    case 'AWS::DynamoDB::Table':
      return statementsIn(properties['ResourcePolicy']?.PolicyDocument);
    default:
      return [];
  }
};

/** The resource whose policy applies to an ARN: the bucket of an object, the table of a stream, or the resource itself. */
export const ownerOf = (resources: readonly DeployedResource[], arn: string): DeployedResource | undefined =>
  resources.find(
    (resource) =>
      resource.arn !== undefined &&
      (resource.arn === arn ||
        arn.startsWith(`${resource.arn}/`) ||
        arn.startsWith(`${resource.arn}:log-stream:`)),
  );

export interface Decision {
  readonly allowed: boolean;
  /** `Allowed`, `ExplicitlyDenied` or `ImplicitlyDenied`. */
  readonly result: string;
}

const isRole = (principal: string) => principal.includes(':role/');

/** Evaluates against the policies in the templates, or against those in `instead` of the role and the resource. */
export const decide = async (
  resources: readonly DeployedResource[],
  { principal, action, resource, context = {} }: Call,
  instead: { readonly identity?: readonly Statement[]; readonly policy?: readonly Statement[] } = {},
): Promise<Decision> => {
  const own = resources.find(({ type, arn }) => type === 'AWS::IAM::Role' && arn === principal);
  const owner = ownerOf(resources, resource);
  const policy = instead.policy ?? (owner === undefined ? [] : resourceStatements(resources, owner));
  const identity = instead.identity ?? (own === undefined ? [] : identityStatements(resources, own));
  // Nothing that could allow it. Most questions of the audit are of this kind, and each evaluation takes milliseconds.
  if (policy.length === 0 && identity.length === 0) return { allowed: false, result: 'ImplicitlyDenied' };
  const answer = await runSimulation(
    {
      request: {
        principal: principal === 'anonymous' ? anonymousPrincipal : principal,
        action,
        resource: { resource, accountId: ACCOUNT },
        contextVariables: {
          'aws:SecureTransport': 'true',
          ...(isRole(principal) ? { 'aws:PrincipalArn': principal } : {}),
          ...context,
        },
      },
      identityPolicies:
        identity.length === 0 ? [] : [{ name: 'role', policy: { Version: VERSION, Statement: identity } }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(policy.length === 0 ? {} : { resourcePolicy: { Version: VERSION, Statement: policy } }),
    },
    {},
  );
  if (answer.resultType === 'error')
    throw new Error(`${principal} ${action} ${resource}: ${JSON.stringify(answer.errors)}`);
  return { allowed: answer.overallResult === 'Allowed', result: answer.overallResult };
};

/** The role of a function. */
export const roleOf = (
  resources: readonly DeployedResource[],
  { properties }: DeployedResource,
): DeployedResource => found(resources, 'AWS::IAM::Role', properties['Role']);
