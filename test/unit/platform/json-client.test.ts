import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand as SdkPutEvents } from '@aws-sdk/client-eventbridge';
import {
  GetSecretValueCommand as SdkGetSecretValue,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { SQSClient, SendMessageBatchCommand as SdkSendMessageBatch } from '@aws-sdk/client-sqs';
import * as sdk from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AwsClient, Command, ServiceName } from '../../../functions/platform/aws/command.ts';
import {
  GetSecretValueCommand,
  PutEventsCommand,
  SendMessageBatchCommand,
} from '../../../functions/platform/aws/commands.ts';
import {
  makeDynamo,
  makeEventBridge,
  makeSecretsManager,
  makeSqs,
} from '../../../functions/platform/aws/clients.ts';
import * as ours from '../../../functions/platform/dynamodb/commands.ts';
import { ConditionFailed, TransactionCanceled } from '../../../functions/platform/dynamodb/errors.ts';

/** The SDK is the oracle: what it sends for a command, our client sends, and what it makes of an answer, ours makes. */

const NOW = new Date('2026-11-30T12:00:00Z');

interface Sent {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

let server: Server;
let endpoint: string;
let sent: Sent[];
let answers: Answer[];

beforeEach(async () => {
  Object.assign(process.env, {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'session+token/=',
  });
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
  sent = [];
  answers = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      sent.push({ path: request.url ?? '', headers: request.headers, body: JSON.parse(text) });
      const { status = 200, headers = {}, body = '{}' } = answers.shift() ?? {};
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0', ...headers }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  vi.useRealTimers();
  delete process.env['AWS_SESSION_TOKEN'];
  server.closeAllConnections();
  server.close();
});

/** The parts of a request that the service looks at; invocation ids and the user agent are a caller's own. */
const essence = ({ path, headers, body }: Sent) => ({
  path,
  body,
  ...Object.fromEntries(
    ['host', 'content-type', 'content-length', 'x-amz-target', 'x-amz-date', 'x-amz-security-token'].map(
      (name) => [name, headers[name]],
    ),
  ),
});

const scopeOf = ({ headers }: Sent) => /Credential=([^,]+)/.exec(headers.authorization ?? '')?.[1];

const BYTES = new Uint8Array([0, 1, 255]);
const ROW = {
  pk: 'o#org_1',
  sk: 'ü',
  none: undefined,
  nested: { list: [1, 'two', { b: BYTES }, null, true], bytes: BYTES, set: new Set(['a', 'b']) },
  n: 1.5,
};
const KEY = { pk: 'a', sk: 'b' };

const commands: Readonly<Record<string, object>> = {
  Get: { TableName: 't', Key: KEY, ConsistentRead: true },
  Put: {
    TableName: 't',
    Item: ROW,
    ConditionExpression: '#n < :n',
    ExpressionAttributeNames: { '#n': 'Key' },
    ExpressionAttributeValues: { ':n': BYTES },
  },
  Update: {
    TableName: 't',
    Key: KEY,
    UpdateExpression: 'SET a = :a',
    ExpressionAttributeValues: { ':a': ROW.nested },
    ReturnValues: 'ALL_NEW',
  },
  Delete: { TableName: 't', Key: KEY },
  Query: {
    TableName: 't',
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': 'a' },
    ExclusiveStartKey: KEY,
    Limit: 3,
  },
  Scan: { TableName: 't', ExclusiveStartKey: KEY, Segment: 0, TotalSegments: 2 },
  BatchGet: { RequestItems: { Item: { Keys: [KEY], ConsistentRead: true } } },
  BatchWrite: { RequestItems: { Key: [{ PutRequest: { Item: ROW } }, { DeleteRequest: { Key: KEY } }] } },
  TransactWrite: {
    TransactItems: [
      { Put: { TableName: 't', Item: ROW } },
      {
        Update: {
          TableName: 't',
          Key: KEY,
          UpdateExpression: 'SET a = :a',
          ExpressionAttributeValues: { ':a': 1 },
        },
      },
      { ConditionCheck: { TableName: 't', Key: KEY, ConditionExpression: 'attribute_exists(pk)' } },
      { Delete: { TableName: 't', Key: KEY } },
    ],
    ClientRequestToken: 'token',
  },
};

const WIRE_ROW =
  '{"pk":{"S":"o"},"n":{"N":"7"},"b":{"B":"AAH/"},"l":{"L":[{"BS":["AAH/"]},{"M":{"x":{"B":"/w=="}}}]},"s":{"SS":["a"]},"z":{"NULL":true}}';
const documentAnswers: Readonly<Record<string, string>> = {
  Get: `{"Item":${WIRE_ROW}}`,
  Update: `{"Attributes":${WIRE_ROW}}`,
  Query: `{"Items":[${WIRE_ROW}],"Count":1,"LastEvaluatedKey":{"pk":{"S":"o"}}}`,
  Scan: `{"Items":[${WIRE_ROW},${WIRE_ROW}],"Count":2}`,
  BatchGet: `{"Responses":{"Item":[${WIRE_ROW}]},"UnprocessedKeys":{"Items":{"Keys":[{"pk":{"S":"o"}}],"ConsistentRead":true}}}`,
  BatchWrite: `{"UnprocessedItems":{"Key":[{"PutRequest":{"Item":${WIRE_ROW}}},{"DeleteRequest":{"Key":{"pk":{"S":"o"}}}}]}}`,
};

const documents = () =>
  sdk.DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint }), {
    marshallOptions: { removeUndefinedValues: true },
  });

