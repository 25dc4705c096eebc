import { EventBus } from 'aws-cdk-lib/aws-events';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { INGEST_SOURCE } from './constructs/ingest-names.ts';

/** The ARNs of one ingest pipeline: outputs of the service stack, such as IngestBusArn and IngestQueueArn. */
export interface IngestArns {
  readonly busArn: string;
  readonly queueArn: string;
  /** The output StateKeyArn of the state stack, if the stage has a customer-managed key. */
  readonly keyArn?: string;
}

/** The bus and the queue of one ingest pipeline, and the rights to publish by them (docs/ingest.md). */
export class IngestAccess {
  /** The ingest pipeline of a stage that is deployed by another app. */
  static fromArns(scope: Construct, id: string, { busArn, queueArn, keyArn }: IngestArns): IngestAccess {
    return new IngestAccess(
      EventBus.fromEventBusArn(scope, `${id}Bus`, busArn),
      Queue.fromQueueArn(scope, `${id}Queue`, queueArn),
      keyArn,
    );
  }

  readonly bus: EventBus | IEventBus;
  readonly queue: IQueue;

  private readonly keyArn: string | undefined;

  /** `keyArn`: of the customer-managed key with which the queue is encrypted. */
  constructor(bus: EventBus | IEventBus, queue: IQueue, keyArn?: string) {
    this.bus = bus;
    this.queue = queue;
    this.keyArn = keyArn;
  }

  /**
   * Allows PutEvents on the bus, with the source of events to publish and no other. The key is multivalued: without `Null` the
   * condition would hold for a request that does not have it.
   */
  grantPutEvents(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['events:PutEvents'],
      resourceArns: [this.bus.eventBusArn],
      conditions: {
        'ForAllValues:StringEquals': { 'events:source': [INGEST_SOURCE] },
        Null: { 'events:source': 'false' },
      },
    });
  }

  /**
   * Allows SendMessage (and SendMessageBatch, which is the same action) to the queue, and by way of SQS the use of the stage's
   * key, if it has one; nothing to read or delete there.
   */
  grantSendMessage(grantee: IGrantable): Grant {
    const send = Grant.addToPrincipal({
      grantee,
      actions: ['sqs:SendMessage'],
      resourceArns: [this.queue.queueArn],
    });
    if (this.keyArn === undefined) return send;
    const { region, urlSuffix } = Stack.of(this.queue);
    return send.combine(
      Grant.addToPrincipal({
        grantee,
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resourceArns: [this.keyArn],
        conditions: { StringEquals: { 'kms:ViaService': `sqs.${region}.${urlSuffix}` } },
      }),
    );
  }
}
