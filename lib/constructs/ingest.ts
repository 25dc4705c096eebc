import { CfnOutput, CfnResource, Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnEventBus, CfnRule, EventBus, Rule } from 'aws-cdk-lib/aws-events';
import type { IPrincipal } from 'aws-cdk-lib/aws-iam';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DELIVERY_QUEUE_OLDEST_SECONDS } from '../../functions/platform/limits/delivery.domain.ts';
import { FUNCTION_TIMEOUT_SECONDS } from '../../functions/platform/limits/function-timeouts.domain.ts';
import { FUNCTION_MEMORY_MB } from '../../functions/platform/limits/memory.domain.ts';
import { STARTS } from '../../functions/platform/limits/queues.domain.ts';
import type { IngestEnv } from '../../functions/platform/lambda/env.ts';
import { plainValue } from '../building-blocks/binding.ts';
import { overrideLogicalId } from '../building-blocks/logical-id.ts';
import type { OnCallInformation } from '../building-blocks/on-call-information.ts';
import { QueueWorker } from '../building-blocks/queue-worker.ts';
import { ServiceFunction } from '../building-blocks/service-function.ts';
import type { IngestPipeline, StageConfig } from '../config.ts';
import { ServiceAlarm } from '../monitoring/alarms.ts';
import type { StateStack } from '../stacks/state-stack.ts';
import { INGEST_SOURCE, ingestNames } from './ingest-names.ts';
import { sendersOf } from './ingest-senders.ts';

export interface IngestProps {
  readonly config: StageConfig;
  readonly state: StateStack;
  readonly pipeline: IngestPipeline;
}

/**
 * An ingest pipeline, for senders with IAM instead of API keys: a bus and a queue, and the function that publishes what they
 * get. All of it is of one organization, because a sender cannot forge which resource it may send to (docs/decisions/0106).
 */
export class Ingest extends Construct {
  readonly bus: EventBus;
  readonly queue: QueueWorker<'INGEST_QUEUE_URL'>;
  readonly ingest: ServiceFunction<IngestEnv>;

  constructor(scope: Construct, id: string, { config, state, pipeline }: IngestProps) {
    super(scope, id);
    const { part, suffix, busName, dlq } = ingestNames(config.name, pipeline.name);
    const onCall: OnCallInformation = {
      impact: `Events that ${pipeline.organization} gets by EventBridge, SQS and SNS are published late. Dead-lettered ones are not published until they are replayed.`,
      runbook: 'ingest-queue',
      replay: `npm run dlq -- replay ${dlq} --stage ${config.name}`,
    };
    // It stores nothing, and senders know its name.
    this.bus = new EventBus(this, 'Bus', { eventBusName: busName });
    overrideLogicalId(this.bus, CfnEventBus, `${part}Bus`);
    this.queue = new QueueWorker(this, 'Queue', {
      ...{ name: part, config, onCall, starts: STARTS.ingest },
      variable: 'INGEST_QUEUE_URL',
      timeoutSeconds: FUNCTION_TIMEOUT_SECONDS.ingest,
      maximumConcurrency: pipeline.maximumConcurrency,
      // What exceeds a publish limit waits as delayed messages, as retries do.
      oldest: Duration.seconds(DELIVERY_QUEUE_OLDEST_SECONDS),
      backlog: 100_000,
    });
    this.ingest = new ServiceFunction<IngestEnv>(this, part, {
      ...{ config, entry: 'ingest', suffix },
      description: 'Publishes events that come by EventBridge, SQS and SNS',
      memory: FUNCTION_MEMORY_MB.ingest,
      timeoutSeconds: FUNCTION_TIMEOUT_SECONDS.ingest,
      resends: true,
      bindings: {
        INGEST_ORGANIZATION: plainValue('INGEST_ORGANIZATION', pipeline.organization),
        // PutItem: an event may create its application.
        CATALOG_TABLE: state.catalog.allow('GetItem', 'BatchGetItem', 'Query', 'PutItem'),
        MESSAGES_TABLE: state.messages.allow('GetItem', 'PutItem', 'PartiQLInsert'),
        PAYLOADS_BUCKET: state.payloads.writeOnly,
        // For the reservations of publish rate limits and the failure log.
        CONTROL_TABLE: state.control.allow('UpdateItem'),
        INGEST_QUEUE_URL: this.queue.send,
        DEAD_LETTER_QUEUE_URL: this.queue.deadLetters.send,
      },
    });
    this.queue.consumedBy(this.ingest);
    const rule = this.rule(part, busName);
    this.allowSenders(pipeline, rule, part);
    // What the queue does not take goes to its dead-letter queue, whose alarm is raised; this one is for what neither takes.
    new ServiceAlarm(this, `${part}EventsLost`, {
      ...{ config, onCall, threshold: 1 },
      what: 'events that EventBridge could bring neither to the queue nor to its dead-letter queue in five minutes; they are lost',
      metric: new Metric({
        namespace: 'AWS/Events',
        metricName: 'InvocationsFailedToBeSentToDlq',
        dimensionsMap: { EventBusName: this.bus.eventBusName, RuleName: busName },
        statistic: 'Sum',
        period: Duration.minutes(5),
      }),
    });
    new CfnOutput(this, 'BusArn', { value: this.bus.eventBusArn }).overrideLogicalId(`${part}BusArn`);
    new CfnOutput(this, 'QueueArn', { value: this.queue.queue.queueArn }).overrideLogicalId(
      `${part}QueueArn`,
    );
  }

