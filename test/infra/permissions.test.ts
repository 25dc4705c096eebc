import { describe, expect, it } from 'vitest';
import { ofType, synth, target } from './synth.ts';

interface PolicyStatement {
  readonly Action: unknown;
  readonly Resource: unknown;
}

interface Statement {
  readonly actions: string[];
  readonly resources: string[];
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

const { service } = synth('prod');

/** The policy statements of a function, by its logical id. */
const rights = (id: string): Statement[] => {
  const role = target(service[id]!.Properties.Role);
  return ofType(service, 'AWS::IAM::Policy')
    .filter(([, { Properties }]) => list(Properties.Roles).some((each) => target(each) === role))
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement as PolicyStatement[])
    .map(({ Action, Resource }) => ({
      actions: list(Action).map(String).sort(),
      resources: list(Resource).map((each) => JSON.stringify(each)),
    }));
};

/** Actions on resources whose ARN contains the name: `DeliveriesTable`, `DeliveryQueue`. */
const on = (id: string, resource: string): string[] =>
  rights(id)
    .filter(({ resources }) => resources.some((each) => each.includes(resource)))
    .flatMap(({ actions }) => actions)
    .sort();

const functions = ofType(service, 'AWS::Lambda::Function').map(([id]) => id);
const READ_ROWS = /^dynamodb:(GetItem|BatchGetItem|Query|ConditionCheckItem|PartiQLSelect)$/;
const READS =
  /^(dynamodb:(GetItem|BatchGetItem|Query|ConditionCheckItem|PartiQLSelect)|s3:(GetObject|ListBucket)|secretsmanager:(GetSecretValue)|sqs:GetQueueAttributes|logs:(CreateLogStream|PutLogEvents))$/;

describe('least privilege', () => {
  it('the query function can write nothing but its log', () => {
    for (const { actions } of rights('QueryFunction'))
      for (const action of actions) expect(action).toMatch(READS);
  });

  it.each([
    ['PublishFunction', ['CatalogTable', 'ControlTable', 'MessagesTable']],
    ['AdminFunction', ['CatalogTable', 'ControlTable', 'DeliveriesTable', 'MessagesTable']],
    ['FanOutFunction', ['ControlTable']],
    ['FanOutWideFunction', ['ControlTable']],
    ['DeliverFunction', ['CatalogTable', 'ControlTable', 'DeliveriesTable']],
    ['DeliverBulkFunction', ['CatalogTable', 'ControlTable', 'DeliveriesTable']],
    ['DeliverSlowFunction', ['CatalogTable', 'ControlTable', 'DeliveriesTable']],
    ['ProjectFunction', ['ControlTable', 'ViewsTable']],
    ['AnnounceFunction', ['CatalogTable', 'ControlTable', 'MessagesTable']],
    ['SweepFunction', ['ControlTable']],
    ['UpdateHourlyStatisticsFunction', ['ViewsTable']],
    ['RunTaskFunction', ['ControlTable', 'DeliveriesTable', 'MessagesTable']],
  ])('%s can write to the tables %j only', (id, expected) => {
    const tables = ['CatalogTable', 'ControlTable', 'DeliveriesTable', 'MessagesTable', 'ViewsTable'];
    const written = tables.filter((table) =>
      on(id, `${table}Arn`).some((action) => action.startsWith('dynamodb:') && !READ_ROWS.test(action)),
    );
    expect(written).toEqual(expected);
  });

  it('no function can scan, create, change or delete a table', () => {
    for (const id of functions) {
      for (const { actions } of rights(id)) {
        expect(actions.join()).not.toMatch(/Scan|CreateTable|DeleteTable|UpdateTable|\*/);
      }
    }
  });

  it('only the listed statements have resources with wildcards', () => {
    const wild = functions.flatMap((id) =>
      rights(id)
        .filter(({ resources }) => resources.some((each) => each.includes('*')))
        .map(({ actions }) => `${id} ${actions.join(' ')}`),
    );
    expect(wild.sort()).toEqual([
      // Payloads are objects under one prefix of the bucket.
      'AdminFunction s3:DeleteObject s3:GetObject s3:PutObject',
      // ListStreams does not support resource-level permissions.
      'AnnounceFunction dynamodb:ListStreams',
      'DeliverBulkFunction s3:GetObject',
      'DeliverFunction s3:GetObject',
      'DeliverSlowFunction s3:GetObject',
      'FanOutFunction dynamodb:ListStreams',
      'IngestFunction s3:PutObject',
      // The files of the page, in a bucket of their own.
      'PortalUploadFunction s3:DeleteObject s3:PutObject',
      'ProjectFunction dynamodb:ListStreams',
      'PublishFunction s3:GetObject s3:PutObject',
      'QueryFunction s3:GetObject',
      'RunTaskFunction s3:DeleteObject',
    ]);
  });

  it('only functions that verify tokens, encrypt secrets or sign webhooks can read a secret', () => {
    const readers = (secret: string) =>
      functions.filter((id) => on(id, secret).includes('secretsmanager:GetSecretValue'));
    const api = ['AdminFunction', 'PublishFunction', 'QueryFunction', 'TestAttemptFunction'];
    expect(readers('JwtSecret').sort()).toEqual(api);
    expect(readers('MainSecret').sort()).toEqual(
      [...api, 'DeliverFunction', 'DeliverBulkFunction', 'DeliverSlowFunction'].toSorted(),
    );
  });

  it('no function shares its role, and none has a managed policy', () => {
    const roles = functions.map((id) => target(service[id]!.Properties.Role));
    expect(new Set(roles).size).toBe(functions.length);
    for (const role of roles) expect(service[role]!.Properties.ManagedPolicyArns).toBeUndefined();
  });
});
