import { CfnOutput, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { CfnQueue, CfnQueuePolicy, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { QUEUE_RETENTION_DAYS } from '../../functions/platform/limits/queues.domain.ts';
import type { StageConfig } from '../config.ts';
import { ServiceAlarm } from '../monitoring/alarms.ts';
import type { Binding } from './binding.ts';
import { overrideLogicalId, overrideLogicalIdBelow } from './logical-id.ts';
import type { OnCallInformation } from './on-call-information.ts';

/** Days between the alarm on the age of dead-lettered messages and their deletion by SQS. */
const DAYS_TO_REPLAY = 4;

/**
 * Properties of every queue: SQS-managed encryption, which is free, TLS only, and retained where the stage keeps its
 * state.
 */
export const queueBasics = (config: StageConfig) => ({
  retentionPeriod: Duration.days(QUEUE_RETENTION_DAYS),
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
  removalPolicy: config.keepState ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
});

/**
 * The dead-letter queue of one consumer. The first message raises an alarm, and another alarm warns before SQS deletes
 * the oldest one.
 */
export class DeadLetters extends Construct {
  readonly queue: Queue;
  /** For its consumer, which dead-letters records by itself: those that can never succeed, with the reason. */
  readonly send: Binding<'DEAD_LETTER_QUEUE_URL'>;

  constructor(scope: Construct, id: string, props: { config: StageConfig; onCall: OnCallInformation }) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', queueBasics(props.config));
    overrideLogicalId(this.queue, CfnQueue, id);
    overrideLogicalIdBelow(this.queue, CfnQueuePolicy, `${id}Policy`);
    new CfnOutput(this, 'Url', { value: this.queue.queueUrl }).overrideLogicalId(`${id}Url`);
    this.send = {
      variable: 'DEAD_LETTER_QUEUE_URL',
      value: this.queue.queueUrl,
      grant: (grantee) => void this.queue.grant(grantee, 'sqs:SendMessage'),
    };
    new ServiceAlarm(this, `${id}Depth`, {
      ...props,
      what: 'number of messages in the dead-letter queue',
      metric: this.queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      threshold: 1,
    });
    new ServiceAlarm(this, `${id}Age`, {
      ...props,
      what: `age of the oldest message in the dead-letter queue, in seconds; SQS deletes it after ${QUEUE_RETENTION_DAYS} days`,
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5) }),
      threshold: Duration.days(QUEUE_RETENTION_DAYS - DAYS_TO_REPLAY).toSeconds(),
    });
  }
}