type Make = new (input: object) => never;
const sdkCommand = (name: string): never =>
  new (sdk as unknown as Record<string, Make>)[`${name}Command`]!(commands[name]!);
const ourCommand = (name: string) =>
  new (ours as unknown as Record<string, new (input: object) => Command<'DynamoDB', object>>)[
    `${name}Command`
  ]!(commands[name]!);

describe('document commands', () => {
  it.each(Object.keys(commands))('%s sends what the SDK sends', async (name) => {
    await documents().send(sdkCommand(name));
    await makeDynamo({ endpoint }).send(ourCommand(name));
    const [theirs, own] = sent;
    expect(essence(own!)).toEqual(essence(theirs!));
    expect(scopeOf(own!)).toBe(scopeOf(theirs!));
  });

  it.each(Object.entries(documentAnswers))('%s answers what the SDK answers', async (name, body) => {
    answers.push({ body }, { body });
    const { $metadata: _, ...theirs } = (await documents().send(sdkCommand(name))) as { $metadata: unknown };
    expect(await makeDynamo({ endpoint }).send(ourCommand(name))).toEqual(theirs);
  });
});

const clients: readonly (readonly [
  string,
  () => { send: (command: never) => unknown },
  () => object,
  object,
  object,
])[] = [
  [
    'SQS',
    () => new SQSClient({ endpoint, useQueueUrlAsEndpoint: false }),
    () => makeSqs({ endpoint }),
    new SdkSendMessageBatch({
      QueueUrl: 'https://q/1/q',
      Entries: [{ Id: '1', MessageBody: 'm', MessageGroupId: 'g', DelaySeconds: 5 }],
    }),
    new SendMessageBatchCommand({
      QueueUrl: 'https://q/1/q',
      Entries: [{ Id: '1', MessageBody: 'm', MessageGroupId: 'g', DelaySeconds: 5 }],
    }),
  ],
  [
    'EventBridge',
    () => new EventBridgeClient({ endpoint }),
    () => makeEventBridge({ endpoint }),
    new SdkPutEvents({ Entries: [{ Source: 's', DetailType: 't', Detail: '{}', EventBusName: 'b' }] }),
    new PutEventsCommand({ Entries: [{ Source: 's', DetailType: 't', Detail: '{}', EventBusName: 'b' }] }),
  ],
  [
    'Secrets Manager',
    () => new SecretsManagerClient({ endpoint }),
    () => makeSecretsManager({ endpoint }),
    new SdkGetSecretValue({ SecretId: 's' }),
    new GetSecretValueCommand({ SecretId: 's' }),
  ],
];

