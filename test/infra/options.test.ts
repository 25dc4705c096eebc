import { describe, expect, it } from 'vitest';
import { parseStage } from '../../lib/config.ts';
import { committedCalls } from '../support/permissions/recordings.ts';
import { all, ofType, synth, target, textOf } from './synth.ts';

/** Stage options about what is around it: domain, addresses, key, budget, traces. */
const stageText = (more: object) => JSON.stringify({ target: 'aws', keepState: true, ...more });
const staged = (more: object) => synth('outside', { text: stageText(more) });

const DOMAIN = {
  name: 'hooks.example.com',
  certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/12345678-1234-1234-1234-123456789012',
};
const outputOf = (stage: ReturnType<typeof staged>, name: string) =>
  stage.templates['posthorn-outside-service']!.Outputs![name]?.Value;
const REST = { api: { http: false, rest: true } };

describe('a stage with a domain', () => {
  it('has an HTTP API that answers at the domain alone, and an output without a slash at its end', () => {
    const stage = staged({ domain: { ...DOMAIN, basePath: 'webhooks' } });
    expect(stage.service['HttpApi']!.Properties.DisableExecuteApiEndpoint).toBe(true);
    expect(stage.service['ApiDomainMapping']!.Properties).toMatchObject({ ApiMappingKey: 'webhooks' });
    expect(outputOf(stage, 'ApiUrl')).toBe('https://hooks.example.com/webhooks');
    const variables = stage.service['PublishFunction']!.Properties.Environment.Variables;
    expect(variables.API_BASE_PATH).toBe('/webhooks');
    expect(stage.violations).toEqual([]);
  });

  it('lets CloudFront reach the API by the domain, since the host name of API Gateway is disabled', () => {
    const stage = staged({ domain: { ...DOMAIN, basePath: 'webhooks' } });
    const { Origins } = stage.service['PortalDistribution']!.Properties.DistributionConfig;
    expect(Origins).toContainEqual(
      expect.objectContaining({ DomainName: 'hooks.example.com', OriginPath: '/webhooks' }),
    );
  });

  it('has a REST API whose paths lack the name of its stage', () => {
    const stage = staged({ ...REST, domain: DOMAIN });
    expect(stage.service['RestApi']!.Properties.DisableExecuteApiEndpoint).toBe(true);
    expect(stage.service['ApiDomainMapping']!.Properties.BasePath).toBeUndefined();
    expect(outputOf(stage, 'ApiUrl')).toBe('https://hooks.example.com');
  });

  it('leads to the HTTP API where there are both, and leaves the host name of the REST API', () => {
    const { service } = staged({ api: { http: true, rest: true }, domain: DOMAIN });
    expect(service['RestApi']!.Properties.DisableExecuteApiEndpoint).toBe(false);
    expect(ofType(service, 'AWS::ApiGateway::DomainName')).toEqual([]);
  });

  it('and without one, the URL of a REST API has no slash at its end, which would become two', () => {
    expect(JSON.stringify(outputOf(staged(REST), 'ApiUrl'))).toMatch(/\/prod"\]/);
  });

  it.each([
    [{ ...DOMAIN, basePath: 'api' }, 'must not be one of api'],
    [{ ...DOMAIN, basePath: 'a/b' }, 'must be one step of a path'],
    [{ ...DOMAIN, certificateArn: 'arn:aws:iam::1:x' }, 'must be the ARN of an ACM certificate'],
    [{ ...DOMAIN, name: 'Hooks.example.com' }, 'must be a full host name in lower case'],
    [{ ...DOMAIN, name: 'hooks' }, 'must be a full host name in lower case'],
    [{ name: DOMAIN.name }, 'domain.certificateArn'],
  ])('is refused: %j', (domain, message) => {
    expect(() => parseStage('x', stageText({ domain }))).toThrow(message);
  });

  it('is refused with a certificate of another region', () => {
    expect(() => parseStage('x', stageText({ region: 'us-east-1', domain: DOMAIN }))).toThrow(
      "must be a certificate in the stage's region us-east-1",
    );
  });
});

describe('a stage with static addresses', () => {
  const stage = staged({ egress: { natGateways: 2, interfaceEndpoints: true } });

  it('keeps them when a stack is deleted, and prints them', () => {
    const addresses = ofType(stage.state, 'AWS::EC2::EIP');
    expect(addresses.map(([id, { DeletionPolicy }]) => [id, DeletionPolicy])).toEqual([
      ['EgressAddress1', 'Retain'],
      ['EgressAddress2', 'Retain'],
    ]);
    expect(
      ofType(stage.state, 'AWS::EC2::NatGateway').map(([, { Properties }]) =>
        target(Properties.AllocationId),
      ),
    ).toEqual(['EgressAddress1', 'EgressAddress2']);
    expect(stage.outputs).toEqual(expect.arrayContaining(['EgressAddress1', 'EgressAddress2']));
  });

  it('sends webhooks and test attempts from them, and connects no other function', () => {
    const inside = ofType(stage.service, 'AWS::Lambda::Function').filter(
      ([, { Properties }]) => Properties.VpcConfig !== undefined,
    );
    const senders = inside.map(([id]) => id).filter((id) => /^(Deliver\w*|TestAttempt)Function$/.test(id));
    expect(senders).toEqual(inside.map(([id]) => id));
    expect(senders).toEqual(
      expect.arrayContaining([
        'DeliverFunction',
        'DeliverBulkFunction',
        'DeliverSlowFunction',
        'TestAttemptFunction',
      ]),
    );
  });

  it('reaches DynamoDB and S3 without the NAT gateways, and the other services if it says so', () => {
    const endpoints = (shape: typeof stage) =>
      ofType(shape.state, 'AWS::EC2::VPCEndpoint')
        .map(
          ([, { Properties }]) =>
            `${textOf(Properties.ServiceName).split('.').at(-1)} ${Properties.VpcEndpointType}`,
        )
        .sort();
    const free = ['dynamodb Gateway', 's3 Gateway'];
    expect(endpoints(staged({ egress: {} }))).toEqual(free);
    expect(endpoints(stage)).toEqual([...free, 'secretsmanager Interface', 'sqs Interface']);
  });

  it('has endpoints for exactly the services that the functions inside were recorded to call', () => {
    const called = committedCalls()
      .filter(({ function: name }) => /^(deliver|test-attempt)/.test(name))
      .map(({ action }) => action.split(':')[0]);
    expect([...new Set(called)].sort()).toEqual(['dynamodb', 's3', 'secretsmanager', 'sqs']);
  });

  it('leaves every private subnet a way out by a NAT gateway, also with a single one', () => {
    for (const [natGateways, gateways] of [
      [1, 1],
      [2, 2],
    ]) {
      const { state } = staged({ egress: { natGateways } });
      const routes = ofType(state, 'AWS::EC2::Route').filter(
        ([, { Properties }]) => Properties.NatGatewayId !== undefined,
      );
      expect(routes).toHaveLength(2);
      expect(new Set(routes.map(([, { Properties }]) => target(Properties.NatGatewayId))).size).toBe(
        gateways,
      );
    }
  });

  it.each(['172.99.0.0/16', '10.999.0.0/16', '10.83.16.0/16', '10.83.0.0/24', '100.64.0.0/16'])(
    'is refused with the range %s',
    (cidr) => {
      expect(() => parseStage('x', stageText({ egress: { cidr } }))).toThrow(
        'egress.cidr must be a private range',
      );
    },
  );

  it.each(['10.83.0.0/16', '172.31.16.0/20', '192.168.0.0/16'])('takes the range %s', (cidr) => {
    expect(parseStage('x', stageText({ egress: { cidr } })).egress?.cidr).toBe(cidr);
  });

  it('has security groups that let nothing in from outside of the network', () => {
    for (const [, { Properties }] of ofType(stage.state, 'AWS::EC2::SecurityGroup'))
      for (const rule of Properties.SecurityGroupIngress ?? []) expect(rule.CidrIp).not.toBe('0.0.0.0/0');
    expect(stage.violations).toEqual([]);
  });
});

describe('a stage with a key of its own', () => {
  const stage = staged({ customerManagedKey: true });
  const key = (value: unknown) => expect(JSON.stringify(value)).toContain('StateKey');

  it('encrypts every table, secret, payload and queue with it', () => {
    for (const [, { Properties }] of ofType(stage.state, 'AWS::DynamoDB::Table'))
      key(Properties.SSESpecification.KMSMasterKeyId);
    for (const [, { Properties }] of ofType(stage.state, 'AWS::SecretsManager::Secret'))
      key(Properties.KmsKeyId);
    for (const [, { Properties }] of ofType(stage.state, 'AWS::S3::Bucket')) key(Properties.BucketEncryption);
    for (const [, { Properties }] of ofType(stage.service, 'AWS::SQS::Queue')) {
      key(Properties.KmsMasterKeyId);
      expect(Properties.SqsManagedSseEnabled).toBeUndefined();
    }
  });

  it('lets every function use it that has a table, a queue or a secret, and no other', () => {
    const policies = ofType(stage.service, 'AWS::IAM::Policy').map(([, { Properties }]) => Properties);
    for (const [, { Properties }] of ofType(stage.service, 'AWS::Lambda::Function')) {
      const role = target(Properties.Role);
      const own = policies.filter(({ Roles }) => (Roles as unknown[]).map(target).includes(role));
      const uses = Object.keys(Properties.Environment.Variables as object).some((name) =>
        /_(TABLE|QUEUE_URL|SECRET_ARN)$/.test(name),
      );
      expect(JSON.stringify(own).includes('kms:GenerateDataKey')).toBe(uses);
    }
    expect(stage.violations).toEqual([]);
  });

  it('lets topics, and principals and rules of other accounts, encrypt what they may send', () => {
    const ingest = [
      {
        name: 'shop',
        organization: 'org_1',
        accounts: ['444455556666'],
        rules: ['arn:aws:events:eu-west-1:777788889999:rule/orders'],
        topics: ['arn:aws:sns:eu-west-1:444455556666:orders'],
      },
    ];
    const { state } = staged({ customerManagedKey: true, ingest });
    const statements = state['StateKey']!.Properties.KeyPolicy.Statement as Record<string, unknown>[];
    const ofSid = (sid: string) => statements.find(({ Sid }) => Sid === sid);
    expect(ofSid('RulesThatSendToQueues')).toMatchObject({
      Condition: { StringEquals: { 'aws:SourceAccount': [{ Ref: 'AWS::AccountId' }, '777788889999'] } },
    });
    expect(ofSid('TopicsThatSendToQueues')).toMatchObject({
      Principal: { Service: 'sns.amazonaws.com' },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Condition: { ArnEquals: { 'aws:SourceArn': ['arn:aws:sns:eu-west-1:444455556666:orders'] } },
    });
    expect(JSON.stringify(ofSid('ShopAccount444455556666'))).toContain('kms:ViaService');
  });
});

describe('a stage with a budget', () => {
  it('mails when four fifths are spent or all is expected to be', () => {
    const { service } = staged({ monthlyBudget: 100, alarmEmail: 'on-call@example.com' });
    const { Budget, NotificationsWithSubscribers } = service['CostBudget']!.Properties;
    expect(Budget).toMatchObject({
      BudgetLimit: { Amount: 100, Unit: 'USD' },
      CostFilters: { TagKeyValue: ['user:posthorn-stage$outside'] },
    });
    expect(NotificationsWithSubscribers).toHaveLength(2);
  });

  it.each([
    [{ monthlyBudget: 100, alarmEmail: 'on-call@example.com' }, 'monthlyBudget needs AWS'],
    [{ gradualDeployment: 'canary' }, 'gradualDeployment needs AWS'],
  ])('and a stage with aliases are for AWS: %j', (more, message) => {
    expect(() => parseStage('x', stageText({ ...more, target: 'emulator', keepState: false }))).toThrow(
      message,
    );
  });

  it('is refused without an address', () => {
    expect(() => parseStage('x', stageText({ monthlyBudget: 100 }))).toThrow(
      'monthlyBudget needs alarmEmail',
    );
  });
});

it('a stage traces with X-Ray only if it says so', () => {
  const modes = (more: object) =>
    new Set(
      all(staged(more))
        .filter(({ Type }) => Type === 'AWS::Lambda::Function')
        .map(({ Properties }) => Properties.TracingConfig?.Mode as unknown),
    );
  expect(modes({})).toEqual(new Set([undefined]));
  expect(modes({ tracing: true })).toEqual(new Set(['Active']));
});

describe('a stage with gradual deployments', () => {
  const stage = staged({ gradualDeployment: 'canary', api: { http: true, rest: true } });
  const aliases = ofType(stage.service, 'AWS::Lambda::Alias');
  const traffic = [
    'Publish',
    'Query',
    'Admin',
    'FanOut',
    'Deliver',
    'DeliverSlow',
    'Project',
    'Announce',
    'RunTask',
  ];

  it('has an alias for every function that serves requests, queues or streams', () => {
    expect(aliases.map(([id]) => id)).toEqual(
      expect.arrayContaining(traffic.map((name) => `${name}LiveAlias`)),
    );
  });

  it('invokes those functions by their aliases alone', () => {
    const mappings = ofType(stage.service, 'AWS::Lambda::EventSourceMapping');
    for (const [, { Properties }] of mappings)
      expect(JSON.stringify(Properties.FunctionName)).toContain('LiveAlias');
    for (const [, { Properties }] of ofType(stage.service, 'AWS::ApiGatewayV2::Integration'))
      expect(JSON.stringify(Properties.IntegrationUri)).toContain('LiveAlias');
    for (const [, { Properties }] of ofType(stage.service, 'AWS::ApiGateway::Method'))
      expect(JSON.stringify(Properties.Integration.Uri)).toContain('LiveAlias');
    const permitted = ofType(stage.service, 'AWS::Lambda::Permission').filter(
      ([, { Properties }]) => Properties.Principal === 'apigateway.amazonaws.com',
    );
    for (const [, { Properties }] of permitted)
      expect(JSON.stringify(Properties.FunctionName)).toContain('LiveAlias');
  });

  it('goes back when the new version fails, by an alarm that is raised before the traffic has moved', () => {
    const alarms = ofType(stage.service, 'AWS::CloudWatch::Alarm').filter(([id]) =>
      id.endsWith('NewVersionErrorsAlarm'),
    );
    expect(alarms).toHaveLength(aliases.length);
    for (const [, { Properties }] of alarms) {
      const dimensions = (Properties.Dimensions as { Name: string; Value: unknown }[]).map(
        ({ Name }) => Name,
      );
      expect(dimensions.sort()).toEqual(['ExecutedVersion', 'FunctionName', 'Resource']);
      // CodeDeployDefault.LambdaCanary10Percent5Minutes, and a minute for the metric to arrive.
      expect(Properties.Period * Properties.EvaluationPeriods).toBeLessThanOrEqual(4 * 60);
    }
    const watched = ofType(stage.service, 'AWS::CodeDeploy::DeploymentGroup').map(([, { Properties }]) =>
      target(Properties.AlarmConfiguration.Alarms[0].Name),
    );
    expect(watched.sort()).toEqual(alarms.map(([id]) => id).sort());
  });

  it('rolls a failed deployment back', () => {
    const groups = ofType(stage.service, 'AWS::CodeDeploy::DeploymentGroup');
    expect(groups).toHaveLength(aliases.length);
    for (const [, { Properties }] of groups) {
      expect(Properties.AlarmConfiguration.Alarms).toHaveLength(1);
      expect(Properties.AutoRollbackConfiguration.Events).toContain('DEPLOYMENT_STOP_ON_ALARM');
      expect(Properties.DeploymentConfigName).toBe('CodeDeployDefault.LambdaCanary10Percent5Minutes');
    }
    for (const alias of Object.values(stage.templates['posthorn-outside-service']!.Resources).filter(
      ({ Type }) => Type === 'AWS::Lambda::Alias',
    ))
      expect(alias).toHaveProperty('UpdatePolicy.CodeDeployLambdaAliasUpdate');
    expect(stage.violations).toEqual([]);
  });

  it('has neither aliases nor CodeDeploy by default', () => {
    const types = Object.values(staged({}).service).map(({ Type }) => Type);
    expect(types.filter((type) => /Alias|CodeDeploy/.test(type))).toEqual([]);
  });
});
