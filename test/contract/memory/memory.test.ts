import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import type { CreateSecretCommandInput, CreateSecretCommandOutput } from '@aws-sdk/client-secrets-manager';
import type { CreateQueueCommandInput, CreateQueueCommandOutput } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintOrganizationToken } from '../../../functions/api/authentication/tokens.ts';
import { endpointBytes } from '../../../functions/catalog/endpoints/endpoint-size.domain.ts';
import { endpointAttributes, row } from '../../../functions/catalog/items.ts';
import { attemptRows } from '../../../functions/deliver/attempts/attempt-row.ts';
import { instant } from '../../../functions/deliver/retries/due-items.dynamo.ts';
import { formatFanOutPage } from '../../../functions/fan-out/wide-queue.sqs.ts';
import { messageRow } from '../../../functions/messages/message-row.ts';
import { catalogKeys, controlKeys, REVISION_COPIES } from '../../../functions/platform/dynamodb/keys.ts';
import type { Row } from '../../../functions/platform/dynamodb/table.ts';
import { HARD_ENDPOINT_LIMITS } from '../../../functions/platform/limits/endpoints.domain.ts';
import { NO_FILTERS } from '../../../functions/replay/task.domain.ts';
import { makeTaskStore } from '../../../functions/replay/tasks.dynamo.ts';
import {
  attempt,
  message,
  SETTINGS,
  newApplication,
  newEndpoint,
} from '../../support/simulation/builders.ts';
import { makeCatalog } from '../../../functions/catalog/commit.dynamo.ts';
import { formatDelivery } from '../../../functions/deliver/queue/queue-message.ts';
import { makeSecretBox } from '../../../functions/deliver/signing/secret-box.ts';
import { makeMessages } from '../../../functions/publish/messages.dynamo.ts';
import { makePayloads } from '../../../functions/messages/payloads.ts';
import { messageId } from '../../../functions/platform/ids/brand.domain.ts';
import { makeIds } from '../../../functions/platform/ids/ids.domain.ts';
import { FUNCTION_MEMORY_MB } from '../../../functions/platform/limits/memory.domain.ts';
import { BODY_BYTES, MOST_BATCH_MESSAGES } from '../../../functions/platform/limits/requests.domain.ts';
import { SCHEMA_BUDGET } from '../../../functions/platform/limits/schemas.domain.ts';
import { makeSeal } from '../../../functions/platform/secrets/seal.ts';
import { bundleEntry } from '../../../lib/building-blocks/function-code.ts';
import { freshTable } from '../reads/tables.ts';
import { freshOrg, storesOf } from '../store/catalog.ts';
import type { DynamoClient } from '../../../functions/platform/aws/command.ts';
import { BatchWriteCommand } from '../../../functions/platform/dynamodb/commands.ts';
import { raw } from '../../support/raw-calls.ts';
import { makePayloadObjects } from '../../../functions/messages/payload-objects.s3.ts';
import { emulatorDynamo, emulatorS3, emulatorSqs, emulatorSecretsManager } from '../emulator.ts';

/** Share of a function's memory; the rest is for Lambda's own processes and for what the measurement misses. */
const SHARE = 0.7;
const RUNNER = join(import.meta.dirname, 'run-handler.mjs');
const LIMIT_MS = 1_200_000;

/** Random text hardly compresses, so its object in S3 has the maximum size of a payload. */
const PAYLOAD = Buffer.from(
  `{"a":"${randomBytes(BODY_BYTES)
    .toString('base64')
    .slice(0, BODY_BYTES - 8)}"}`,
);
const SECRET = 'a secret that is long enough for everything';

const run = promisify(execFile);
const closers: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closers) await close();
});