  /** Events in our own form go to the queue; those that the queue does not take go to its dead-letter queue. */
  private rule(part: string, busName: string): Rule {
    const { queue, deadLetters } = this.queue;
    const rule = new Rule(this, 'Rule', {
      // Alarms need its name, and Ref would be `<bus>|<rule>`.
      ruleName: busName,
      description: 'Events to publish',
      eventBus: this.bus,
      eventPattern: { source: [INGEST_SOURCE] },
    });
    rule.addTarget({
      bind: () => ({ arn: queue.queueArn, deadLetterConfig: { arn: deadLetters.queue.queueArn } }),
    });
    overrideLogicalId(rule, CfnRule, `${part}Rule`);
    return rule;
  }

  /**
   * Principals of this account need only a policy of their own. Rules of the ingest bus may send to the queue, since a principal that
   * may make one may publish; rules and topics elsewhere are named one by one.
   */
  private allowSenders(pipeline: IngestPipeline, rule: Rule, part: string): void {
    const { queue, deadLetters } = this.queue;
    const { region, account, partition } = Stack.of(this);
    const busRules = `arn:${partition}:events:${region}:${account}:rule/${this.bus.eventBusName}/*`;
    const events = new ServicePrincipal('events.amazonaws.com');
    allowSend(queue, events, { ArnLike: { 'aws:SourceArn': [busRules, ...pipeline.rules] } });
    allowSend(deadLetters.queue, events, { ArnEquals: { 'aws:SourceArn': rule.ruleArn } });
    if (pipeline.topics.length > 0) {
      const topics = new ServicePrincipal('sns.amazonaws.com');
      allowSend(queue, topics, { ArnEquals: { 'aws:SourceArn': pipeline.topics } });
    }
    sendersOf(pipeline).forEach(({ name, principal }) => {
      allowSend(queue, principal);
      const statement: unknown = new PolicyStatement({
        sid: `${part}${name}`,
        principals: [principal],
        actions: ['events:PutEvents'],
        resources: [this.bus.eventBusArn],
      }).toJSON();
      const policy = new CfnResource(this, `BusPolicy${name}`, {
        // CfnEventBusPolicy prints a warning about a property that it does not set.
        type: 'AWS::Events::EventBusPolicy',
        properties: {
          EventBusName: this.bus.eventBusName,
          StatementId: `${part}${name}`,
          Statement: statement,
        },
      });
      policy.overrideLogicalId(`${part}BusPolicy${name}`);
    });
  }
}

/** Not `grantSendMessages`, which would also allow reading the queue's attributes. */
const allowSend = (queue: IQueue, principal: IPrincipal, conditions: object = {}): void => {
  queue.addToResourcePolicy(
    new PolicyStatement({
      principals: [principal],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: { ...conditions },
    }),
  );
};
