import { describe, expect, it } from 'vitest';
import { auditInvokers } from '../support/permissions/audit.ts';
import { deployedFrom } from '../support/permissions/deployed.ts';
import type { Template, Templates } from '../support/permissions/deployed.ts';
import { invokersOf } from '../support/permissions/invokers.ts';
import { SHAPES } from './shapes.ts';
import { synth } from './synth.ts';

/** Evaluated as AWS would, with an evaluator of policies that is not ours (docs/decisions/0020). */
describe.each(Object.entries(SHAPES))('%s', (_, shape) => {
  it('whatever invokes or sends may do so, nobody else may, and no permission is idle', async () => {
    expect(await auditInvokers(shape().templates)).toEqual({ denied: [], open: [], idle: [] });
  });
});

it('the walk meets routes by the ARNs that gateways send, rules, mappings, logs and alarms', () => {
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

/** The service stack of prod after a change by hand; `change` gets its resources. */
const changed = (change: (resources: Resources) => void): Templates => {
  const copy = structuredClone(synth('prod').templates) as Record<string, Template>;
  change(copy['posthorn-prod-service']!.Resources as Resources);
  return copy;
};

type Wanted = (resource: Resources[string]) => boolean;

const remove = (resources: Resources, wanted: Wanted): void => {
  const [id, ...others] = Object.keys(resources).filter((each) => wanted(resources[each]!));
  if (id === undefined || others.length > 0) throw new Error(`found ${id} ${others.join(' ')}`);
  Reflect.deleteProperty(resources, id);
};

const permits =
  (target: string, source: RegExp): Wanted =>
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

const guardsTasks: Wanted = ({ Type, Properties }) =>
  Type === 'AWS::SQS::QueuePolicy' && JSON.stringify(Properties['Queues']).includes('"TaskQueue"');

interface Editable {
  Statement: { Action: unknown; Principal?: unknown }[];
}

const the = (resources: Resources, wanted: Wanted): Record<string, any> => {
  const [found, ...others] = Object.values(resources).filter(wanted);
  if (found === undefined || others.length > 0) throw new Error(`found ${1 + others.length} or none`);
  return found.Properties;
};

const says = (value: unknown, text: string): boolean => JSON.stringify(value).includes(text);

/** The id of the role that a function works with. */
const roleOf = (resources: Resources, worker: string): string =>
  String(resources[worker]!.Properties['Role']['Fn::GetAtt'][0]);

const policyOf = (resources: Resources, worker: string): Editable => {
  const role = roleOf(resources, worker);
  return the(
    resources,
    ({ Type, Properties }) => Type === 'AWS::IAM::Policy' && says(Properties['Roles'], `"${role}"`),
  )['PolicyDocument'] as Editable;
};

const isStoppedSweep: Wanted = ({ Type, Properties }) =>
  Type === 'AWS::CloudWatch::Alarm' &&
  Properties['MetricName'] === 'Invocations' &&
  says(Properties['Dimensions'], 'SweepFunction');

/** The rule that wakes a function. */
const ruleOf = (resources: Resources, worker: string): Record<string, any> =>
  the(
    resources,
    ({ Type, Properties }) => Type === 'AWS::Events::Rule' && says(Properties['Targets'], worker),
  );

describe('the walk finds', () => {
  it('the fault of the first release: $default may not invoke admin, as its ARN has two segments', async () => {
    const findings = await auditInvokers(
      changed((resources) => {
        permitPath(permissionOf(resources, 'AdminFunction', /\$default\/\$default/), '/*/*/*');
      }),
    );
    expect(findings.denied).toEqual(['$default of $default']);
    expect(findings.idle).toHaveLength(1);
  });

  it('a route whose permission is gone', async () => {
    const findings = await auditInvokers(
      changed((resources) => {
        remove(resources, permits('PublishFunction', /POST/));
      }),
    );
    expect(findings.denied).toEqual([
      'POST /api/v1/app/{app_id}/msg of POST /api/v1/app/{app_id}/msg',
      'POST /api/v1/app/app_1/msg of POST /api/v1/app/{app_id}/msg',
    ]);
  });

  it('a wrong source ARN of a rule', async () => {
    const findings = await auditInvokers(
      changed((resources) => {
        permissionOf(resources, 'SweepFunction', /./)['SourceArn'] =
          'arn:aws:events:eu-west-1:111122223333:rule/another';
      }),
    );
    expect(findings.denied).toEqual([expect.stringMatching(/^rule .*posthorn-prod-sweep$/)]);
    expect(findings.idle).toEqual([expect.stringMatching(/of SweepFunction$/)]);
  });

  it('a permission without a source, which every API of every account could use', async () => {
    const { open } = await auditInvokers(
      changed((resources) => {
        delete permissionOf(resources, 'PublishFunction', /POST/)['SourceArn'];
      }),
    );
    expect(open).toEqual(expect.arrayContaining([expect.stringContaining('from another account')]));
  });

  it('a source that is wider than its route', async () => {
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

  it('a mapping whose function lost the right to delete from its queue', async () => {
    const { denied } = await auditInvokers(
      changed((resources) => {
        for (const statement of policyOf(resources, 'DeliverFunction').Statement)
          statement.Action = [statement.Action].flat().filter((action) => action !== 'sqs:DeleteMessage');
      }),
    );
    expect(denied).toEqual([expect.stringMatching(/^mapping .*: sqs:DeleteMessage on .*DeliveryQueue/)]);
  });

  it('a stream reader that may not put its failures away', async () => {
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

  it('a queue without its policy, which takes messages without TLS', async () => {
    const { open } = await auditInvokers(
      changed((resources) => {
        remove(resources, guardsTasks);
      }),
    );
    expect(open).toContain('sqs:SendMessage on TaskQueue without TLS');
  });

  it('a rule that sends to a queue which has no policy for it', async () => {
    const { denied } = await auditInvokers(
      changed((resources) => {
        ruleOf(resources, 'SweepFunction')['Targets'] = [
          { Id: 'Queue', Arn: { 'Fn::GetAtt': ['TaskQueue', 'Arn'] } },
        ];
      }),
    );
    expect(denied).toEqual([expect.stringMatching(/^rule .*TaskQueue/)]);
  });

  it('a queue that takes messages from anyone', async () => {
    const { open } = await auditInvokers(
      changed((resources) => {
        Object.values(resources).find(guardsTasks)!.Properties['PolicyDocument'].Statement = {
          Effect: 'Allow',
          Principal: '*',
          Action: 'sqs:SendMessage',
          Resource: { 'Fn::GetAtt': ['TaskQueue', 'Arn'] },
        };
      }),
    );
    expect(open).toEqual(expect.arrayContaining(['anonymous: sqs:SendMessage on TaskQueue']));
  });

  it('a role that Lambda may not take, and another service may', async () => {
    const findings = await auditInvokers(
      changed((resources) => {
        const role = resources[roleOf(resources, 'SweepFunction')]!.Properties;
        const trust = role['AssumeRolePolicyDocument'] as Editable;
        trust.Statement[0]!.Principal = { Service: 'ec2.amazonaws.com' };
      }),
    );
    expect(findings.denied).toEqual(['Lambda takes the role of SweepFunction']);
    expect(findings.open).toEqual([expect.stringMatching(/^ec2.amazonaws.com: sts:AssumeRole/)]);
  });

  it('an alarm that rings at a topic of the stage which lets nobody publish', async () => {
    const { denied } = await auditInvokers(
      changed((resources) => {
        resources['OnCall'] = { Type: 'AWS::SNS::Topic', Properties: {} };
        the(resources, isStoppedSweep)['AlarmActions'] = [{ Ref: 'OnCall' }];
      }),
    );
    expect(denied).toEqual([expect.stringMatching(/^alarm /)]);
  });
});

describe('the walk stops at', () => {
  it.each([
    ['a kind of resource that it does not know', 'AWS::Pipes::Pipe', {}, 'say in'],
    [
      'a second policy of one queue, which would replace the first',
      'AWS::SQS::QueuePolicy',
      { Queues: [{ Ref: 'TaskQueue' }], PolicyDocument: { Statement: [] } },
      'has 2 policies',
    ],
    [
      'an event source whose reads it does not know',
      'AWS::Lambda::EventSourceMapping',
      {
        FunctionName: { Ref: 'SweepFunction' },
        EventSourceArn: 'arn:aws:kinesis:eu-west-1:111122223333:stream/x',
      },
      'teach it to',
    ],
  ])('%s', async (_, Type, Properties, words) => {
    const templates = changed((resources) => {
      resources['New'] = { Type, Properties };
    });
    await expect(auditInvokers(templates)).rejects.toThrow(words);
  });
});
