import { randomBytes, randomUUID } from 'node:crypto';
import { ScanCommand } from '../../../functions/platform/dynamodb/commands.ts';
import type { Context, SQSEvent } from 'aws-lambda';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { CreateQueueCommandInput, CreateQueueCommandOutput } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeApplicationStore } from '../../../functions/catalog/applications/applications.dynamo.ts';
import { makeCatalog } from '../../../functions/catalog/commit.dynamo.ts';
import { makeEndpointStore } from '../../../functions/catalog/endpoints/endpoints.dynamo.ts';
import { formatDelivery } from '../../../functions/deliver/queue/queue-message.ts';
import { makeMessages } from '../../../functions/publish/messages.dynamo.ts';
import { makePayloads } from '../../../functions/messages/payloads.ts';
import { makeSecretBox } from '../../../functions/deliver/signing/secret-box.ts';
import { makeSeal } from '../../../functions/platform/secrets/seal.ts';
import { startReceiver } from '../../../scripts/local/receiver/receiver.ts';
import type { Receiver } from '../../../scripts/local/receiver/receiver.ts';
import { accessRequests } from '../../support/permissions/iam-actions.ts';
import { variableOf } from '../../support/permissions/record-calls.ts';
import { tapCalls } from '../../support/tap-calls.ts';
import type { RecordedCall } from '../../support/permissions/record-calls.ts';
import { keepCalls } from '../../support/permissions/recordings.ts';
import {
  SETTINGS,
  application,
  delivery,
  endpoint,
  message,
  seededIds,
} from '../../support/simulation/builders.ts';
import { freshTable } from '../reads/tables.ts';
import { raw } from '../../support/raw-calls.ts';
import { makePayloadObjects } from '../../../functions/messages/payload-objects.s3.ts';
import { emulatorDynamo, emulatorS3, emulatorSqs } from '../emulator.ts';

/**
 * Inserting attempts by PartiQL is what deliver does on AWS but not on emulators (docs/decisions/0006). The whole
 * function runs here on tables without a stream, and its calls are recorded for the evaluation of its role.
 */
const LANES = {
  deliver: () => import('../../../functions/deliver/deliver.lambda.ts'),
  'deliver-bulk': () => import('../../../functions/deliver/deliver-bulk.lambda.ts'),
  'deliver-slow': () => import('../../../functions/deliver/deliver-slow.lambda.ts'),
};
type Lane = keyof typeof LANES;

let running: Lane = 'deliver';
const recorded: RecordedCall[] = [];
const calls = new Map<string, RecordedCall>();

const record = (): void => {
  tapCalls(({ service, operation, input }, make) => {
    for (const { resource, ...rest } of accessRequests(service, operation, input)) {
      const call = { function: running, ...rest, resource: variableOf(process.env, resource) };
      calls.set(JSON.stringify(call), call);
    }
    return make();
  });
};

const NOW = Date.now();
const ids = seededIds(NOW);
const MAIN = 'a-main-secret-that-is-long-enough';

/** Creates everything that deliver is bound to, empty, and returns the environment variables. */
const bind = async (): Promise<Record<string, string>> => {
  const client = emulatorDynamo();
  const table = () => freshTable(client);
  const sqs = emulatorSqs();
  const queue = async () => {
    const { QueueUrl = '' } = await sqs.send(
      raw<CreateQueueCommandInput, CreateQueueCommandOutput>('SQS', 'CreateQueue', {
        QueueName: `deliver-${randomUUID()}`,
      }),
    );
    return QueueUrl;
  };
  const { ARN = '' } = await new SecretsManagerClient().send(
    new CreateSecretCommand({ Name: randomUUID(), SecretString: JSON.stringify({ current: MAIN }) }),
  );
  const bucket = `payloads-${randomUUID()}`;
  await emulatorS3().send(new CreateBucketCommand({ Bucket: bucket }));
  return {
    STAGE: 'contract',
    STAGE_SETTINGS: JSON.stringify({
      ...SETTINGS,
      stageSubnets: ['127.0.0.1/32'],
      rowRetentionDays: 30,
      allowedSubnets: ['127.0.0.1/32'],
    }),
    BATCHED_INSERTS: 'true',
    LOG_LEVEL: 'SILENT',
    MAIN_SECRET_ARN: ARN,
    CATALOG_TABLE: await table(),
    MESSAGES_TABLE: await table(),
    DELIVERIES_TABLE: await table(),
    CONTROL_TABLE: await table(),
    PAYLOADS_BUCKET: bucket,
    DELIVERY_QUEUE_URL: await queue(),
    BULK_QUEUE_URL: await queue(),
    SLOW_QUEUE_URL: await queue(),
    LANE_CONCURRENCY: '400',
    DEAD_LETTER_QUEUE_URL: await queue(),
  };
};

