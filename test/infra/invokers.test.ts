import { describe, expect, it } from 'vitest';
import { auditInvokers } from '../support/permissions/audit.ts';
import { deployedFrom } from '../support/permissions/deployed.ts';
import type { Template, Templates } from '../support/permissions/deployed.ts';
import { invokersOf } from '../support/permissions/invokers.ts';
import { SHAPES } from './shapes.ts';
import { synth } from './synth.ts';

/** Resource policies and trust policies, evaluated as AWS does by a third-party evaluator (docs/decisions/0020). */
describe.each(Object.entries(SHAPES))('resource policies of the stage shape "%s"', (_, shape) => {
  it('allow every invocation and send of the stage, nothing else, and none of them is unused', async () => {
    expect(await auditInvokers(shape().templates)).toEqual({ denied: [], open: [], idle: [] });
  });
});

it('the audit of invokers covers routes with the ARNs that gateways send, rules, mappings, logs and alarms', () => {
  const { templates } = SHAPES['both APIs and every option']!();
  const sources = invokersOf(deployedFrom(templates)).map(({ call }) =>
    (call.context?.['aws:SourceArn'] ?? call.action).replace(/^arn:aws:execute-api:[^/]*/, ''),
  );
  expect(sources).toEqual(
    expect.arrayContaining([
      '/$default/$default',
      '/$default/GET/',
      '/$default/HEAD/{proxy+}',
      '/$default/POST/api/v1/app/{app_id}/msg',
      '/$default/POST/api/v1/app/app_1/msg',
      '/prod/GET/',
      '/prod/DELETE/api/v1/app/{app_id}/{proxy+}',
      '/prod/POST/api/v1/app/{app_id}/msg',
      'sqs:ReceiveMessage',
      'sqs:SendMessage',
      'dynamodb:GetRecords',
      'dynamodb:ListStreams',
      'sts:AssumeRole',
      'logs:PutLogEvents',
    ]),
  );
});

type Resources = Record<string, { Type: string; Properties: Record<string, any> }>;

/** The templates of prod after a manual change to the resources of the service stack. */
const changed = (change: (resources: Resources) => void): Templates => {
  const copy = structuredClone(synth('prod').templates) as Record<string, Template>;
  change(copy['posthorn-prod-service']!.Resources as Resources);
  return copy;
};

type Matches = (resource: Resources[string]) => boolean;

const remove = (resources: Resources, matches: Matches): void => {
  const [id, ...others] = Object.keys(resources).filter((each) => matches(resources[each]!));
  if (id === undefined || others.length > 0)
    throw new Error(`found ${String(id)} ${others.join(' ')} instead of one resource`);
  Reflect.deleteProperty(resources, id);
};

const permits =
  (target: string, source: RegExp): Matches =>
  ({ Type, Properties }) =>
    Type === 'AWS::Lambda::Permission' &&
    JSON.stringify(Properties['FunctionName']).includes(target) &&
    source.test(JSON.stringify(Properties['SourceArn']));

const permissionOf = (resources: Resources, target: string, source: RegExp): Record<string, any> =>
  Object.values(resources).find(permits(target, source))!.Properties;

/** Replaces what follows the API's id in the source ARN of a permission. */
const permitPath = (permission: Record<string, any>, path: string): void => {
  (permission['SourceArn']['Fn::Join'][1] as string[]).splice(-1, 1, path);
};

const isTaskQueuePolicy: Matches = ({ Type, Properties }) =>
  Type === 'AWS::SQS::QueuePolicy' && JSON.stringify(Properties['Queues']).includes('"TaskQueue"');

interface Editable {
  Statement: { Action: unknown; Principal?: unknown }[];
}

const only = (resources: Resources, matches: Matches): Record<string, any> => {
  const [found, ...others] = Object.values(resources).filter(matches);
  if (found === undefined || others.length > 0)
    throw new Error(`found ${found === undefined ? 0 : 1 + others.length} resources instead of one`);
  return found.Properties;
};

const contains = (value: unknown, text: string): boolean => JSON.stringify(value).includes(text);