const setUp = async () => {
  const client = emulatorDynamo();
  const [catalog, messages, deliveries, views, control] = await Promise.all(
    Array.from({ length: 5 }, () => freshTable(client)),
  );
  const s3 = emulatorS3();
  const bucket = `memory-${Date.now()}`;
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const secret = { Name: `memory-${Date.now()}`, SecretString: JSON.stringify({ current: SECRET }) };
  const { ARN } = await emulatorSecretsManager().send(
    raw<CreateSecretCommandInput, CreateSecretCommandOutput>('Secrets Manager', 'CreateSecret', secret),
  );
  const { QueueUrl } = await emulatorSqs().send(
    raw<CreateQueueCommandInput, CreateQueueCommandOutput>('SQS', 'CreateQueue', {
      QueueName: `memory-${Date.now()}`,
    }),
  );
  const settings = { ...SETTINGS, requestTimeout: 2, stageSubnets: ['127.0.0.0/8'] };
  const variables = {
    STAGE: 'test',
    PORTAL_URL: '',
    LOG_LEVEL: 'SILENT',
    STAGE_SETTINGS: JSON.stringify(settings),
    JWT_SECRET_ARN: ARN!,
    MAIN_SECRET_ARN: ARN!,
    CATALOG_TABLE: catalog!,
    MESSAGES_TABLE: messages!,
    DELIVERIES_TABLE: deliveries!,
    VIEWS_TABLE: views!,
    CONTROL_TABLE: control!,
    PAYLOADS_BUCKET: bucket,
    DELIVERY_QUEUE_URL: QueueUrl!,
    BULK_QUEUE_URL: QueueUrl!,
    SLOW_QUEUE_URL: QueueUrl!,
    LANE_CONCURRENCY: '400',
    TASK_QUEUE_URL: QueueUrl!,
    FAN_OUT_QUEUE_URL: QueueUrl!,
    INGEST_QUEUE_URL: QueueUrl!,
    EVENT_BUS_NAME: 'default',
    DEAD_LETTER_QUEUE_URL: QueueUrl!,
  };
  return { client, s3, variables };
};

