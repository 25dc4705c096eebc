import { Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { AttributeType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnPipe } from 'aws-cdk-lib/aws-pipes';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { IngestAccess } from 'posthorn';

/**
 * An outbox without code: items that a transaction writes beside its other changes are published from the table's stream.
 * An item has the attributes application, eventType, order and total. Whether Pipes escapes quotation marks inside of a value was
 * not tried on AWS, so the template takes ids and amounts, and no free text.
 */
export class OutboxStack extends Stack {
  constructor(scope: Construct, id: string, { ingest, ...props }: StackProps & { ingest: IngestAccess }) {
    super(scope, id, props);
    const outbox = new Table(this, 'Outbox', {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      stream: StreamViewType.NEW_IMAGE,
      timeToLiveAttribute: 'expires',
    });
    const notSent = new Queue(this, 'NotSent', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
    const role = new Role(this, 'PipeRole', {
      assumedBy: new ServicePrincipal('pipes.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    });
    outbox.grantStreamRead(role);
    notSent.grant(role, 'sqs:SendMessage');
    const permissions = ingest.grantSendMessage(role);
    const pipe = new CfnPipe(this, 'Pipe', {
      roleArn: role.roleArn,
      source: outbox.tableStreamArn ?? '',
      sourceParameters: {
        dynamoDbStreamParameters: {
          startingPosition: 'TRIM_HORIZON',
          batchSize: 10,
          maximumRetryAttempts: 100,
          onPartialBatchItemFailure: 'AUTOMATIC_BISECT',
          deadLetterConfig: { arn: notSent.queueArn },
        },
        // Not what TTL deletes later.
        filterCriteria: { filters: [{ pattern: JSON.stringify({ eventName: ['INSERT'] }) }] },
      },
      target: ingest.queue.queueArn,
      targetParameters: {
        inputTemplate: JSON.stringify({
          application: '<$.dynamodb.NewImage.application.S>',
          eventType: '<$.dynamodb.NewImage.eventType.S>',
          // One item makes one message, however often the pipe sends it.
          eventId: '<$.dynamodb.Keys.id.S>',
          payload: {
            order: '<$.dynamodb.NewImage.order.S>',
            total: '<$.dynamodb.NewImage.total.N>',
          },
        }),
      },
    });
    permissions.applyBefore(pipe);
  }
}
