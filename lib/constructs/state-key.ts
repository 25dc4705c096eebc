import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { IGrantable, IPrincipal } from 'aws-cdk-lib/aws-iam';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { permission } from '../building-blocks/binding.ts';
import { overrideLogicalId, pascalCase } from '../building-blocks/logical-id.ts';
import type { StageConfig } from '../config.ts';
import { sendersOf } from './ingest-senders.ts';

/** SQS asks the key once in this time for each function: each request costs. */
const DATA_KEY_SECONDS = 3_600;

/** What DynamoDB, SQS, S3 and Secrets Manager need in the name of a caller of an encrypted resource. */
const KEY_ACTIONS = [
  ...['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'],
  ...['kms:ReEncryptFrom', 'kms:ReEncryptTo'],
] as const;

/** What a sender to an encrypted queue needs. */
const SEND_ACTIONS = ['kms:Decrypt', 'kms:GenerateDataKey'] as const;

const accountOf = (arn: string): string => arn.split(':')[4] ?? '';

/**
 * The customer-managed key of a stage (`customerManagedKey`), with which tables, queues, payloads and secrets are encrypted.
 * A dollar a month, and 0.03 dollars for 10,000 uses.
 */
export class StateKey extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string, { name, keepState, ingest }: StageConfig) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: `Posthorn ${name}: tables, queues, payloads and secrets`,
      enableKeyRotation: true,
      removalPolicy: keepState ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    overrideLogicalId(this.key, CfnKey, 'StateKey');
    new CfnOutput(this, 'Arn', { value: this.key.keyArn }).overrideLogicalId('StateKeyArn');
    this.allowSenders(ingest);
  }

  /**
   * Lets services and principals of other accounts that may send to a queue encrypt what they send. Principals of this account
   * need a policy of their own (lib/ingest-access.ts).
   */
  private allowSenders(pipelines: StageConfig['ingest']): void {
    const { account, region, urlSuffix } = Stack.of(this);
    const allow = (sid: string, principal: IPrincipal, conditions: Record<string, object>) =>
      this.key.addToResourcePolicy(
        new PolicyStatement({
          sid,
          principals: [principal],
          actions: [...SEND_ACTIONS],
          resources: ['*'],
          conditions,
        }),
      );
    const accounts = new Set([account, ...pipelines.flatMap(({ rules }) => rules.map(accountOf))]);
    allow('RulesThatSendToQueues', new ServicePrincipal('events.amazonaws.com'), {
      StringEquals: { 'aws:SourceAccount': [...accounts] },
    });
    const topics = [...new Set(pipelines.flatMap((one) => one.topics))];
    if (topics.length > 0)
      allow('TopicsThatSendToQueues', new ServicePrincipal('sns.amazonaws.com'), {
        ArnEquals: { 'aws:SourceArn': topics },
      });
    for (const pipeline of pipelines)
      for (const { name, principal } of sendersOf(pipeline))
        allow(`${pascalCase(pipeline.name)}${name}`, principal, {
          StringEquals: { 'kms:ViaService': `sqs.${region}.${urlSuffix}` },
        });
  }

  /** Encrypts everything that a stack stores with the key. After it was made. */
  encryptState(stack: Stack): void {
    const kmsMasterKeyId = this.key.keyArn;
    for (const each of stack.node.findAll()) {
      if (each instanceof CfnTable)
        each.sseSpecification = { sseEnabled: true, sseType: 'KMS', kmsMasterKeyId };
      if (each instanceof CfnSecret) each.kmsKeyId = kmsMasterKeyId;
      if (each instanceof CfnBucket)
        each.bucketEncryption = {
          serverSideEncryptionConfiguration: [
            {
              // One data key for many objects.
              bucketKeyEnabled: true,
              serverSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId },
            },
          ],
        };
    }
  }

  /** Encrypts the queues of a stack. After they were made. The bucket of the portal's page holds no secret. */
  encryptQueues(stack: Stack): void {
    for (const each of stack.node.findAll())
      if (each instanceof CfnQueue) {
        each.sqsManagedSseEnabled = undefined;
        each.kmsMasterKeyId = this.key.keyArn;
        each.kmsDataKeyReusePeriodSeconds = DATA_KEY_SECONDS;
      }
  }

  /** To a function that uses a table, a queue, a payload or a secret. */
  grantUse(grantee: IGrantable): void {
    permission([...KEY_ACTIONS], [this.key.keyArn])(grantee);
  }
}
