import { CfnOutput, Duration } from 'aws-cdk-lib';
import { CfnEventSourceMapping, EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { CfnQueue, CfnQueuePolicy, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { ServiceAlarm } from '../monitoring/alarms.ts';
import type { Binding } from './binding.ts';
import { DeadLetters, queueBasics } from './dead-letter-queue.ts';
import { overrideLogicalId, overrideLogicalIdBelow } from './logical-id.ts';
import type { ServiceFunction } from './service-function.ts';
import type { OnCallInformation } from './on-call-information.ts';

export interface QueueWorkerProps<Name extends string> {
  /** What its resources and outputs are called: `Delivery` makes DeliveryQueue and DeliveryDlq. */
  readonly name: string;
  readonly config: StageConfig;
  readonly onCall: OnCallInformation;
  /** The environment variable under which senders know the queue. */
  readonly variable: Name;
  /** The time that its function has for a batch. */
  readonly workTime: Duration;
  readonly maximumConcurrency: number;
  /** Records that the function takes at a time, and how long Lambda waits for so many; ten at once otherwise. */
  readonly batch?: { readonly size: number; readonly window: Duration };
  /** Times that a record is received on AWS before it is dead-lettered; 5 otherwise. */
  readonly receives?: number;
  /** Alarm when the oldest message waits longer. */
  readonly oldest: Duration;
  /** Alarm when more messages wait than this. */
  readonly backlog: number;
}

/** AWS's rule for queues that feed functions: throttled batches come back only when the work could be over. */
const VISIBILITY_FACTOR = 6;
/** An emulator neither throttles nor batches ahead; a crash there should be retried within a test's patience. */
const EMULATOR_VISIBILITY_FACTOR = 1;
/** AWS's minimum for queues that feed functions. Receives count poison alone; retries are messages of their own. */
const MAX_RECEIVES = 5;
/** Lambda takes no more than this without a batching window, and SQS sends no more at once. */
const BATCH = 10;

/** A queue with everything that a queue must have: dead letters, alarms, its story, and the one function that works on it. */
export class QueueWorker<Name extends string> extends Construct {
  readonly queue: Queue;
  readonly deadLetters: DeadLetters;
  readonly send: Binding<Name>;
  /** The right to see that it answers, for a function that shares an environment with senders. */
  readonly look: Binding<Name>;
  /** For a function that shares an environment with senders, and never asks for the queue. */
  readonly nameOnly: Binding<Name>;
  private readonly props: QueueWorkerProps<Name>;
  private worked = false;

  constructor(scope: Construct, id: string, props: QueueWorkerProps<Name>) {
    super(scope, id);
    this.props = props;
    this.deadLetters = new DeadLetters(this, `${props.name}Dlq`, props);
    const isAws = props.config.target === 'aws';
    const factor = isAws ? VISIBILITY_FACTOR : EMULATOR_VISIBILITY_FACTOR;
    const maxReceiveCount = isAws ? (props.receives ?? MAX_RECEIVES) : MAX_RECEIVES;
    this.queue = new Queue(this, 'Queue', {
      ...queueBasics(props.config),
      visibilityTimeout: Duration.seconds(props.workTime.toSeconds() * factor),
      deadLetterQueue: { queue: this.deadLetters.queue, maxReceiveCount },
    });
    overrideLogicalId(this.queue, CfnQueue, `${props.name}Queue`);
    overrideLogicalIdBelow(this.queue, CfnQueuePolicy, `${props.name}QueuePolicy`);
    this.send = {
      variable: props.variable,
      value: this.queue.queueUrl,
      grant: (grantee) => void this.queue.grant(grantee, 'sqs:SendMessage'),
    };
    this.look = {
      ...this.send,
      grant: (grantee) => void this.queue.grant(grantee, 'sqs:GetQueueAttributes'),
    };
    this.nameOnly = { ...this.send, grant: () => undefined };
    this.alarms();
    new CfnOutput(this, 'Url', { value: this.queue.queueUrl }).overrideLogicalId(`${props.name}QueueUrl`);
    this.node.addValidation({
      validate: () => (this.worked ? [] : [`Nothing works on ${props.name}Queue: call workedBy(...).`]),
    });
  }

  /** Feeds the queue to its function in batches; the function names the records that it could not do. */
  workedBy<Env>({ lambda }: ServiceFunction<Env>): void {
    this.worked = true;
    // What Lambda does to read for a function (AWSLambdaSQSQueueExecutionRole); grantConsumeMessages allows more.
    this.queue.grant(lambda, 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes');
    const mapping = new EventSourceMapping(this, 'Mapping', {
      target: lambda,
      eventSourceArn: this.queue.queueArn,
      batchSize: this.props.batch?.size ?? BATCH,
      ...(this.props.batch === undefined ? {} : { maxBatchingWindow: this.props.batch.window }),
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
      what: 'seconds that the oldest message has waited',
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1) }),
      threshold: this.props.oldest.toSeconds(),
      periods: 5,
    });
    new ServiceAlarm(this, `${name}QueueDepth`, {
      config,
      onCall,
      what: 'messages waiting',
      metric: this.queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      threshold: this.props.backlog,
      periods: 5,
    });
  }
}
