import { describe, expect, it } from 'vitest';
import { all, ofType, synth } from './synth.ts';

/** What holds data. A changed id would replace it, and take what is inside along. */
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
/** Queues lie with the functions, but what waits in them is as much worth. */
const FROZEN_QUEUES = [
  'AnnounceStreamDlq',
  'DeliveryDlq',
  'DeliveryQueue',
  'FanOutDlq',
  'FanOutQueue',
  'FanOutStreamDlq',
  'ProjectStreamDlq',
  'SlowDeliveryDlq',
  'SlowDeliveryQueue',
  'TaskDlq',
  'TaskQueue',
];

const prod = synth('prod');
const tables = Object.fromEntries(ofType(prod.state, 'AWS::DynamoDB::Table'));
const queueIds = Object.fromEntries(ofType(prod.service, 'AWS::SQS::Queue'));

describe('state is sacred', () => {
  it.each(['dev', 'prod', 'local'])('logical ids of what holds data never change on %s', (stage) => {
    const ids = Object.entries(synth(stage).state).map(([id, { Type }]) => `${id} ${Type}`);
    expect(ids.filter((id) => !id.includes('Policy')).sort()).toEqual(FROZEN_STATE);
    expect(
      ofType(synth(stage).service, 'AWS::SQS::Queue')
        .map(([id]) => id)
        .sort(),
    ).toEqual(FROZEN_QUEUES);
  });

  it('everything that holds data outlives its stack on prod', () => {
    const holders = [...Object.values(prod.state), ...Object.values(queueIds)].filter(
      ({ Type }) => !/(Policy|EventBus)$/.test(Type),
    );
    expect(holders.map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(holders.map(() => 'Retain'));
  });

  it('no table of prod can be deleted by accident', () => {
    for (const { Properties } of Object.values(tables))
      expect(Properties.DeletionProtectionEnabled).toBe(true);
  });

  it('the log can be restored to any second; what is rebuilt from it cannot and need not', () => {
    const backedUp = Object.entries(tables)
      .filter(([, { Properties }]) => Properties.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled)
      .map(([id]) => id);
    expect(backedUp.sort()).toEqual(['CatalogTable', 'DeliveriesTable', 'MessagesTable']);
  });

  it('a development stage leaves nothing behind but its bucket, which may hold objects', () => {
    const kept = all(synth('dev')).filter(({ DeletionPolicy }) => DeletionPolicy === 'Retain');
    expect(kept.map(({ Type }) => Type)).toEqual(['AWS::S3::Bucket']);
  });
});

describe('tables', () => {
  it('bill by request, have no index, and forget only where rows carry their end', () => {
    for (const [id, { Properties }] of Object.entries(tables)) {
      expect(Properties).toMatchObject({ BillingMode: 'PAY_PER_REQUEST' });
      expect(Properties.GlobalSecondaryIndexes).toBeUndefined();
      const expected = id === 'CatalogTable' ? undefined : { AttributeName: 'ttl', Enabled: true };
      expect(Properties.TimeToLiveSpecification).toEqual(expected);
    }
  });

  it('stream what their readers need', () => {
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

describe('payloads', () => {
  it('are private, encrypted, over TLS alone, and gone a day after the longest retention that counts from the latest deliverAt', () => {
    const bucket = prod.state['PayloadsBucket']!.Properties;
    expect(Object.values(bucket.PublicAccessBlockConfiguration as Record<string, boolean>)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(JSON.stringify(bucket.BucketEncryption)).toContain('AES256');
    expect(bucket.LifecycleConfiguration.Rules).toMatchObject([
      { Prefix: 'payloads/', ExpirationInDays: 92, Status: 'Enabled' },
    ]);
    expect(JSON.stringify(ofType(prod.state, 'AWS::S3::BucketPolicy'))).toContain('aws:SecureTransport');
  });
});

describe('secrets', () => {
  it('are versioned lists whose current key is made up at deploy', () => {
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
