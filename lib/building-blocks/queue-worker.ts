import { CfnOutput, Duration } from 'aws-cdk-lib';
import { CfnEventSourceMapping, EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { CfnQueue, CfnQueuePolicy, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import {
  QUEUE_BATCH,
  receivesBeforeDeadLetter,
  visibilitySeconds,
} from '../../functions/platform/limits/queues.domain.ts';
import type { StageConfig } from '../config.ts';
import { ServiceAlarm } from '../monitoring/alarms.ts';
import type { Binding } from './binding.ts';
import { DeadLetters, queueBasics } from './dead-letter-queue.ts';
import { overrideLogicalId, overrideLogicalIdBelow } from './logical-id.ts';
import type { ServiceFunction } from './service-function.ts';
import type { OnCallInformation } from './on-call-information.ts';

export interface QueueWorkerProps<Name extends string> {
  /** Prefix of logical ids and outputs: `Delivery` makes DeliveryQueue and DeliveryDlq. */
  readonly name: string;
  readonly config: StageConfig;
  readonly onCall: OnCallInformation;
  /** The environment variable that holds the queue's URL in functions that send to it. */
  readonly variable: Name;
  /** The timeout of the consuming function. */
  readonly timeoutSeconds: number;
  readonly maximumConcurrency: number;
  /** Batch size and batching window; absent: ten records without a window. */
  readonly batch?: { readonly size: number; readonly windowSeconds: number };
  /** How often the function starts on a record before it dead-letters it. */
  readonly starts: number;
  /** Age of the oldest message from which an alarm is raised. */
  readonly oldest: Duration;
  /** Number of waiting messages from which an alarm is raised. */
  readonly backlog: number;
}

/**
 * A queue with all that every queue needs: a dead-letter queue, alarms, on-call information and one consuming function.
 */
export class QueueWorker<Name extends string> extends Construct {
  readonly queue: Queue;
  readonly deadLetters: DeadLetters;
  readonly send: Binding<Name>;
  /** For a function whose only use of the queue is the health check. */
  readonly healthCheck: Binding<Name>;
  /** For a function whose environment schema has the queue's URL but that never uses it. */
  readonly nameOnly: Binding<Name>;
  private readonly props: QueueWorkerProps<Name>;
  private consumed = false;

  constructor(scope: Construct, id: string, props: QueueWorkerProps<Name>) {
    super(scope, id);
    this.props = props;
    this.deadLetters = new DeadLetters(this, `${props.name}Dlq`, props);
    const { target } = props.config;
    const maxReceiveCount = receivesBeforeDeadLetter(props.starts, target);
    this.queue = new Queue(this, 'Queue', {
      ...queueBasics(props.config),
      visibilityTimeout: Duration.seconds(visibilitySeconds(props.timeoutSeconds, target)),
      deadLetterQueue: { queue: this.deadLetters.queue, maxReceiveCount },
    });
    overrideLogicalId(this.queue, CfnQueue, `${props.name}Queue`);
    overrideLogicalIdBelow(this.queue, CfnQueuePolicy, `${props.name}QueuePolicy`);
    this.send = {
      variable: props.variable,
      value: this.queue.queueUrl,
      grant: (grantee) => void this.queue.grant(grantee, 'sqs:SendMessage'),
    };
    this.healthCheck = {
      ...this.send,
      grant: (grantee) => void this.queue.grant(grantee, 'sqs:GetQueueAttributes'),
    };
    this.nameOnly = { ...this.send, grant: () => undefined };
    this.alarms();
    new CfnOutput(this, 'Url', { value: this.queue.queueUrl }).overrideLogicalId(`${props.name}QueueUrl`);
    this.node.addValidation({
      validate: () => (this.consumed ? [] : [`${props.name}Queue has no consumer: call consumedBy(...).`]),
    });
  }

  /** Makes the function the queue's consumer. It reports the records that failed (partial batch failures). */
  consumedBy<Env>({ lambda, invoked }: ServiceFunction<Env>): void {
    this.consumed = true;
    // The SQS actions of AWSLambdaSQSQueueExecutionRole; grantConsumeMessages would allow more.
    this.queue.grant(lambda, 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes');
    const mapping = new EventSourceMapping(this, 'Mapping', {
      target: invoked,
      eventSourceArn: this.queue.queueArn,
      batchSize: this.props.batch?.size ?? QUEUE_BATCH,
      ...(this.props.batch === undefined
        ? {}
        : { maxBatchingWindow: Duration.seconds(this.props.batch.windowSeconds) }),
      reportBatchItemFailures: true,
      maxConcurrency: this.props.maximumConcurrency,
    });
    overrideLogicalId(mapping, CfnEventSourceMapping, `${this.props.name}QueueMapping`);
  }

  private alarms(): void {
    const { config, name, onCall } = this.props;
    new ServiceAlarm(this, `${name}QueueAge`, {
      config,
      onCall,
      what: 'age of the oldest message, in seconds',
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1) }),
      threshold: this.props.oldest.toSeconds(),
      periods: 5,
    });
    new ServiceAlarm(this, `${name}QueueDepth`, {
      config,
      onCall,
      what: 'number of messages waiting',
      metric: this.queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      threshold: this.props.backlog,
      periods: 5,
    });
  }
}
