import { Duration, Validations } from 'aws-cdk-lib';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { CfnEventSourceMapping, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { ServiceAlarm } from '../monitoring/alarms.ts';
import type { AppTable } from './app-table.ts';
import { DeadLetters } from './dead-letter-queue.ts';
import { overrideLogicalId } from './logical-id.ts';
import type { ServiceFunction } from './service-function.ts';
import type { OnCallInformation } from './on-call-information.ts';

export interface StreamWorkerProps {
  readonly config: StageConfig;
  readonly onCall: OnCallInformation;
}

export interface StreamSource {
  readonly from: AppTable<string>;
  /** Batches of one shard that are worked on at once; each item's own order is kept. */
  readonly parallelism: number;
  /** As Lambda's filter rules, matched by the stream's own shape of a record. */
  readonly filter?: object;
}

/** One query of a shard; enough to fill the batch writes and sends behind it. */
const BATCH = 100;
/** A record that a function cannot do goes to the dead letters by its own hand; what it throws for may pass, so try long. */
const RETRIES = 500;
/** Streams forget after 24 h. Past this the batch is dead-lettered by its place in the stream, which can still be read then. */
const MAX_AGE = Duration.hours(12);
const LATE = Duration.hours(1);

/** The reader of one or more streams, its dead letters and the alarm that it falls behind. */
export class StreamWorker extends Construct {
  readonly deadLetters: DeadLetters;
  private readonly name: string;
  private readonly props: StreamWorkerProps;

  constructor(scope: Construct, id: string, props: StreamWorkerProps) {
    super(scope, id);
    this.name = id;
    this.props = props;
    this.deadLetters = new DeadLetters(this, `${id}Dlq`, props);
    Validations.of(this.deadLetters).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'This is a dead letter queue: the failure destination of a stream, which the rule cannot see.',
    });
  }

  readBy<Env>({ lambda }: ServiceFunction<Env>, sources: readonly StreamSource[]): void {
    for (const source of sources) this.map(lambda, source);
    Validations.of(lambda.role ?? lambda).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'dynamodb:ListStreams, which Lambda asks for, knows no resources.',
    });
    new ServiceAlarm(this, `${this.name}IteratorAge`, {
      ...this.props,
      what: 'milliseconds that the stream is behind; it forgets after 24 hours',
      metric: lambda.metric('IteratorAge', { statistic: 'Maximum', period: Duration.minutes(5) }),
      threshold: LATE.toMilliseconds(),
    });
  }

  private map(lambda: Function, { from, parallelism, filter }: StreamSource): void {
    const { table } = from;
    if (table.tableStreamArn === undefined) throw new Error(`${from.node.path} has no stream to read`);
    table.grantStreamRead(lambda);
    const mapping = lambda.addEventSourceMapping(`Reads${from.node.id}`, {
      eventSourceArn: table.tableStreamArn,
      // From the oldest record: a mapping made anew repeats work rather than losing it.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: BATCH,
      parallelizationFactor: parallelism,
      bisectBatchOnError: true,
      retryAttempts: RETRIES,
      maxRecordAge: MAX_AGE,
      onFailure: {
        bind: () => {
          // Not SqsDlq, which allows more than to send.
          this.deadLetters.send.grant(lambda);
          return { destination: this.deadLetters.queue.queueArn };
        },
      },
      ...(filter === undefined ? {} : { filters: [{ pattern: JSON.stringify(filter) }] }),
    });
    overrideLogicalId(mapping, CfnEventSourceMapping, `${this.name}${from.node.id}Mapping`);
  }
}
