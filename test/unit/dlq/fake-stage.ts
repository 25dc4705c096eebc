import { randomUUID } from 'node:crypto';
import type { CloudWatchClient, GetMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';
import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { TrimmedDataAccessException } from '@aws-sdk/client-dynamodb-streams';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import { toWire } from '../../../functions/platform/dynamodb/wire-values.ts';
import { controlKeys } from '../../../functions/platform/dynamodb/keys.ts';
import type { FailedReceive } from '../../../functions/platform/lambda/failure-log.dynamo.ts';
import { DEAD_LETTER_QUEUES } from '../../../scripts/dlq/queues.ts';
import type { Stage } from '../../../scripts/dlq/stage.ts';
import type { DynamoClient, SqsClient } from '../../../functions/platform/aws/command.ts';

interface Held extends Message {
  hidden: boolean;
}

type Item = Record<string, unknown>;
/** The command inputs that the fakes read. */
interface Input {
  readonly QueueUrl: string;
  readonly Entries: readonly {
    readonly ReceiptHandle: string;
    readonly MessageBody: string;
    readonly MessageGroupId: string;
    readonly MessageAttributes?: Message['MessageAttributes'];
  }[];
  readonly Item: Item;
  readonly Key: Item;
  readonly RequestItems: Record<string, { readonly Keys: readonly Item[] }>;
  readonly FunctionName: string;
  readonly Payload: Uint8Array;
  readonly SequenceNumber: string;
  readonly ShardIterator: string;
}

/** In-memory queues: received messages are hidden until their visibility timeout is reset or they are deleted. */
const makeQueues = () => {
  const queues = new Map<string, Held[]>();
  const of = (url: string) => queues.get(url) ?? queues.set(url, []).get(url)!;
  const byHandle = (url: string, handle: string) => of(url).find((one) => one.ReceiptHandle === handle);
  const put = (
    url: string,
    body: string,
    sentAt: number,
    group = 'app_1',
    MessageAttributes: Message['MessageAttributes'] = {},
  ) => {
    const id = randomUUID();
    const Attributes = { SentTimestamp: String(sentAt), ApproximateReceiveCount: '5', MessageGroupId: group };
    const message = { MessageId: id, ReceiptHandle: `h-${id}`, Body: body, Attributes, MessageAttributes };
    of(url).push({ ...message, hidden: false });
    return id;
  };
  const answers: Record<string, (input: Input, url: string) => object> = {
    ReceiveMessageCommand: (_, url) => {
      const some = of(url)
        .filter(({ hidden }) => !hidden)
        .slice(0, 10);
      for (const one of some) one.hidden = true;
      return { Messages: some };
    },
    ChangeMessageVisibilityBatchCommand: (input, url) => {
      for (const { ReceiptHandle } of input.Entries) byHandle(url, ReceiptHandle)!.hidden = false;
      return {};
    },
    DeleteMessageBatchCommand: (input, url) => {
      const gone = new Set(input.Entries.map(({ ReceiptHandle }) => ReceiptHandle));
      queues.set(
        url,
        of(url).filter(({ ReceiptHandle }) => !gone.has(ReceiptHandle!)),
      );
      return {};
    },
    SendMessageBatchCommand: (input, url) => {
      for (const { MessageBody, MessageGroupId, MessageAttributes } of input.Entries)
        put(url, MessageBody, 5_000, MessageGroupId, MessageAttributes);
      return { Failed: [] };
    },
    GetQueueAttributesCommand: (_, url) => ({
      Attributes: { ApproximateNumberOfMessages: String(of(url).length), VisibilityTimeout: '60' },
    }),
  };
  return {
    put,
    bodies: (url: string) => of(url).map(({ Body }) => Body!),
    attributes: (url: string) => of(url).map((one) => one.MessageAttributes),
    groups: (url: string) => of(url).map(({ Attributes }) => Attributes!.MessageGroupId),
    visible: (url: string) => of(url).filter(({ hidden }) => !hidden).length,
    sqs: {
      send: async (command: { input: Input }) =>
        answers[command.constructor.name]!(command.input, command.input.QueueUrl),
    } as unknown as SQSClient,
  };
};

const makeTable = () => {
  const rows = new Map<string, Item>();
  const nameOf = ({ pk, sk }: Item) => JSON.stringify([pk, sk]);
  const answers: Record<string, (input: Input) => object> = {
    PutItem: ({ Item }) => {
      rows.set(nameOf(Item), Item);
      return {};
    },
    // In DynamoDB's JSON, for events of the stream.
    GetItem: ({ Key }) => {
      const row = rows.get(nameOf(unmarshall(Key as Record<string, AttributeValue>)));
      return row === undefined ? {} : { Item: toWire(row) };
    },
    BatchGetItem: ({ RequestItems }) => ({
      Responses: Object.fromEntries(
        Object.entries(RequestItems).map(([table, { Keys }]) => [
          table,
          Keys.map((key) => rows.get(nameOf(key))).filter((row) => row !== undefined),
        ]),
      ),
    }),
  };
  return {
    put: (row: Item) => void rows.set(nameOf(row), row),
    all: () => [...rows.values()],
    dynamo: {
      send: async ({ operation, input }: { operation: string; input: Input }) => answers[operation]!(input),
    } as unknown as DynamoClient,
  };
};

/** One shard of inserted messages, numbered from 1. Pages hold two records, and every second page is empty. */
const makeShard = () => {
  const state = { gone: 0, records: 0 };
  const recordOf = (n: number) => ({
    ...{ eventID: `event-${n}`, eventName: 'INSERT' },
    dynamodb: {
      ApproximateCreationDateTime: new Date(n),
      Keys: marshall({ pk: 'o#org_1#a#app_1#m#3', sk: `msg_${n}` }),
      NewImage: marshall({ type: 'msg', p: new Uint8Array([n]) }),
      SequenceNumber: String(n),
    },
  });
  const answers: Record<string, (input: Input) => object> = {
    GetShardIteratorCommand: ({ SequenceNumber }) => {
      if (Number(SequenceNumber) > state.gone) return { ShardIterator: `${SequenceNumber} full` };
      throw new TrimmedDataAccessException({ message: 'trimmed', $metadata: {} });
    },
    GetRecordsCommand: ({ ShardIterator }) => {
      const [at = '', kind] = ShardIterator.split(' ');
      if (kind === 'empty') return { Records: [], NextShardIterator: `${at} full` };
      const numbers = [Number(at), Number(at) + 1].filter((n) => n <= state.records);
      return { Records: numbers.map(recordOf), NextShardIterator: `${Number(at) + 2} empty` };
    },
  };
  return {
    /** Fills the shard with `records` records of which the first `gone` are trimmed. */
    fill: (records: number, gone = 0) => void Object.assign(state, { records, gone }),
    streams: {
      send: async (command: { input: Input }) => answers[command.constructor.name]!(command.input),
    } as unknown as DynamoDBStreamsClient,
  };
};

/** CloudWatch metrics by queue name: values of the last minutes, newest first, with their instants. */
const makeMetrics = () => {
  const ages = new Map<string, readonly (readonly [seconds: number, at: number])[]>();
  const queries: GetMetricDataCommandInput[] = [];
  const failure: { error: Error | undefined } = { error: undefined };
  const cloudWatch = {
    send: async ({ input }: { input: GetMetricDataCommandInput }) => {
      queries.push(input);
      if (failure.error !== undefined) throw failure.error;
      const MetricDataResults = input.MetricDataQueries!.map(({ Id, MetricStat }) => {
        const values = ages.get(MetricStat!.Metric!.Dimensions![0]!.Value!) ?? [];
        return { Id, Values: values.map(([age]) => age), Timestamps: values.map(([, at]) => new Date(at)) };
      });
      return { MetricDataResults: MetricDataResults.toReversed() };
    },
  } as unknown as CloudWatchClient;
  return { ages, queries, failure, cloudWatch };
};

/** A stage with in-memory queues, one table, one shard and functions. Queue URLs are `q/<output>`. */
export const fakeStage = () => {
  const queues = makeQueues();
  const table = makeTable();
  const metrics = makeMetrics();
  const invoked: { name: string; records: any[] }[] = [];
  const shard = makeShard();
  /** Whether the function fails on these records. */
  const faults = { on: (_records: any[]): boolean => false };
  const lambda = {
    send: async ({ input }: { input: Input }) => {
      const records: any[] = JSON.parse(Buffer.from(input.Payload).toString()).Records;
      invoked.push({ name: input.FunctionName, records });
      return faults.on(records) ? { FunctionError: 'Unhandled' } : {};
    },
  } as unknown as LambdaClient;
  const stage: Stage = {
    name: 'test',
    sqs: queues.sqs,
    queues: queues.sqs as unknown as SqsClient,
    dynamo: table.dynamo,
    streams: shard.streams,
    lambda,
    secretsManager: {} as unknown as SecretsManagerClient,
    cloudWatch: metrics.cloudWatch,
    outputs: DEAD_LETTER_QUEUES.map(({ output }) => output),
    s3: {} as unknown as S3Client,
    tables: {} as unknown as DynamoDBClient,
    isEmulated: true,
    find: (output) => `q/${output}`,
    get: (output) => `q/${output}`,
  };
  const failed = ({ queue, record, ...error }: FailedReceive) =>
    table.put({
      ...controlKeys.lastError(queue, record),
      ...{ v: 1, q: queue, r: record, c: error.errorClass, msg: error.message },
      ...{ n: error.receives, req: error.requestId, first: error.at - 1_000, last: error.at },
    });
  return { stage, queues, table, shard, metrics, invoked, faults, failed };
};

/** A delivery as the queue carries it. */
export const deliveryText = (n: number, changes: object = {}) =>
  JSON.stringify({ v: 1, o: 'org_1', a: 'app_1', m: `msg_${n}`, e: 'ep_1', n: 1, s: [5], ...changes });
