import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeS3 } from '../../../functions/platform/aws/s3.ts';
import {
  limitsOf,
  makeDynamo,
  makeEventBridge,
  makeSecretsManager,
  makeSqs,
} from '../../../functions/platform/aws/clients.ts';
import { AWS_CALLS, EMULATOR_CALL_MS } from '../../../functions/platform/limits/aws-calls.domain.ts';
import type { CallLimits } from '../../../functions/platform/limits/aws-calls.domain.ts';
import { makePayloads } from '../../../functions/messages/payloads.ts';
import { GetCommand } from '../../../functions/platform/dynamodb/commands.ts';
import {
  GetSecretValueCommand,
  PutEventsCommand,
  SendMessageBatchCommand,
} from '../../../functions/platform/aws/commands.ts';
import { makePayloadObjects } from '../../../functions/messages/payload-objects.s3.ts';

const SHORT: CallLimits = { connectMs: 100, attemptMs: 150, totalMs: 2_000, attempts: 2 };
/** Without limits a call takes minutes; a slow machine may take this long. */
const GENEROUS_MS = 30_000;

type Place = { readonly endpoint: string; readonly limits: CallLimits };

const calls: Readonly<Record<string, (place: Place) => Promise<unknown>>> = {
  DynamoDB: (place) => makeDynamo(place).send(new GetCommand({ TableName: 't', Key: { pk: 'a' } })),
  S3: async (place) => {
    const { Body } = await makeS3(place).send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }));
    return Body?.transformToByteArray();
  },
  SQS: (place) =>
    makeSqs(place).send(
      new SendMessageBatchCommand({
        QueueUrl: `${place.endpoint}/1/q`,
        Entries: [{ Id: '1', MessageBody: 'm' }],
      }),
    ),
  EventBridge: (place) => makeEventBridge(place).send(new PutEventsCommand({ Entries: [{ Source: 's' }] })),
  'Secrets Manager': (place) => makeSecretsManager(place).send(new GetSecretValueCommand({ SecretId: 's' })),
};

let server: Server | undefined;

const serve = async (listener: RequestListener): Promise<string> => {
  server = createServer(listener);
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

beforeAll(() => {
  process.env['AWS_REGION'] = 'us-east-1';
  process.env['AWS_ACCESS_KEY_ID'] = 'test';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
});

afterEach(() => {
  vi.unstubAllEnvs();
  server?.closeAllConnections();
  server?.close();
});

describe.each(Object.entries(calls))('%s client', (_, call) => {
  it('fails within its total time after all attempts when the service never answers', async () => {
    let requests = 0;
    const endpoint = await serve(() => (requests += 1));
    const startedAt = Date.now();
    await expect(call({ endpoint, limits: SHORT })).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(Date.now() - startedAt).toBeLessThan(GENEROUS_MS);
    expect(requests).toBe(SHORT.attempts);
  });

  it('fails within its total time when a response body stalls', async () => {
    const endpoint = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{');
    });
    const startedAt = Date.now();
    await expect(call({ endpoint, limits: SHORT })).rejects.toThrow();
    expect(Date.now() - startedAt).toBeLessThan(GENEROUS_MS);
  });

  it('fails within its total time while it backs off before the next attempt', async () => {
    const endpoint = await serve((_request, response) => {
      response.writeHead(503, { 'retry-after': '60', 'x-amz-retry-after': '60000' });
      response.end();
    });
    const limits = { ...SHORT, attempts: 50 };
    const startedAt = Date.now();
    await expect(call({ endpoint, limits })).rejects.toThrow();
    expect(Date.now() - startedAt).toBeLessThan(GENEROUS_MS);
  });

  it('does not wait for a connection that is never established', async () => {
    // TEST-NET-1 (RFC 5737) is not routed; a network that refuses it at once only makes the call fail sooner.
    const startedAt = Date.now();
    await expect(call({ endpoint: 'http://192.0.2.1:9', limits: SHORT })).rejects.toThrow();
    expect(Date.now() - startedAt).toBeLessThan(GENEROUS_MS);
  });
});

it.each(Object.entries(AWS_CALLS))('calls to %s wait longer for an emulator than for AWS', (_, usual) => {
  vi.stubEnv('AWS_ENDPOINT_URL', undefined);
  expect(limitsOf({}, usual)).toEqual(usual);
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:4566');
  const ms = EMULATOR_CALL_MS;
  expect(ms).toBeGreaterThan(usual.totalMs);
  expect(limitsOf({}, usual)).toEqual({ ...usual, connectMs: ms, attemptMs: ms, totalMs: ms });
});

/** Answers each GetItem with the key that it asks for, the later ones first. */
const echo: RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { Key } = JSON.parse(Buffer.concat(chunks).toString()) as { Key: { pk: { S: string } } };
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    setTimeout(() => response.end(JSON.stringify({ Item: Key })), 50 - Number(Key.pk.S));
  });
};

describe('calls of one DynamoDB client beside each other', () => {
  it('sends the input of each command, one after the other and at the same time', async () => {
    const client = makeDynamo({ endpoint: await serve(echo) });
    const ask = async (pk: string) =>
      (await client.send(new GetCommand({ TableName: 't', Key: { pk } }))).Item?.['pk'] as unknown;
    expect(await ask('1')).toBe('1');
    expect(await ask('2')).toBe('2');
    const many = Array.from({ length: 40 }, (_, index) => String(index));
    expect(await Promise.all(many.map(ask))).toEqual(many);
  });

  it('repeats a call that failed, with the same input', async () => {
    const failures = [503, 503];
    const endpoint = await serve((request, response) => {
      const status = failures.pop();
      if (status === undefined) {
        echo(request, response);
        return;
      }
      request.resume();
      response.writeHead(status).end();
    });
    const client = makeDynamo({ endpoint });
    const { Item } = await client.send(new GetCommand({ TableName: 't', Key: { pk: '7' } }));
    expect(Item).toEqual({ pk: '7' });
    expect(failures).toEqual([]);
  });
});

describe('payload store', () => {
  it('reads again when the response body is cut off', async () => {
    let requests = 0;
    const whole = Buffer.concat([Buffer.of(0), Buffer.from('{"a":1}')]);
    const endpoint = await serve((_request, response) => {
      requests += 1;
      response.writeHead(200, { 'content-length': String(whole.length) });
      if (requests === 1) response.write(whole.subarray(0, 3));
      else response.end(whole);
    });
    const payloads = makePayloads(makePayloadObjects('b', makeS3({ endpoint, limits: SHORT })));
    const stored = { payload: { kind: 'object', key: 'k', bytes: 7 }, payloadExpiresAt: 2 } as const;
    expect(Buffer.from((await payloads.read(stored, 1)) ?? []).toString()).toBe('{"a":1}');
    expect(requests).toBe(2);
  });
});
