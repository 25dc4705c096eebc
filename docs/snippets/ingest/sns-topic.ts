import { Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Posthorn } from 'posthorn';

/**
 * A topic whose messages are published. CDK adds the subscription and the queue's permission for this topic to the stack of the
 * queue.
 */
export class TopicStack extends Stack {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { posthorn, ...props }: StackProps & { posthorn: Posthorn }) {
    super(scope, id, props);
    this.topic = new Topic(this, 'Shipments', { enforceSSL: true });
    this.topic.addSubscription(new SqsSubscription(posthorn.ingest.queue, { rawMessageDelivery: true }));
  }
}