/** Reads whole requests and answers after a second, so that the payloads of a batch are in memory together. */
const slowReceiver = async (): Promise<string> => {
  const server = createServer((request, response) => {
    request.resume().on('end', () => setTimeout(() => response.end('ok'), 1_000));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
};

const MESSAGES = 250;
/** Applications of the maximum size that one batch is about. */
const LARGE = 4;

const seed = async () => {
  const { client, s3, variables } = await setUp();
  const { applications, endpoints } = storesOf(makeCatalog(client, variables.CATALOG_TABLE));
  const ids = makeIds((count) => randomBytes(count));
  const now = Date.now();
  const org = freshOrg();
  const application = newApplication({ orgId: org, id: ids.app(now), uid: 'acme' });
  await applications.create(application);
  const box = makeSecretBox(makeSeal([SECRET]));
  const id = ids.endpoint(now);
  const sealed = box.seal(`whsec_${randomBytes(24).toString('base64')}`, id);
  const url = await slowReceiver();
  await endpoints.create(
    newEndpoint(application.id, { orgId: org, id, url, secret: { sealed, expiresAt: null } }),
  );
  const payloads = makePayloads(makePayloadObjects(variables.PAYLOADS_BUCKET, s3));
  const store = makeMessages(
    { client, messages: variables.MESSAGES_TABLE, control: variables.CONTROL_TABLE },
    payloads,
  );
  // All messages share one payload object.
  const payload = await payloads.store(org, messageId(ids.message(now)), PAYLOAD);
  const messageIds = Array.from({ length: MESSAGES }, (_, index) => ids.message(now - index * 10));
  for (const one of messageIds) {
    await store.store(
      {
        ...{ orgId: org, appId: application.id, id: one, eventType: 'a.b', eventId: null, channels: null },
        ...{ tags: null, contentType: null },
        ...{ payload, payloadExpiresAt: now + 1e9, retainUntil: now + 2e9 },
        ...{ createdAt: now, deliverAt: null, onlyEndpoint: null },
      },
      now,
    );
  }
  const token = await mintOrganizationToken(
    { keys: { current: async () => [SECRET] }, ids: makeIds(randomBytes) },
    org,
    now,
  );
  const records = messageIds.map((message, index) => ({
    messageId: `record-${index}`,
    receiptHandle: 'handle',
    attributes: { ApproximateReceiveCount: '1' },
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:queue',
    body: formatDelivery({
      ...{ orgId: org, appId: application.id, messageId: message, endpointId: id },
      ...{ trigger: { kind: 'scheduled', number: 1 }, schedule: [] },
    }),
  }));
  return { client, variables: { ...variables, INGEST_ORGANIZATION: org }, token, records, org, ids, url };
};

/** An application of the maximum size; 100 of its endpoints filter on `a.b`, the others on `wide`. */
const seedLargeApplication = async ({ client, variables, org, ids }: Awaited<ReturnType<typeof seed>>) => {
  const { endpoints: count, applicationBytes } = HARD_ENDPOINT_LIMITS;
  const table = variables.CATALOG_TABLE;
  const catalog = { ...makeCatalog(client, table), newRev: () => 1n };
  const now = Date.now();
  const application = newApplication({ orgId: org, id: ids.app(now) });
  await storesOf(catalog).applications.create(application);
  const { id: app } = application;
  const one = newEndpoint(app, { orgId: org });
  const made = Array.from({ length: count }, (_, index) => {
    const endpoint = { ...one, id: ids.endpoint(now), eventTypes: [index < 100 ? 'a.b' : 'wide'] };
    return { ...endpoint, description: 'd'.repeat(applicationBytes / count - endpointBytes(endpoint)) };
  });
  const rows = made.map((endpoint) =>
    row(catalogKeys.endpoint(org, app, endpoint.id), 'ep', endpointAttributes(endpoint, 1n)),
  );
  const total = made.reduce((sum, endpoint) => sum + endpointBytes(endpoint), 0);
  const revision = { revision: BigInt(count + 1), endpointCount: count, endpointBytes: total };
  const revisions = Array.from({ length: REVISION_COPIES }, (_, copy) =>
    row(catalogKeys.applicationRevision(org, app, copy), 'rev', revision),
  );
  await writeAll(client, table, [...rows, ...revisions]);
  return { app, endpoints: made };
};

/** Writes in calls of 25 items, the most that DynamoDB accepts. */
const writeAll = async (client: DynamoClient, table: string, rows: readonly Row[]) => {
  for (let start = 0; start < rows.length; start += 25) {
    const requests = rows.slice(start, start + 25).map((item) => ({ PutRequest: { Item: item } }));
    await client.send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));
  }
};

/** A stream record of an insert as Lambda passes it, with bytes as base64 text. */
const insert = (item: Row) => ({
  eventName: 'INSERT',
  eventSourceARN: 'arn:stream',
  dynamodb: {
    Keys: {},
    SequenceNumber: '1',
    NewImage: Object.fromEntries(
      Object.entries(item)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => [
          name,
          value instanceof Uint8Array
            ? { B: Buffer.from(value).toString('base64') }
            : marshall({ value }, { removeUndefinedValues: true })['value'],
        ]),
    ),
  },
});

const queued = (body: string, index: number) => ({
  messageId: `record-${index}`,
  receiptHandle: 'handle',
  attributes: { ApproximateReceiveCount: '1' },
  eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:queue',
  body,
});

let seeded: Awaited<ReturnType<typeof seed>>;
const large: Awaited<ReturnType<typeof seedLargeApplication>>[] = [];
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posthorn-memory-'));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  seeded = await seed();
  for (let made = 0; made < LARGE; made += 1) large.push(await seedLargeApplication(seeded));
}, LIMIT_MS);

interface Measured {
  readonly maxRssKb: number;
  readonly statusCode?: number;
  readonly batchItemFailures?: readonly unknown[];
  readonly size?: number;
}