/** The logical id of a function's role. */
const roleOf = (resources: Resources, worker: string): string =>
  String(resources[worker]!.Properties['Role']['Fn::GetAtt'][0]);

const policyOf = (resources: Resources, worker: string): Editable => {
  const role = roleOf(resources, worker);
  return only(
    resources,
    ({ Type, Properties }) => Type === 'AWS::IAM::Policy' && contains(Properties['Roles'], `"${role}"`),
  )['PolicyDocument'] as Editable;
};

const isSweepStoppedAlarm: Matches = ({ Type, Properties }) =>
  Type === 'AWS::CloudWatch::Alarm' &&
  Properties['MetricName'] === 'Invocations' &&
  contains(Properties['Dimensions'], 'SweepFunction');

/** The properties of the rule that invokes a function. */
const ruleOf = (resources: Resources, worker: string): Record<string, any> =>
  only(
    resources,
    ({ Type, Properties }) => Type === 'AWS::Events::Rule' && contains(Properties['Targets'], worker),
  );

describe('the audit of invokers reports', () => {
  it('a $default route that may not invoke admin, because its source ARN has two segments', async () => {
    const findings = await auditInvokers(
      changed((resources) => {
        permitPath(permissionOf(resources, 'AdminFunction', /\$default\/\$default/), '/*/*/*');
      }),
    );
    expect(findings.denied).toEqual(['$default of $default']);
    expect(findings.idle).toHaveLength(1);
  });

  it('a route without a permission', async () => {
    const findings = await auditInvokers(
      changed((resources) => {
        remove(resources, permits('PublishFunction', /POST.*\/msg"/));
      }),
    );
    expect(findings.denied).toEqual([
      'POST /api/v1/app/{app_id}/msg of POST /api/v1/app/{app_id}/msg',
      'POST /api/v1/app/app_1/msg of POST /api/v1/app/{app_id}/msg',
    ]);
  });

  it('a permission with the source ARN of another rule', async () => {
    const findings = await auditInvokers(
      changed((resources) => {
        permissionOf(resources, 'SweepFunction', /./)['SourceArn'] =
          'arn:aws:events:eu-west-1:111122223333:rule/another';
      }),
    );
    expect(findings.denied).toEqual([expect.stringMatching(/^rule .*posthorn-prod-sweep$/)]);
    expect(findings.idle).toEqual([expect.stringMatching(/of SweepFunction$/)]);
  });

  it('a permission without a source ARN, which every API of every account could use', async () => {
    const { open } = await auditInvokers(
      changed((resources) => {
        delete permissionOf(resources, 'PublishFunction', /POST/)['SourceArn'];
      }),
    );
    expect(open).toEqual(expect.arrayContaining([expect.stringContaining('from another account')]));
  });

  it('a permission whose source ARN covers more than its route', async () => {
    const { open } = await auditInvokers(
      changed((resources) => {
        permitPath(permissionOf(resources, 'AdminFunction', /\$default/), '/*');
      }),
    );
    expect(open).toEqual(
      expect.arrayContaining([
        expect.stringContaining('from another stage'),
        expect.stringMatching(/^POST .* to arn:.*admin$/),
      ]),
    );
  });

  it('an event source mapping whose function may not delete from its queue', async () => {
    const { denied } = await auditInvokers(
      changed((resources) => {
        for (const statement of policyOf(resources, 'DeliverFunction').Statement)
          statement.Action = [statement.Action].flat().filter((action) => action !== 'sqs:DeleteMessage');
      }),
    );
    expect(denied).toEqual([expect.stringMatching(/^mapping .*: sqs:DeleteMessage on .*DeliveryQueue/)]);
  });

  it('a stream reader that may not send to its dead-letter queue', async () => {
    const { denied } = await auditInvokers(
      changed((resources) => {
        const policy = policyOf(resources, 'FanOutFunction');
        policy.Statement = policy.Statement.filter(
          (one: object) => !JSON.stringify(one).includes('FanOutStreamDlq'),
        );
      }),
    );
    expect(denied).toEqual([expect.stringContaining('sqs:SendMessage')]);
  });

  it('a queue without a policy that requires TLS', async () => {
    const { open } = await auditInvokers(
      changed((resources) => {
        remove(resources, isTaskQueuePolicy);
      }),
    );
    expect(open).toContain('sqs:SendMessage on TaskQueue without TLS');
  });

  it('a rule whose target queue does not allow it to send', async () => {
    const { denied } = await auditInvokers(
      changed((resources) => {
        ruleOf(resources, 'SweepFunction')['Targets'] = [
          { Id: 'Queue', Arn: { 'Fn::GetAtt': ['TaskQueue', 'Arn'] } },
        ];
      }),
    );
    expect(denied).toEqual([expect.stringMatching(/^rule .*TaskQueue/)]);
  });

  it('a queue that accepts messages from any principal', async () => {
    const { open } = await auditInvokers(
      changed((resources) => {
        Object.values(resources).find(isTaskQueuePolicy)!.Properties['PolicyDocument'].Statement = {
          Effect: 'Allow',
          Principal: '*',
          Action: 'sqs:SendMessage',
          Resource: { 'Fn::GetAtt': ['TaskQueue', 'Arn'] },
        };
      }),
    );
    expect(open).toEqual(expect.arrayContaining(['anonymous: sqs:SendMessage on TaskQueue']));
  });

  it('a role that another service may assume instead of Lambda', async () => {
    const findings = await auditInvokers(
      changed((resources) => {
        const role = resources[roleOf(resources, 'SweepFunction')]!.Properties;
        const trust = role['AssumeRolePolicyDocument'] as Editable;
        trust.Statement[0]!.Principal = { Service: 'ec2.amazonaws.com' };
      }),
    );
    expect(findings.denied).toEqual(['Lambda assumes the role of SweepFunction']);
    expect(findings.open).toEqual([expect.stringMatching(/^ec2.amazonaws.com: sts:AssumeRole/)]);
  });

  it('a topic that may send to an encrypted queue, but not use its key', async () => {
    const templates = structuredClone(SHAPES['aliases and restored tables']!().templates) as Record<
      string,
      Template
    >;
    const { Properties } = templates['posthorn-again-service']!.Resources['IngestQueuePolicy']!;
    (Properties!['PolicyDocument'] as { Statement: object[] }).Statement.push({
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: { 'Fn::GetAtt': ['IngestQueue', 'Arn'] },
      Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:sns:eu-west-1:111122223333:orders' } },
    });
    expect((await auditInvokers(templates)).denied).toEqual([
      'sns.amazonaws.com to IngestQueue, kms:GenerateDataKey',
      'sns.amazonaws.com to IngestQueue, kms:Decrypt',
    ]);
  });

  it('an alarm whose topic in the stage does not allow CloudWatch to publish', async () => {
    const { denied } = await auditInvokers(
      changed((resources) => {
        resources['OnCall'] = { Type: 'AWS::SNS::Topic', Properties: {} };
        only(resources, isSweepStoppedAlarm)['AlarmActions'] = [{ Ref: 'OnCall' }];
      }),
    );
    expect(denied).toEqual([expect.stringMatching(/^alarm /)]);
  });
});

describe('the audit of invokers throws on', () => {
  it.each([
    ['an unknown resource type', 'AWS::Pipes::Pipe', {}, 'add it to CALLERS'],
    [
      'a second policy of one queue, which would replace the first',
      'AWS::SQS::QueuePolicy',
      { Queues: [{ Ref: 'TaskQueue' }], PolicyDocument: { Statement: [] } },
      'has 2 policies',
    ],
    [
      'an event source of an unknown service',
      'AWS::Lambda::EventSourceMapping',
      {
        FunctionName: { Ref: 'SweepFunction' },
        EventSourceArn: 'arn:aws:kinesis:eu-west-1:111122223333:stream/x',
      },
      'does not support yet',
    ],
  ])('%s', async (_, Type, Properties, message) => {
    const templates = changed((resources) => {
      resources['New'] = { Type, Properties };
    });
    await expect(auditInvokers(templates)).rejects.toThrow(message);
  });
});
