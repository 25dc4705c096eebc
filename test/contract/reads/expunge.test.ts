import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, it } from 'vitest';
import { eligibilityOf } from '../../../functions/deliver/eligibility/eligibility.domain.ts';
import { makeExpunge } from '../../../functions/expunge/expunge.flow.ts';
import { noSteps } from '../../../functions/platform/steps/steps.ts';
import { makeAttempts } from '../../../functions/read-models/attempts-by-endpoint/attempts.dynamo.ts';
import { makeAttemptLog } from '../../../functions/deliver/attempts/attempt-log.dynamo.ts';
import { makeContentRows } from '../../../functions/expunge/expunge.dynamo.ts';
import { makeInsertNew } from '../../../functions/platform/dynamodb/insert-new.ts';
import { makeMessages } from '../../../functions/publish/messages.dynamo.ts';
import { makePayloads } from '../../../functions/messages/payloads.ts';
import { makeRandom } from '../../support/simulation/random.ts';
import {
  APP,
  NOON,
  ORG,
  SETTINGS,
  application,
  attempt,
  delivery,
  endpoint,
  message,
  seededIds,
} from '../../support/simulation/builders.ts';
import { freshTable } from './tables.ts';
import type { DynamoClient } from '../../../functions/platform/aws/command.ts';
import { makePayloadObjects } from '../../../functions/messages/payload-objects.s3.ts';
import { emulatorDynamo, emulatorS3 } from '../emulator.ts';

let client: DynamoClient;
let s3: S3Client;
beforeAll(() => {
  client = emulatorDynamo();
  s3 = emulatorS3();
});

const MESSAGE = seededIds().message(NOON);
const SMALL = Buffer.from('{"small":true}');
/** Does not compress, so it is stored in S3. */
const LARGE = makeRandom(5).bytes(20_000);

const start = async (body: Uint8Array) => {
  const [messages, deliveries, control] = [
    await freshTable(client),
    await freshTable(client),
    await freshTable(client),
  ];
  const bucket = `reads-${randomUUID()}`;
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const payloads = makePayloads(makePayloadObjects(bucket, s3));
  const store = makeMessages({ client, messages, control }, payloads);
  await store.store(message({ id: MESSAGE, payload: await store.storePayload(ORG, MESSAGE, body) }), NOON);
  const deps = {
    rows: makeContentRows({ client, messages, deliveries }),
    objects: makePayloadObjects(bucket, s3),
  };
  return {
    expunge: makeExpunge({ ...deps, step: noSteps }),
    crashing: makeExpunge({ ...deps, step: () => Promise.reject(new Error('crash')) }),
    log: makeAttemptLog(client, { deliveries, control }, makeInsertNew(client, deliveries)),
    attempts: makeAttempts({ client, deliveries, views: deliveries }),
    read: async () => {
      const found = (await store.find(ORG, APP, MESSAGE))!;
      return { found, body: (await store.bodies([found], NOON))[0] };
    },
    objects: async () => (await s3.send(new ListObjectsV2Command({ Bucket: bucket }))).Contents?.length ?? 0,
  };
};

describe('expunging a message', () => {
  it.each([
    ['its row', SMALL],
    ['S3', LARGE],
  ])('removes a payload in %s for readers and for pending deliveries', async (_, bytes) => {
    const { expunge, read, objects } = await start(bytes);
    const before = await read();
    expect(Buffer.from(before.body!)).toEqual(Buffer.from(bytes));
    await expunge.messageContent(before.found);
    const { found, body } = await read();
    expect([body, found.payload.kind, found.eventType, await objects()]).toEqual([
      null,
      'gone',
      'invoice.paid',
      0,
    ]);
    const facts = {
      ...delivery({ messageId: MESSAGE }),
      tenant: { application: application(), settings: SETTINGS, endpoints: [endpoint()] },
      message: found,
      endedByResend: false,
      nowMs: NOON,
    };
    expect(eligibilityOf(facts)).toEqual({ kind: 'canceled', reason: 'payload_expunged' });
  });

  it('is completed by a repeat after it crashed before the object was deleted', async () => {
    const { expunge, crashing, read, objects } = await start(LARGE);
    await expect(crashing.messageContent((await read()).found)).rejects.toThrow('crash');
    const { found, body } = await read();
    expect([body, await objects()]).toEqual([null, 1]);
    await expunge.messageContent(found);
    expect(await objects()).toBe(0);
    await expunge.messageContent(found);
  });

  it('keeps in the row which task erased the payload, and the object that held it', async () => {
    const { expunge, read } = await start(LARGE);
    const { found } = await read();
    const key = found.payload.kind === 'object' ? found.payload.key : undefined;
    await expunge.messageContent(found, 'qtask_1');
    const { payload } = (await read()).found;
    expect(payload).toEqual({ kind: 'gone', key, by: 'qtask_1' });
    await expunge.messageContent((await read()).found);
    expect((await read()).found.payload).toEqual(payload);
  });

  it('writes no row for a message that has none', async () => {
    const { expunge, read } = await start(SMALL);
    const { found } = await read();
    const id = seededIds(2).message(NOON);
    await expunge.messageContent({ ...found, id });
    expect((await read()).body).not.toBeNull();
  });
});

describe('expunging an attempt', () => {
  it('overwrites the response and nothing else', async () => {
    const { expunge, attempts, log } = await start(SMALL);
    const made = attempt({ messageId: MESSAGE, response: 'secret' });
    const responseHeaders = { fields: [['x-secret', 'secret'] as const], truncated: false };
    await log.record({ ...made, responseHeaders });
    await expunge.attemptContent(made);
    expect(await attempts.find(ORG, APP, MESSAGE, made.id)).toEqual({ ...made, response: 'EXPUNGED' });
    await expunge.attemptContent(
      attempt({ messageId: MESSAGE, trigger: { kind: 'manual', request: 'never made' } }),
    );
    const query = {
      limit: 9,
      cursor: null,
      before: null,
      after: null,
      outcomes: null,
      statusCodes: null,
      causes: null,
    };
    const filters = { channel: null, tag: null, eventTypes: null, withContent: true };
    const { items } = await attempts.listByMessage(
      ORG,
      APP,
      MESSAGE,
      null,
      { ...query, ...filters },
      NOON + 1,
    );
    expect(items).toHaveLength(1);
  });
});