/** Runs the bundle of a function with the Node flags that Lambda uses for this memory size. */
const measure = async (entry: string, memoryMb: number, event: object, times: number): Promise<Measured> => {
  const place = join(folder, entry);
  bundleEntry(entry, place, 'none');
  const eventFile = join(place, 'event.json');
  await writeFile(eventFile, JSON.stringify(event));
  const flags = [
    `--max-semi-space-size=${Math.floor((memoryMb * 5) / 100)}`,
    `--max-old-space-size=${Math.floor((memoryMb * 90) / 100)}`,
  ];
  const { stdout } = await run(
    process.execPath,
    [...flags, RUNNER, join(place, 'index.js'), eventFile, String(times)],
    { env: { ...process.env, ...seeded.variables }, maxBuffer: 64 * 1024 * 1024 },
  );
  return JSON.parse(stdout.slice(stdout.lastIndexOf('@@') + 2)) as Measured;
};

const expectBelow = ({ maxRssKb }: Measured, memoryMb: number) => {
  process.stderr.write(`RSS ${Math.round(maxRssKb / 1024)} of ${memoryMb}\n`);
  expect(Math.round(maxRssKb / 1024), 'resident memory in MB').toBeLessThan(memoryMb * SHARE);
};

const request = (method: string, path: string, query = '', body?: string) => ({
  version: '2.0',
  rawPath: path,
  rawQueryString: query,
  headers: { authorization: `Bearer ${seeded.token}`, 'content-type': 'application/json' },
  requestContext: { http: { method } },
  ...(body === undefined ? {} : { body, isBase64Encoded: false }),
});