describe('commands of other services', () => {
  it.each(clients)('%s gets what the SDK sends', async (_, theirs, own, sdkOne, ourOne) => {
    answers.push({
      body: '{"Failed":[],"Successful":[{"Id":"1","MessageId":"m","MD5OfMessageBody":"6f8f57715090da2632453988d9a1501b"}]}',
    });
    await theirs().send(sdkOne as never);
    await (own() as AwsClient<ServiceName>).send(ourOne as Command<ServiceName, object>);
    expect(essence(sent[1]!)).toEqual(essence(sent[0]!));
    expect(scopeOf(sent[1]!)).toBe(scopeOf(sent[0]!));
  });
});

describe('endpoint without an override', () => {
  const hostOf = async (region: string) => {
    const client = makeDynamo({
      region: () => Promise.resolve(region),
      limits: { connectMs: 1, attemptMs: 1, totalMs: 1_000, attempts: 1 },
    });
    let host = '';
    const attempt = client.attempt.bind(client);
    client.attempt = async (...args) => {
      host = (await client.place()).url.host;
      return attempt(...args);
    };
    await client.send(new ours.GetCommand({ TableName: 't', Key: KEY })).catch(() => undefined);
    return host;
  };

  it.each([
    ['eu-central-1', 'dynamodb.eu-central-1.amazonaws.com'],
    ['cn-north-1', 'dynamodb.cn-north-1.amazonaws.com.cn'],
    ['us-gov-west-1', 'dynamodb.us-gov-west-1.amazonaws.com'],
  ])('is that of %s', async (region, host) => {
    expect(await hostOf(region)).toBe(host);
  });
});

const refused = (code: string, more: object = {}): Answer => ({
  status: 400,
  body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message: 'no', ...more }),
});

const get = () => makeDynamo({ endpoint }).send(new ours.GetCommand({ TableName: 't', Key: KEY }));

describe('errors', () => {
  it('have the code as name, and are not repeated where a repeat cannot help', async () => {
    answers.push(refused('ValidationException'));
    const error: unknown = await get().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'ValidationException', message: 'no' });
    // What a log line prints of it.
    expect(Object.keys(error as object).toSorted()).toEqual(['$metadata', 'name']);
    expect(sent).toHaveLength(1);
  });

  it('of a failed condition and of a canceled transaction have the stored items', async () => {
    answers.push(refused('ConditionalCheckFailedException', { Item: JSON.parse(WIRE_ROW) as object }));
    const failed: unknown = await get().catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(ConditionFailed);
    expect((failed as ConditionFailed).item).toMatchObject({ pk: 'o', n: 7, b: BYTES });
    answers.push(
      refused('TransactionCanceledException', {
        CancellationReasons: [
          { Code: 'None' },
          { Code: 'ConditionalCheckFailed', Item: { b: { B: 'AAH/' } } },
        ],
      }),
    );
    const canceled: unknown = await get().catch((error: unknown) => error);
    expect(canceled).toBeInstanceOf(TransactionCanceled);
    expect((canceled as TransactionCanceled).reasons).toEqual([
      { code: 'None', item: undefined },
      { code: 'ConditionalCheckFailed', item: { b: BYTES } },
    ]);
  });

  it('are repeated when they pass: throttling, server errors, answers without JSON', async () => {
    answers.push({ status: 500, body: 'bad gateway' }, refused('ProvisionedThroughputExceededException'), {
      body: `{"Item":${WIRE_ROW}}`,
    });
    expect((await get()).Item).toMatchObject({ n: 7 });
    expect(sent.map(({ headers }) => headers['amz-sdk-request'])).toEqual(
      ['1', '2', '3'].map((n) => `attempt=${n}; max=5`),
    );
    expect(new Set(sent.map(({ headers }) => headers['amz-sdk-invocation-id'])).size).toBe(1);
  });

  it('of a wrong clock are repeated with the clock of the service', async () => {
    const theirs = new Date(NOW.getTime() + 3_600_000);
    answers.push({ ...refused('InvalidSignatureException'), headers: { date: theirs.toUTCString() } });
    await get();
    expect(sent.map(({ headers }) => headers['x-amz-date'])).toEqual([
      '20261130T120000Z',
      '20261130T130000Z',
    ]);
  });

  it('of missing credentials say so', async () => {
    delete process.env['AWS_ACCESS_KEY_ID'];
    await expect(get()).rejects.toThrow('AWS_ACCESS_KEY_ID');
  });
});
