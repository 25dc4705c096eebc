import { describe, expect, it } from 'vitest';
import { PAYLOAD_RETENTION_DAYS } from '../../functions/platform/limits/retention.domain.ts';
import { all, ofType, synth } from './synth.ts';

/** Resources that hold data. A changed logical id would replace the resource and lose the data. */
const FROZEN_STATE = [
  'CatalogTable AWS::DynamoDB::Table',
  'ControlTable AWS::DynamoDB::Table',
  'DeliveriesTable AWS::DynamoDB::Table',
  'EventBus AWS::Events::EventBus',
  'JwtSecret AWS::SecretsManager::Secret',
  'MainSecret AWS::SecretsManager::Secret',
  'MessagesTable AWS::DynamoDB::Table',
  'PayloadsBucket AWS::S3::Bucket',
  'ViewsTable AWS::DynamoDB::Table',
];
/** Queues are in the service stack, but their messages must not be lost either. */
const FROZEN_QUEUES = [
  'AnnounceStreamDlq',
  'BulkDeliveryDlq',
  'BulkDeliveryQueue',
  'DeliveryDlq',
  'DeliveryQueue',
  'FanOutDlq',
  'FanOutQueue',
  'FanOutStreamDlq',
  'IngestDlq',
  'IngestQueue',
  'ProjectStreamDlq',
  'SlowDeliveryDlq',
  'SlowDeliveryQueue',
  'TaskDlq',
  'TaskQueue',
];

const prod = synth('prod');
const tables = Object.fromEntries(ofType(prod.state, 'AWS::DynamoDB::Table'));
const queueIds = Object.fromEntries(ofType(prod.service, 'AWS::SQS::Queue'));

describe('stateful resources', () => {
  it.each(['dev', 'prod', 'local'])('have their recorded logical ids on %s', (stage) => {
    const ids = Object.entries(synth(stage).state).map(([id, { Type }]) => `${id} ${Type}`);
    expect(ids.filter((id) => !id.includes('Policy')).sort()).toEqual(FROZEN_STATE);
    expect(
      ofType(synth(stage).service, 'AWS::SQS::Queue')
        .map(([id]) => id)
        .sort(),
    ).toEqual(FROZEN_QUEUES);
  });

  it('are retained when the stack of prod is deleted', () => {
    const holders = [...Object.values(prod.state), ...Object.values(queueIds)].filter(
      ({ Type }) => !/(Policy|EventBus)$/.test(Type),
    );
    expect(holders.map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(holders.map(() => 'Retain'));
  });

  it('of prod that are tables have deletion protection', () => {
    for (const { Properties } of Object.values(tables))
      expect(Properties.DeletionProtectionEnabled).toBe(true);
  });

  it('that cannot be rebuilt have point-in-time recovery: catalog, messages and deliveries', () => {
    const backedUp = Object.entries(tables)
      .filter(([, { Properties }]) => Properties.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled)
      .map(([id]) => id);
    expect(backedUp.sort()).toEqual(['CatalogTable', 'DeliveriesTable', 'MessagesTable']);
  });

  it('of a development stage are deleted with it, except its bucket, which may hold objects', () => {
    const kept = all(synth('dev')).filter(({ DeletionPolicy }) => DeletionPolicy === 'Retain');
    expect(kept.map(({ Type }) => Type)).toEqual(['AWS::S3::Bucket']);
  });
});

interface GlobalIndex {
  readonly IndexName: string;
  readonly Projection: { readonly ProjectionType: string };
}

describe('the tables of prod', () => {
  it('bill by request, have no index but that of the log by time, and have a TTL', () => {
    for (const [id, { Properties }] of Object.entries(tables)) {
      expect(Properties).toMatchObject({ BillingMode: 'PAY_PER_REQUEST' });
      const indexes = (Properties.GlobalSecondaryIndexes ?? []) as readonly GlobalIndex[];
      expect(indexes.map(({ IndexName, Projection }) => [IndexName, Projection.ProjectionType])).toEqual(
        id === 'DeliveriesTable' ? [['ByTime', 'ALL']] : [],
      );
      expect(Properties.LocalSecondaryIndexes).toBeUndefined();
      expect(Properties.TimeToLiveSpecification).toEqual({ AttributeName: 'ttl', Enabled: true });
    }
  });

  it('have streams with the images that their readers need', () => {
    const streams = Object.entries(tables).map(([id, { Properties }]): [string, unknown] => [
      id,
      Properties.StreamSpecification?.StreamViewType,
    ]);
    expect(Object.fromEntries(streams)).toEqual({
      CatalogTable: 'NEW_AND_OLD_IMAGES',
      MessagesTable: 'NEW_IMAGE',
      DeliveriesTable: 'NEW_IMAGE',
      ViewsTable: undefined,
      ControlTable: undefined,
    });
  });
});

describe('the payload bucket', () => {
  it('is private, encrypted and TLS-only, and expires objects a day after the longest retention from the latest deliverAt', () => {
    const bucket = prod.state['PayloadsBucket']!.Properties;
    expect(Object.values(bucket.PublicAccessBlockConfiguration as Record<string, boolean>)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(JSON.stringify(bucket.BucketEncryption)).toContain('AES256');
    expect(bucket.LifecycleConfiguration.Rules).toMatchObject([
      { Prefix: 'payloads/', ExpirationInDays: PAYLOAD_RETENTION_DAYS.most + 2, Status: 'Enabled' },
    ]);
    expect(JSON.stringify(ofType(prod.state, 'AWS::S3::BucketPolicy'))).toContain('aws:SecureTransport');
  });
});

describe('the secrets of prod', () => {
  it('are lists of keys whose current key is generated at deployment', () => {
    for (const [, { Properties }] of ofType(prod.state, 'AWS::SecretsManager::Secret')) {
      expect(Properties.GenerateSecretString).toMatchObject({
        SecretStringTemplate: '{"previous":[]}',
        GenerateStringKey: 'current',
        PasswordLength: 64,
        ExcludePunctuation: true,
      });
    }
  });
});