describe('resident memory stays below 70 % of the function’s memory', () => {
  it('in query for a page of 250 messages with payloads of 2 MiB', { timeout: LIMIT_MS }, async () => {
    const event = request('GET', '/api/v1/app/acme/msg', 'limit=250');
    const measured = await measure('query', FUNCTION_MEMORY_MB.api, event, 3);
    expect(measured.statusCode).toBe(200);
    expect(measured.size).toBeLessThan(6_291_456);
    expectBelow(measured, FUNCTION_MEMORY_MB.api);
  });

  it('in publish for a payload of 2 MiB that hardly compresses', { timeout: LIMIT_MS }, async () => {
    const body = JSON.stringify({ eventType: 'a.b', payload: {} }).replace(
      '{}',
      PAYLOAD.toString().slice(0, BODY_BYTES - 60) + '"}',
    );
    const event = request('POST', '/api/v1/app/acme/msg', '', body);
    const measured = await measure('publish', FUNCTION_MEMORY_MB.api, event, 5);
    expect(measured.statusCode).toBe(202);
    expectBelow(measured, FUNCTION_MEMORY_MB.api);
  });

  it('in publish for a batch of 100 payloads of together 2 MiB', { timeout: LIMIT_MS }, async () => {
    const share = Math.floor(BODY_BYTES / MOST_BATCH_MESSAGES) - 60;
    const text = PAYLOAD.toString().slice('{"a":"'.length);
    const data = Array.from({ length: MOST_BATCH_MESSAGES }, (_, index) => ({
      eventType: 'a.b',
      payload: { a: text.slice(index * share, (index + 1) * share) },
    }));
    const event = request('POST', '/api/v1/app/acme/msg/batch', '', JSON.stringify({ data }));
    const measured = await measure('publish', FUNCTION_MEMORY_MB.api, event, 5);
    expect(measured.statusCode).toBe(202);
    expectBelow(measured, FUNCTION_MEMORY_MB.api);
  });

  it(
    'in ingest for a batch of payloads of a megabyte, as large as Lambda passes',
    { timeout: LIMIT_MS },
    async () => {
      const text = PAYLOAD.toString().slice('{"a":"'.length, 1_000_000);
      const Records = Array.from({ length: 6 }, (_, index) => ({
        ...queued(
          JSON.stringify({ application: 'acme', eventType: 'a.b', payload: { index, a: text } }),
          index,
        ),
        messageAttributes: {},
      }));
      const measured = await measure('ingest', FUNCTION_MEMORY_MB.ingest, { Records }, 5);
      expect(measured.batchItemFailures).toEqual([]);
      expectBelow(measured, FUNCTION_MEMORY_MB.ingest);
    },
  );

  it('in admin for a schema at the limits', { timeout: LIMIT_MS }, async () => {
    const branch = {
      properties: Object.fromEntries(
        ['a', 'b', 'c', 'd', 'e'].map((name) => [name, { type: 'string', minLength: 2 }]),
      ),
    };
    const schemas = { '1': { oneOf: Array.from({ length: SCHEMA_BUDGET.branches }, () => branch) } };
    const event = request('PUT', '/api/v1/event-type/a.b', '', JSON.stringify({ description: '', schemas }));
    const measured = await measure('admin', FUNCTION_MEMORY_MB.api, event, 3);
    expect([200, 201]).toContain(measured.statusCode);
    expectBelow(measured, FUNCTION_MEMORY_MB.api);
  });

  it.each([
    ['deliver', 10],
    ['deliver-slow', 50],
  ])(
    'in %s for a batch of %i payloads of 2 MiB to slow endpoints',
    async (entry, count) => {
      const event = { Records: seeded.records.slice(0, count) };
      const measured = await measure(entry, FUNCTION_MEMORY_MB.delivery, event, 1);
      expect(measured.batchItemFailures).toEqual([]);
      expectBelow(measured, FUNCTION_MEMORY_MB.delivery);
    },
    LIMIT_MS,
  );

  const largeOf = (index: number) => large[index % LARGE]!;
  const messageOf = (index: number, eventType: string) =>
    message({
      ...{ orgId: seeded.org, appId: largeOf(index).app, id: messageId(seeded.ids.message(Date.now())) },
      ...{ eventType, payload: { kind: 'inline', compressed: randomBytes(8_000), bytes: 8_000 } },
    });

  it('in fan-out for 100 messages of applications of the maximum size', { timeout: LIMIT_MS }, async () => {
    const Records = Array.from({ length: 100 }, (_, index) => insert(messageRow(messageOf(index, 'a.b'))));
    const measured = await measure('fan-out', FUNCTION_MEMORY_MB.fanOut, { Records }, 1);
    expectBelow(measured, FUNCTION_MEMORY_MB.fanOut);
  });

  it('in fan-out-wide for ten pages of applications of the maximum size', { timeout: LIMIT_MS }, async () => {
    const Records = Array.from({ length: 10 }, (_, index) =>
      queued(formatFanOutPage({ message: messageOf(index, 'wide'), after: null }), index),
    );
    const measured = await measure('fan-out-wide', FUNCTION_MEMORY_MB.fanOut, { Records }, 1);
    expect(measured.batchItemFailures).toEqual([]);
    expectBelow(measured, FUNCTION_MEMORY_MB.fanOut);
  });

  it.each(['deliver', 'deliver-slow'])(
    'in %s for ten deliveries of applications of the maximum size',
    async (entry) => {
      const Records = Array.from({ length: 10 }, (_, index) =>
        queued(
          formatDelivery({
            ...{ orgId: seeded.org, appId: largeOf(index).app, endpointId: largeOf(index).endpoints[0]!.id },
            ...{ messageId: messageId(seeded.ids.message(Date.now())), schedule: [] },
            trigger: { kind: 'scheduled', number: 1 },
          }),
          index,
        ),
      );
      const measured = await measure(entry, FUNCTION_MEMORY_MB.delivery, { Records }, 1);
      expectBelow(measured, FUNCTION_MEMORY_MB.delivery);
    },
    LIMIT_MS,
  );

  /** Attempts of 40 KB, their large responses are stored apart: as many as Lambda puts into an event of 6 MB. */
  const attempts = () =>
    Array.from({ length: 140 }, (_, index) => {
      const { app, endpoints } = largeOf(index);
      return attempt({
        ...{ orgId: seeded.org, appId: app, endpointId: endpoints[index]!.id },
        ...{ messageId: messageId(seeded.ids.message(Date.now())), at: Date.now() - 3 * 3_600_000 },
        ...{ id: seeded.ids.attempt(Date.now() - 3 * 3_600_000) },
        ...{ url: `https://example.com/${'u'.repeat(40_000)}` },
        ...{ response: randomBytes(15_000).toString('base64').slice(0, 20_000) },
        ...{ succeeded: false, responseStatusCode: 500, decision: { kind: 'exhausted' } },
      });
    });

  it.each([
    ['project', FUNCTION_MEMORY_MB.project],
    ['announce', FUNCTION_MEMORY_MB.announce],
  ])(
    'in %s for an event of 6 MB of attempts of applications of the maximum size',
    async (entry, memoryMb) => {
      const Records = attempts().map((one) => insert(attemptRows(one).row));
      expect(JSON.stringify({ Records }).length).toBeGreaterThan(4_000_000);
      expectBelow(await measure(entry, memoryMb, { Records }, 1), memoryMb);
    },
    LIMIT_MS,
  );

  it(
    'in update-hourly-statistics for the hours that these attempts made dirty',
    { timeout: LIMIT_MS },
    async () => {
      expectBelow(
        await measure('update-hourly-statistics', FUNCTION_MEMORY_MB.updateHourlyStatistics, {}, 2),
        FUNCTION_MEMORY_MB.updateHourlyStatistics,
      );
    },
  );

  it(
    'in sweep for thousands of due deliveries with the longest schedules',
    { timeout: LIMIT_MS },
    async () => {
      const minute = Math.floor(Date.now() / 60_000) - 2;
      const rows = Array.from({ length: 4_000 }, (_, index) => ({
        pk: controlKeys.due(minute, index % 8),
        sk: `${instant(minute * 60_000)}#${index}`,
        ...{ v: 1, at: minute * 60_000 },
        rec: formatDelivery({
          ...{
            orgId: seeded.org,
            appId: largeOf(index).app,
            endpointId: largeOf(index).endpoints[index]!.id,
          },
          ...{ messageId: messageId(seeded.ids.message(Date.now())) },
          ...{ schedule: Array<number>(50).fill(100_000.001), trigger: { kind: 'scheduled', number: 2 } },
        }),
      }));
      await writeAll(seeded.client, seeded.variables.CONTROL_TABLE, rows);
      expectBelow(await measure('sweep', FUNCTION_MEMORY_MB.sweep, {}, 1), FUNCTION_MEMORY_MB.sweep);
    },
  );

  it('in run-task for ten tasks of applications of the maximum size', { timeout: LIMIT_MS }, async () => {
    const now = Date.now();
    const store = makeTaskStore(seeded.client, seeded.variables.CONTROL_TABLE);
    const kinds = ['endpoint.recover', 'endpoint.replay', 'endpoint.bulk-replay'] as const;
    const Records = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        const { app, endpoints } = largeOf(index);
        const task = {
          ...{ orgId: seeded.org, appId: app, id: `qtask_${index}`, endpointId: endpoints[0]!.id },
          ...{ kind: kinds[index % 3]!, since: now - 86_400_000, until: now, filters: NO_FILTERS, rate: 100 },
          ...{ state: { kind: 'running' } as const, cursor: null, count: 0, pacedUntil: 0 },
          ...{ createdAt: now, updatedAt: now },
        } as const;
        await store.create(task);
        return queued(JSON.stringify({ v: 1, o: seeded.org, a: app, t: task.id }), index);
      }),
    );
    const measured = await measure('run-task', FUNCTION_MEMORY_MB.runTask, { Records }, 1);
    expect(measured.batchItemFailures).toEqual([]);
    expectBelow(measured, FUNCTION_MEMORY_MB.runTask);
  });
});
