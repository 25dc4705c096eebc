import { Duration, Validations } from 'aws-cdk-lib';
import type { Function, IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnEventSourceMapping, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import {
  STREAM_BATCH,
  STREAM_MAX_AGE_HOURS,
  STREAM_RETRIES,
} from '../../functions/platform/limits/streams.domain.ts';
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
  /** Batches of one shard that Lambda processes at once (parallelization factor); records of one item stay in order. */
  readonly parallelism: number;
  /** Patterns of Lambda's event filtering, one of which a stream record must match; absent: all records. */
  readonly filters?: readonly object[];
}

/**
 * New rows of a kind: what their readers would skip (changes, expiries, other kinds) invokes no function. `attributes`:
 * patterns of further attributes of the row.
 */
export const newRows = (type: string, attributes: object = {}): object => ({
  eventName: ['INSERT'],
  dynamodb: { NewImage: { type: { S: [type] }, ...attributes } },
});

const LATE = Duration.hours(1);

/** The dead-letter queue of a function that reads one or more streams, and the alarm for its iterator age. */
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
      reason:
        'This is a dead-letter queue: the failure destination of a stream, which the rule does not detect.',
    });
  }

  readBy<Env>({ lambda, invoked }: ServiceFunction<Env>, sources: readonly StreamSource[]): void {
    for (const source of sources) this.map(lambda, invoked, source);
    Validations.of(lambda.role ?? lambda).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'Lambda requires dynamodb:ListStreams, which does not support resource-level permissions.',
    });
    new ServiceAlarm(this, `${this.name}IteratorAge`, {
      ...this.props,
      what: 'iterator age of the stream, in milliseconds; it keeps records for 24 hours',
      metric: lambda.metric('IteratorAge', { statistic: 'Maximum', period: Duration.minutes(5) }),
      threshold: LATE.toMilliseconds(),
    });
  }

  private map(lambda: Function, invoked: IFunction, { from, parallelism, filters }: StreamSource): void {
    const { table } = from;
    if (table.tableStreamArn === undefined) throw new Error(`${from.node.path} has no stream to read`);
    table.grantStreamRead(lambda);
    const mapping = invoked.addEventSourceMapping(`Reads${from.node.id}`, {
      eventSourceArn: table.tableStreamArn,
      // From the oldest record: a replaced mapping repeats records instead of losing them.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: STREAM_BATCH,
      parallelizationFactor: parallelism,
      bisectBatchOnError: true,
      retryAttempts: STREAM_RETRIES,
      maxRecordAge: Duration.hours(STREAM_MAX_AGE_HOURS),
      onFailure: {
        bind: () => {
          // SqsDlq would grant more than SendMessage.
          this.deadLetters.send.grant(lambda);
          return { destination: this.deadLetters.queue.queueArn };
        },
      },
      ...(filters === undefined
        ? {}
        : { filters: filters.map((filter) => ({ pattern: JSON.stringify(filter) })) }),
    });
    overrideLogicalId(mapping, CfnEventSourceMapping, `${this.name}${from.node.id}Mapping`);
  }
}
