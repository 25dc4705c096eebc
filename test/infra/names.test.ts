import { describe, expect, it } from 'vitest';
import { parseStage } from '../../lib/config.ts';
import { SHAPES, SHAPE_CONFIGS } from './shapes.ts';
import type { Resource, Synthesized } from './synth.ts';
import { all, ofType, synthOf } from './synth.ts';

/** Where a physical name must be unique; `none` if it is a label or a name within its parent. */
type Scope = 'account' | 'region' | 'none';
interface Naming {
  /** The property that sets the name, with dots between its levels; undefined if the type has none. */
  readonly property?: string;
  readonly scope: Scope;
  /** Why the name is set; absent if it is generated. */
  readonly fixed?: string;
}

const part: Naming = { scope: 'none' };

const NAMING: Readonly<Record<string, Naming>> = {
  'AWS::ApiGateway::Account': part,
  'AWS::ApiGateway::BasePathMapping': part,
  'AWS::ApiGateway::DomainName': part,
  'AWS::ApiGateway::Deployment': part,
  'AWS::ApiGateway::GatewayResponse': part,
  'AWS::ApiGateway::Method': part,
  'AWS::ApiGateway::Resource': part,
  'AWS::ApiGateway::RestApi': { property: 'Name', scope: 'none', fixed: 'a label in the console' },
  'AWS::ApiGateway::Stage': {
    property: 'StageName',
    scope: 'none',
    fixed: 'part of the URL, within its API',
  },
  'AWS::ApiGatewayV2::Api': { property: 'Name', scope: 'none', fixed: 'a label in the console' },
  'AWS::ApiGatewayV2::ApiMapping': part,
  'AWS::ApiGatewayV2::DomainName': part,
  'AWS::ApiGatewayV2::Integration': part,
  'AWS::ApiGatewayV2::Route': part,
  'AWS::ApiGatewayV2::Stage': {
    property: 'StageName',
    scope: 'none',
    fixed: 'no part of the URL, within its API',
  },
  'AWS::Budgets::Budget': { property: 'Budget.BudgetName', scope: 'account' },
  'AWS::CloudFront::Distribution': part,
  'AWS::CloudFront::Function': { property: 'Name', scope: 'account', fixed: 'required' },
  'AWS::CloudFront::OriginAccessControl': {
    property: 'OriginAccessControlConfig.Name',
    scope: 'account',
    fixed: 'required',
  },
  'AWS::CloudFront::ResponseHeadersPolicy': {
    property: 'ResponseHeadersPolicyConfig.Name',
    scope: 'account',
    fixed: 'required',
  },
  'AWS::CloudWatch::Alarm': { property: 'AlarmName', scope: 'region' },
  'AWS::CloudWatch::Dashboard': {
    property: 'DashboardName',
    scope: 'account',
    fixed: 'operators search for it',
  },
  'AWS::CodeDeploy::Application': { property: 'ApplicationName', scope: 'region' },
  'AWS::CodeDeploy::DeploymentGroup': { property: 'DeploymentGroupName', scope: 'region' },
  'AWS::DynamoDB::Table': { property: 'TableName', scope: 'region' },
  'AWS::EC2::EIP': part,
  'AWS::EC2::InternetGateway': part,
  'AWS::EC2::NatGateway': part,
  'AWS::EC2::Route': part,
  'AWS::EC2::RouteTable': part,
  'AWS::EC2::SecurityGroup': { property: 'GroupName', scope: 'region' },
  'AWS::EC2::SecurityGroupIngress': part,
  'AWS::EC2::Subnet': part,
  'AWS::EC2::SubnetRouteTableAssociation': part,
  'AWS::EC2::VPC': part,
  'AWS::EC2::VPCEndpoint': part,
  'AWS::EC2::VPCGatewayAttachment': part,
  'AWS::KMS::Key': part,
  'AWS::Events::EventBus': {
    property: 'Name',
    scope: 'region',
    fixed: 'required, and rules of customers refer to it',
  },
  'AWS::Events::EventBusPolicy': { property: 'StatementId', scope: 'none', fixed: 'within its bus' },
  'AWS::Events::Rule': { property: 'Name', scope: 'region', fixed: 'alarms on the rule of a bus need it' },
  'AWS::IAM::Policy': { property: 'PolicyName', scope: 'none', fixed: 'inline, within its role' },
  'AWS::IAM::Role': { property: 'RoleName', scope: 'account' },
  'AWS::Lambda::Alias': { property: 'Name', scope: 'none', fixed: 'within its function' },
  'AWS::Lambda::EventSourceMapping': part,
  'AWS::Lambda::Function': {
    property: 'FunctionName',
    scope: 'region',
    fixed: 'its log group is known before it',
  },
  'AWS::Lambda::Permission': part,
  'AWS::Lambda::Version': part,
  'AWS::Logs::MetricFilter': part,
  'AWS::Logs::LogGroup': {
    property: 'LogGroupName',
    scope: 'region',
    fixed: 'emulators ignore other log groups',
  },
  'AWS::S3::Bucket': { property: 'BucketName', scope: 'account' },
  'AWS::S3::BucketPolicy': part,
  'AWS::SNS::Subscription': part,
  'AWS::SNS::Topic': { property: 'TopicName', scope: 'region' },
  'AWS::SNS::TopicPolicy': part,
  'AWS::SQS::Queue': { property: 'QueueName', scope: 'region' },
  'AWS::SQS::QueuePolicy': part,
  'AWS::SecretsManager::Secret': { property: 'Name', scope: 'region' },
  'Custom::PortalPage': part,
};