/** An application with one endpoint and a message too large for its row; returns the delivery between them. */
const publish = async (environment: Record<string, string>, url: string) => {
  const client = emulatorDynamo();
  const { CATALOG_TABLE = '', MESSAGES_TABLE = '', CONTROL_TABLE = '', PAYLOADS_BUCKET = '' } = environment;
  const catalog = makeCatalog(client, CATALOG_TABLE);
  const app = application({ id: ids.app(NOW), createdAt: NOW, updatedAt: NOW });
  const box = makeSecretBox(makeSeal([MAIN]));
  const endpointId = ids.endpoint(NOW);
  const hook = endpoint({
    appId: app.id,
    id: endpointId,
    url,
    secret: {
      sealed: box.seal(`whsec_${Buffer.alloc(24, 1).toString('base64')}`, endpointId),
      expiresAt: null,
    },
  });
  await makeApplicationStore(catalog).create(app);
  await makeEndpointStore(catalog).create(hook);
  const payloads = makePayloads(makePayloadObjects(PAYLOADS_BUCKET));
  const id = ids.message(NOW);
  const body = Buffer.from(JSON.stringify({ noise: randomBytes(20_000).toString('base64') }));
  const one = message({
    appId: app.id,
    id,
    createdAt: NOW,
    payloadExpiresAt: NOW + 86_400_000,
    payload: await payloads.store(app.orgId, id, body),
  });
  await makeMessages({ client, messages: MESSAGES_TABLE, control: CONTROL_TABLE }, payloads).store(one, NOW);
  return delivery({ appId: app.id, messageId: id, endpointId });
};

const rowsIn = async (TableName: string) => {
  const { Items = [] } = await emulatorDynamo().send(new ScanCommand({ TableName }));
  return Items;
};

const eventOf = (body: string): SQSEvent => {
  const record = { messageId: randomUUID(), body, attributes: { ApproximateReceiveCount: '1' } };
  return { Records: [{ ...record, eventSourceARN: 'arn:aws:sqs:x:1:Delivery' }] } as unknown as SQSEvent;
};

const CONTEXT = {
  awsRequestId: 'request',
  functionName: 'deliver',
  getRemainingTimeInMillis: () => 60_000,
} as unknown as Context;

let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
  record();
});

afterAll(async () => {
  await receiver.close();
  await keepCalls('contract', recorded);
});

it.each(['deliver', 'deliver-bulk', 'deliver-slow'] as const)(
  '%s inserts attempts by PartiQL when the stage batches them, even when two records race',
  async (lane) => {
    const environment = await bind();
    const racing = formatDelivery(await publish(environment, `${receiver.url}/batched`));
    Object.assign(process.env, environment);
    running = lane;
    calls.clear();
    const { handler } = await LANES[lane]();
    const answers = await Promise.all([handler(eventOf(racing), CONTEXT), handler(eventOf(racing), CONTEXT)]);
    expect(answers).toEqual([{ batchItemFailures: [] }, { batchItemFailures: [] }]);
    recorded.push(...calls.values());
    const [attempt] = await rowsIn(environment['DELIVERIES_TABLE']!);
    expect(Number(attempt?.['ttl']) - Math.ceil(Number(attempt?.['at']) / 1000)).toBe(30 * 86_400);
    expect([...calls.values()].map(({ action, resource }) => `${action} ${resource}`)).toEqual(
      expect.arrayContaining([
        'dynamodb:PartiQLInsert DELIVERIES_TABLE',
        'dynamodb:GetItem DELIVERIES_TABLE',
        's3:GetObject PAYLOADS_BUCKET/payloads/*',
      ]),
    );
  },
);
