import { describe, expect, it } from 'vitest';
import { accessRequests } from '../../support/permissions/iam-actions.ts';
import { variableOf } from '../../support/permissions/record-calls.ts';

const requested = (service: string, operation: string, input: Record<string, unknown>) =>
  accessRequests(service, operation, input).map(({ action, resource }) => `${action} ${resource}`);

describe('IAM actions of an AWS call', () => {
  it.each([
    ['GetItem', { TableName: 't' }, ['dynamodb:GetItem t']],
    ['Query', { TableName: 't', IndexName: 'i' }, ['dynamodb:Query t/index/i']],
    [
      'BatchGetItem',
      { RequestItems: { a: {}, b: {} } },
      ['dynamodb:BatchGetItem a', 'dynamodb:BatchGetItem b'],
    ],
    ['BatchWriteItem', { RequestItems: { a: [] } }, ['dynamodb:BatchWriteItem a']],
    [
      'TransactWriteItems',
      {
        TransactItems: [
          { Put: { TableName: 'a' } },
          { Update: { TableName: 'a' } },
          { Delete: { TableName: 'b' } },
          { ConditionCheck: { TableName: 'b' } },
        ],
      },
      [
        'dynamodb:PutItem a',
        'dynamodb:UpdateItem a',
        'dynamodb:DeleteItem b',
        'dynamodb:ConditionCheckItem b',
      ],
    ],
    ['TransactGetItems', { TransactItems: [{ Get: { TableName: 'a' } }] }, ['dynamodb:GetItem a']],
    [
      'BatchExecuteStatement',
      {
        Statements: [
          { Statement: `INSERT INTO "a" VALUE {'pk': ?}` },
          { Statement: 'SELECT * FROM "b"."i" WHERE pk = ?' },
          { Statement: 'UPDATE "c" SET x = ? WHERE pk = ?' },
          { Statement: 'delete from d where pk = ?' },
        ],
      },
      [
        'dynamodb:PartiQLInsert a',
        'dynamodb:PartiQLSelect b/index/i',
        'dynamodb:PartiQLUpdate c',
        'dynamodb:PartiQLDelete d',
      ],
    ],
    [
      'ExecuteStatement',
      { Statement: 'SELECT * FROM "posthorn-a.b_c"' },
      ['dynamodb:PartiQLSelect posthorn-a.b_c'],
    ],
    [
      'ExecuteTransaction',
      { TransactStatements: [{ Statement: 'EXISTS(SELECT * FROM "a" WHERE pk = ?)' }] },
      ['dynamodb:PartiQLSelect a'],
    ],
  ])('are mapped for DynamoDB %s %j', (operation, input, expected) => {
    expect(requested('DynamoDB', operation, input)).toEqual(expected);
  });

  it('name the transaction that an item belongs to', () => {
    expect(
      accessRequests('DynamoDB', 'TransactWriteItems', { TransactItems: [{ Put: { TableName: 'a' } }] }),
    ).toEqual([
      {
        action: 'dynamodb:PutItem',
        resource: 'a',
        conditions: { 'dynamodb:EnclosingOperation': 'TransactWriteItems' },
      },
    ]);
  });

  it.each(['GetObject', 'HeadObject'])(
    'of %s include s3:ListBucket, without which a missing object answers 403 instead of 404',
    (operation) => {
      expect(requested('S3', operation, { Bucket: 'b', Key: 'payloads/org/1' })).toEqual([
        's3:GetObject b/payloads/*',
        's3:ListBucket b',
      ]);
    },
  );

  it.each([
    ['S3', 'ListObjectsV2', { Bucket: 'b' }, 's3:ListBucket b'],
    ['S3', 'HeadBucket', { Bucket: 'b' }, 's3:ListBucket b'],
    ['S3', 'DeleteObjects', { Bucket: 'b', Delete: { Objects: [{ Key: 'p/1' }] } }, 's3:DeleteObject b/p/*'],
    ['SQS', 'SendMessageBatch', { QueueUrl: 'q' }, 'sqs:SendMessage q'],
    ['SQS', 'DeleteMessageBatch', { QueueUrl: 'q' }, 'sqs:DeleteMessage q'],
    ['SQS', 'ChangeMessageVisibilityBatch', { QueueUrl: 'q' }, 'sqs:ChangeMessageVisibility q'],
    ['EventBridge', 'PutEvents', { Entries: [{ EventBusName: 'bus', Source: 's' }] }, 'events:PutEvents bus'],
    ['Secrets Manager', 'GetSecretValue', { SecretId: 's' }, 'secretsmanager:GetSecretValue s'],
    ['Lambda', 'Invoke', { FunctionName: 'f' }, 'lambda:InvokeFunction f'],
    ['DynamoDB Streams', 'GetRecords', { ShardIterator: 'arn:stream|1|x' }, 'dynamodb:GetRecords arn:stream'],
  ])('are mapped for %s %s', (service, operation, input, expected) => {
    expect(requested(service, operation, input)).toEqual([expected]);
  });

  it('of an unmapped operation match no grant and name the file to add it to', () => {
    expect(requested('DynamoDB', 'DescribeLimits', {})).toEqual([
      'unmapped:DynamoDB.DescribeLimits add it to test/support/permissions/iam-actions.ts',
    ]);
  });
});

describe('resource of a recorded call', () => {
  const environment = { CATALOG_TABLE: 'c', PAYLOADS_BUCKET: 'b', STAGE: 'c', HOME: 'x' };

  it.each([
    ['c', 'CATALOG_TABLE'],
    ['b/payloads/*', 'PAYLOADS_BUCKET/payloads/*'],
    ['x', 'unbound: x'],
  ])('%s is named %s', (resource, expected) => {
    expect(variableOf(environment, resource)).toBe(expected);
  });
});
