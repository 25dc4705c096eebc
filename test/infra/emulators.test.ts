import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { all, synth } from './synth.ts';

/** MiniStack 1.5.33 refuses a whole stack for one of these (measured). */
const REFUSED =
  /^AWS::(Events::(Archive|EventBusPolicy|Connection|ApiDestination|Endpoint)|CloudWatch::(CompositeAlarm|AnomalyDetector)|CodeDeploy::.*|ApplicationAutoScaling::.*|WAFv2::(WebACLAssociation|IPSet)|Logs::QueryDefinition|SecretsManager::(RotationSchedule|ResourcePolicy)|Lambda::CodeSigningConfig|IAM::(RolePolicy|ServiceLinkedRole)|SQS::QueueInlinePolicy|Synthetics::.*|XRay::.*|Budgets::.*|Backup::.*)$/;

/** Open-source LocalStack 4.14 reports these as made and makes nothing (measured). */
const FAKED =
  /^(AWS::(ApiGatewayV2::.*|ApiGateway::Authorizer|CloudFormation::CustomResource|CloudWatch::(Dashboard|CompositeAlarm)|Logs::MetricFilter|Pipes::.*|CloudFront::.*|WAFv2::.*|Events::Archive|ApplicationAutoScaling::.*|Scheduler::.*)|Custom::.*)$/;

const counts = (resources: readonly { Type: string }[]): Record<string, number> => {
  const result: Record<string, number> = {};
  for (const { Type } of resources) result[Type] = (result[Type] ?? 0) + 1;
  return result;
};

const restOnly = synth('local', { restOnly: true });

describe('the local stage', () => {
  it('has nothing that MiniStack refuses', () => {
    expect(Object.keys(counts(all(synth('local')))).filter((type) => REFUSED.test(type))).toEqual([]);
  });

  it('has both fronts, and without HTTP APIs only the REST API', () => {
    expect(synth('local').outputs).toEqual(
      expect.arrayContaining(['HttpApiId', 'RestApiId', 'RestApiStage']),
    );
    expect(restOnly.outputs).not.toContain('HttpApiId');
    expect(restOnly.outputs).toEqual(expect.arrayContaining(['RestApiId', 'RestApiStage', 'ApiUrl']));
    expect(Object.keys(counts(all(restOnly))).join()).not.toContain('ApiGatewayV2');
  });

  it('has nothing that LocalStack only pretends to make, when it is REST alone', () => {
    expect(Object.keys(counts(all(restOnly))).filter((type) => FAKED.test(type))).toEqual([]);
  });

  it('is argued resource by resource in docs/localstack.md', () => {
    const page = readFileSync(new URL('../../docs/localstack.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `(AWS::[A-Za-z0-9:]+)` +\| +(\d+) +\|/gm)];
    expect(Object.fromEntries(rows.map(([, type, count]) => [type, Number(count)]))).toEqual(
      counts(all(restOnly)),
    );
  });
});

it.each(['dev', 'prod', 'local'])('no custom resource stands in the way of a message on %s', (stage) => {
  expect(Object.keys(counts(all(synth(stage)))).filter((type) => /Custom/.test(type))).toEqual([]);
});

it('what other programs join by is put out', () => {
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
