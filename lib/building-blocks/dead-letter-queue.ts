import { CfnOutput, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { CfnQueue, CfnQueuePolicy, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { ServiceAlarm } from '../monitoring/alarms.ts';
import type { Binding } from './binding.ts';
import { overrideLogicalId, overrideLogicalIdBelow } from './logical-id.ts';
import type { OnCallInformation } from './on-call-information.ts';

/** SQS keeps nothing for longer. */
const RETENTION = Duration.days(14);

/** SQS-managed keys cost nothing; plain HTTP is refused; what waits survives the stack where state does. */
export const queueBasics = (config: StageConfig) => ({
  retentionPeriod: RETENTION,
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
  removalPolicy: config.keepState ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
});

/** Where our own failures wait for a person: one is enough for an alarm, and a second alarm warns before SQS forgets them. */
export class DeadLetters extends Construct {
  readonly queue: Queue;
  /** For a function that meets a record which can never succeed: it puts it here itself, with the reason. */
  readonly send: Binding<'DEAD_LETTER_QUEUE_URL'>;
  /** For one whose records Lambda moves here by itself. */
  readonly nameOnly: Binding<'DEAD_LETTER_QUEUE_URL'>;

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
    this.nameOnly = { ...this.send, grant: () => undefined };
    new ServiceAlarm(this, `${id}Depth`, {
      ...props,
      what: 'dead letters waiting',
      metric: this.queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      threshold: 1,
    });
    new ServiceAlarm(this, `${id}Age`, {
      ...props,
      what: 'seconds that the oldest dead letter has waited; SQS forgets it after 14 days',
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5) }),
      threshold: Duration.days(10).toSeconds(),
    });
  }
}