const namingOf = ({ Type }: Resource): Naming => {
  const naming = NAMING[Type];
  if (naming === undefined)
    throw new Error(`Add ${Type} to NAMING: how it is named, and where the name must be unique`);
  return naming;
};

const fixedName = (resource: Resource): unknown => {
  const { property } = namingOf(resource);
  if (property === undefined) return undefined;
  return property
    .split('.')
    .reduce<unknown>(
      (value, step) => (value as Record<string, unknown> | undefined)?.[step],
      resource.Properties,
    );
};

/** A name as deployed to a region. Throws for intrinsic functions that it does not know. */
const nameIn = (region: string, name: any): string => {
  if (typeof name === 'string') return name;
  if (name.Ref === 'AWS::Region') return region;
  const joined = name['Fn::Join'] as [string, unknown[]] | undefined;
  if (joined === undefined) throw new Error(`A name of unknown form: ${JSON.stringify(name)}`);
  return joined[1].map((each) => nameIn(region, each)).join(joined[0]);
};

/** Type and name of resources with a fixed name that must be unique in one of the scopes. */
const fixedNames = (stage: Synthesized, region: string, scopes: readonly Scope[]): string[] =>
  all(stage)
    .filter((resource) => scopes.includes(namingOf(resource).scope))
    .flatMap((resource) => {
      const name = fixedName(resource);
      return name === undefined ? [] : [`${resource.Type} ${nameIn(region, name)}`];
    });

const stageCalled = (name: string) =>
  synthOf(
    parseStage(name, JSON.stringify({ target: 'aws', keepState: true, api: { http: true, rest: true } })),
  );

const common = (some: readonly string[], others: readonly string[]) =>
  some.filter((one) => others.includes(one));

describe.each(Object.entries(SHAPES))('the stage shape "%s"', (shape, synthesize) => {
  const stage = synthesize();

  it('has no fixed name without a reason', () => {
    const fixed = all(stage).filter((resource) => fixedName(resource) !== undefined);
    expect(fixed.filter((resource) => namingOf(resource).fixed === undefined)).toEqual([]);
    for (const name of fixedNames(stage, 'eu-west-1', ['account', 'region']))
      expect(name).toContain(`posthorn-${SHAPE_CONFIGS[shape]!.name}-`);
  });

  it('can be deployed again after a destroy: no retained resource has a fixed name', () => {
    const retained = all(stage).filter(({ DeletionPolicy }) => DeletionPolicy === 'Retain');
    expect(retained.length).toBeGreaterThan(0);
    expect(retained.filter((resource) => fixedName(resource) !== undefined)).toEqual([]);
  });

  it('can be destroyed: buckets are retained, since they may hold objects, or are emptied before', () => {
    for (const [, { DeletionPolicy }] of ofType(stage.state, 'AWS::S3::Bucket'))
      expect(DeletionPolicy).toBe('Retain');
    const buckets = ofType(stage.service, 'AWS::S3::Bucket').map(([id]) => id);
    const emptied = ofType(stage.service, 'Custom::PortalPage').flatMap(([, { DependsOn }]) => DependsOn);
    expect(emptied).toEqual(expect.arrayContaining(buckets));
  });

  it('does not create log groups again after a destroy: no function may create one', () => {
    expect(JSON.stringify(ofType(stage.service, 'AWS::IAM::Policy'))).not.toContain('logs:CreateLogGroup');
  });
});

describe('resource names do not collide', () => {
  it('for one stage in two regions of an account', () => {
    const stage = stageCalled('prod');
    const there = fixedNames(stage, 'us-east-1', ['account']);
    expect(there.sort()).toEqual([
      'AWS::CloudFront::Function posthorn-prod-portal-routes-us-east-1',
      'AWS::CloudFront::OriginAccessControl posthorn-prod-portal-bucket-us-east-1',
      'AWS::CloudFront::ResponseHeadersPolicy posthorn-prod-portal-api-headers-us-east-1',
      'AWS::CloudFront::ResponseHeadersPolicy posthorn-prod-portal-page-headers-us-east-1',
      'AWS::CloudWatch::Dashboard posthorn-prod-us-east-1',
    ]);
    expect(common(there, fixedNames(stage, 'eu-west-1', ['account']))).toEqual([]);
  });

  it.each([
    ['prod', 'staging'],
    ['a', 'a-fan-out'],
    ['a', 'a-deliver'],
    ['a', 'a-eu-west-1'],
    ['a', 'a-b'],
  ])('for the stages %s and %s in one region', (one, other) => {
    const scopes: Scope[] = ['account', 'region'];
    const [here, there] = [stageCalled(one), stageCalled(other)];
    expect(common(fixedNames(here, 'eu-west-1', scopes), fixedNames(there, 'eu-west-1', scopes))).toEqual([]);
    expect(common(Object.keys(here.templates), Object.keys(there.templates))).toEqual([]);
  });

  it('for any two stages: no function name is the suffix of another one after a hyphen', () => {
    const prefix = 'posthorn-prod-';
    const names = ofType(stageCalled('prod').service, 'AWS::Lambda::Function').map(([, { Properties }]) =>
      String(Properties.FunctionName).slice(prefix.length),
    );
    expect(names.filter((name) => names.some((other) => name.endsWith(`-${other}`)))).toEqual([]);
  });
});
