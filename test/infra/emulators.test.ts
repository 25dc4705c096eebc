import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { all, synth } from './synth.ts';

/** MiniStack 1.5.33 refuses a whole stack if it contains one of these (measured). */
const REFUSED =
  /^AWS::(Events::(Archive|EventBusPolicy|Connection|ApiDestination|Endpoint)|CloudWatch::(CompositeAlarm|AnomalyDetector)|CodeDeploy::.*|ApplicationAutoScaling::.*|WAFv2::(WebACLAssociation|IPSet)|Logs::QueryDefinition|SecretsManager::(RotationSchedule|ResourcePolicy)|Lambda::CodeSigningConfig|IAM::(RolePolicy|ServiceLinkedRole)|SQS::QueueInlinePolicy|Synthetics::.*|XRay::.*|Budgets::.*|Backup::.*)$/;

/** Open-source LocalStack 4.14 reports these as created but does not create them (measured). */
const NOT_CREATED =
  /^(AWS::(ApiGatewayV2::.*|ApiGateway::Authorizer|CloudFormation::CustomResource|CloudWatch::(Dashboard|CompositeAlarm)|Logs::MetricFilter|Pipes::.*|CloudFront::.*|WAFv2::.*|Events::Archive|ApplicationAutoScaling::.*|Scheduler::.*)|Custom::.*)$/;

const counts = (resources: readonly { Type: string }[]): Record<string, number> => {
  const result: Record<string, number> = {};
  for (const { Type } of resources) result[Type] = (result[Type] ?? 0) + 1;
  return result;
};

const restOnly = synth('local', { restOnly: true });

describe('the local stage', () => {
  it('contains no resource type that MiniStack refuses', () => {
    expect(Object.keys(counts(all(synth('local')))).filter((type) => REFUSED.test(type))).toEqual([]);
  });

  it('has both APIs, and only the REST API with restOnly', () => {
    expect(synth('local').outputs).toEqual(
      expect.arrayContaining(['HttpApiId', 'RestApiId', 'RestApiStage']),
    );
    expect(restOnly.outputs).not.toContain('HttpApiId');
    expect(restOnly.outputs).toEqual(expect.arrayContaining(['RestApiId', 'RestApiStage', 'ApiUrl']));
    expect(Object.keys(counts(all(restOnly))).join()).not.toContain('ApiGatewayV2');
  });

  it('contains no resource type that LocalStack does not create, with restOnly', () => {
    expect(Object.keys(counts(all(restOnly))).filter((type) => NOT_CREATED.test(type))).toEqual([]);
  });

  it('has the resource counts that docs/localstack.md lists', () => {
    const page = readFileSync(new URL('../../docs/localstack.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `(AWS::[A-Za-z0-9:]+)` +\| +(\d+) +\|/gm)];
    expect(Object.fromEntries(rows.map(([, type, count]) => [type, Number(count)]))).toEqual(
      counts(all(restOnly)),
    );
  });
});

it.each([
  ['dev', ['Custom::PortalPage']],
  ['prod', ['Custom::PortalPage']],
  ['local', []],
])('the stage %s has no custom resource but the upload of the page to CloudFront', (stage, custom) => {
  expect(Object.keys(counts(all(synth(stage)))).filter((type) => /Custom/.test(type))).toEqual(custom);
});

it('the stacks output the names and URLs that other programs need', () => {
  expect(synth('prod').outputs).toEqual(
    expect.arrayContaining([
      ...[
        'CatalogTableName',
        'MessagesTableName',
        'DeliveriesTableName',
        'ViewsTableName',
        'ControlTableName',
      ],
      ...['PayloadsBucketName', 'HttpApiId', 'ApiUrl', 'JwtSecretArn', 'MainSecretArn', 'EventBusName'],
      ...['DeliveryQueueUrl', 'DeliveryDlqUrl', 'FanOutQueueUrl', 'FanOutDlqUrl', 'FanOutStreamDlqUrl'],
      ...['ProjectStreamDlqUrl', 'AnnounceStreamDlqUrl'],
    ]),
  );
});
