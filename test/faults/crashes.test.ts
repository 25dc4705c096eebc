import { randomUUID } from 'node:crypto';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { freshOrganization, ingestOrganization } from '../support/client.ts';
import type { Organization } from '../support/client.ts';
import { bootedStage, dlqOn, shortVisibility } from '../support/drill.ts';
import { crashOnce, hold } from '../support/faults.ts';
import { sendToIngest } from '../support/ingest.ts';
import { eventually } from '../support/poll.ts';
import { hookUrl, receiver, webhooks } from '../support/receiver.ts';

const aws = () => ({
  endpoint: inject('stack').awsEndpointUrl,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

beforeAll(async () => {
  const VisibilityTimeout = String(await shortVisibility(6));
  const sqs = new SQSClient({ ...aws(), useQueueUrlAsEndpoint: false });
  for (const queue of ['DeliveryQueueUrl', 'FanOutQueueUrl', 'IngestQueueUrl']) {
    const QueueUrl = inject('stack').outputs[queue];
    if (QueueUrl === undefined) continue;
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout } }));
  }
});

/** Publishes as a client that gets no response: again with the same idempotency key, until the message is accepted. */
const publish = async <Accepted = { id: string }>(
  { serverUrl, token }: Organization,
  app: string,
  key: string,
  body: object,
  path = 'msg',
): Promise<Accepted> => {
  const accepted = await eventually(async () => {
    const response = await fetch(`${serverUrl}/api/v1/app/${app}/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'idempotency-key': key },
      body: JSON.stringify(body),
    });
    return response.status === 202 ? ((await response.json()) as Accepted) : undefined;
  });
  return accepted!;
};

const messagesOf = async (appId: string) => {
  const client = new DynamoDBClient(aws());
  const { Items = [] } = await client.send(
    new ScanCommand({ TableName: inject('stack').outputs['MessagesTableName']! }),
  );
  const key = `#a#${appId}#m#`;
  return Items.map((item) => unmarshall(item)).filter(
    ({ pk, type }) => type === 'msg' && String(pk).includes(key),
  );
};

const STEPS = [
  ['publish.claimed', 0],
  ['publish.payload-stored', 0],
  ['publish.stored', 0],
  ['fan-out.wide-sent', 0],
  ['fan-out.sent', 1],
  ['deliver.read', 0],
  ['deliver.posted', 1],
  ['deliver.recorded', 0],
  ['deliver.followed-up', 0],
  ['project.done', 0],
  ['announce.done', 0],
  ['announce.recorded', 0],
  ['announce.put', 0],
] as const;

describe('crash', () => {
  it.each(STEPS)(
    'at %s: the message is stored once and delivered, with at most %i repeated requests',
    async (step, mostRepeats) => {
      const organization = await freshOrganization();
      const { svix } = organization;
      const app = await svix.application.create({ name: 'Crash' });
      const path = `/crash/${step}`;
      const endpoint = await svix.endpoint.create(app.id, { url: hookUrl(path) });
      const fault = await crashOnce(step);
      // A healthy message does not invoke announce; a changed endpoint does.
      if (step.startsWith('announce.'))
        await svix.endpoint.patch(app.id, endpoint.id, { description: 'changed' });
      const { id } = await publish(organization, app.id, `key-${step}`, {
        eventType: 'e',
        payload: { step },
      });
      await webhooks({ id });
      await fault.reached();
      const { data } = await eventually(
        () => svix.messageAttempt.listByEndpoint(app.id, endpoint.id),
        (page) => page.data.length > 0,
      );
      expect(data.map(({ msgId, statusText }) => [msgId, statusText])).toEqual([[id, 'success']]);
      expect(await messagesOf(app.id)).toHaveLength(1);
      const again = await publish(organization, app.id, `key-${step}`, { eventType: 'e', payload: { step } });
      expect(again.id).toBe(id);
      expect((await receiver().received({ path })).length).toBeLessThanOrEqual(1 + mostRepeats);
    },
  );

  it.each(['publish.claimed', 'publish.payload-stored', 'publish.stored'])(
    'at %s: repeats of a batch accept each of its messages once',
    async (step) => {
      const organization = await freshOrganization();
      const app = await organization.svix.application.create({ name: 'Crash' });
      await organization.svix.endpoint.create(app.id, { url: hookUrl(`/crash-batch/${step}`) });
      const fault = await crashOnce(step);
      const data = Array.from({ length: 5 }, (_, n) => ({ eventType: 'e', payload: { n } }));
      const batch: { data: { id: string }[] } = await publish(
        organization,
        app.id,
        `batch-${step}`,
        { data },
        'msg/batch',
      );
      await fault.reached();
      const ids = batch.data.map(({ id }) => id);
      expect(new Set((await messagesOf(app.id)).map(({ sk }) => sk as string))).toEqual(new Set(ids));
      for (const id of ids) await webhooks({ id });
    },
  );

  it('between recording and scheduling a retry: the retry is made once', async () => {
    const organization = await freshOrganization();
    const { svix } = organization;
    const app = await svix.application.create({ name: 'Crash' });
    const endpoint = await svix.endpoint.create(app.id, { url: hookUrl('/crash-retry?flap=1') });
    const fault = await crashOnce('deliver.recorded');
    const { id } = await publish(organization, app.id, 'retry', { eventType: 'e', payload: {} });
    await fault.reached();
    const { data } = await eventually(
      () => svix.messageAttempt.listByEndpoint(app.id, endpoint.id),
      (page) => page.data.length === 2,
    );
    expect(data.map(({ statusText }) => statusText)).toEqual(['success', 'fail']);
    expect(await receiver().received({ id })).toHaveLength(2);
  });
});

describe('crash of ingest', () => {
  const application = async (name: string) => {
    const { svix } = await ingestOrganization();
    const uid = `crash-${name}-${randomUUID()}`;
    const { id } = await svix.application.create({ name: 'Crash', uid });
    await svix.endpoint.create(uid, { url: hookUrl(`/${uid}`) });
    return { svix, uid, id };
  };

  it.each(['publish.event-id-reserved', 'publish.payload-stored', 'publish.stored', 'ingest.published'])(
    'at %s: each record of the batch makes one message, and so does a repeat of it',
    async (step) => {
      const { uid, id } = await application(step.replace('.', '-'));
      const records = Array.from({ length: 3 }, (_, n) => ({
        ...{ application: uid, eventId: `event-${n}`, eventType: 'e', payload: { n } },
      }));
      const fault = await crashOnce(step);
      await sendToIngest(records);
      await fault.reached();
      await webhooks({ path: `/${uid}` }, 3);
      await sendToIngest(records);
      await sendToIngest([{ ...records[0]!, eventId: 'last' }]);
      await webhooks({ path: `/${uid}` }, 4);
      expect((await messagesOf(id)).map(({ e }) => e as string).toSorted()).toEqual([
        ...['event-0', 'event-1', 'event-2', 'last'],
      ]);
      expect(await receiver().received({ path: `/${uid}` })).toHaveLength(4);
    },
  );

  it('at ingest.sent-again: a record that waits for its rate limit makes one message', async () => {
    const { uid, id, svix } = await application('sent-again');
    const { managementUrl, orgId } = await ingestOrganization();
    const limit = async (applicationPublishRateLimit: number | null) => {
      await fetch(`${managementUrl}/organization/${orgId}/settings`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${inject('stack').managementToken}` },
        body: JSON.stringify({ applicationPublishRateLimit }),
      });
    };
    await limit(1);
    const fault = await crashOnce('ingest.sent-again');
    const eventIds = Array.from({ length: 5 }, (_, n) => `limited-${n}`);
    await sendToIngest(
      eventIds.map((eventId) => ({ application: uid, eventId, eventType: 'e', payload: {} })),
    );
    await fault.reached();
    await limit(null);
    for (const eventId of eventIds) await eventually(() => svix.message.get(uid, eventId));
    expect(await messagesOf(id)).toHaveLength(5);
  });

  it('at ingest.dead-lettered: a record that can never be published is in the dead-letter queue', async () => {
    const uid = `crash-missing-${randomUUID()}`;
    const fault = await crashOnce('ingest.dead-lettered');
    await sendToIngest([{ application: uid, eventId: 'e', eventType: 'e', payload: {} }]);
    await fault.reached();
    const dlq = dlqOn(bootedStage());
    const inspect = () => dlq(`inspect ingest --reason ${uid}`);
    await eventually(inspect, (text) => text.includes('ApplicationNotFound'), { what: 'the dead letter' });
    const { svix } = await ingestOrganization();
    const { id } = await svix.application.create({ name: 'Late', uid });
    await dlq(`replay ingest --reason ${uid}`);
    await eventually(() => svix.message.get(uid, 'e'));
    expect(await messagesOf(id)).toHaveLength(1);
  });
});

it('race: two publishes with one idempotency key, one held between claim and write, make one message', async () => {
  const organization = await freshOrganization();
  const app = await organization.svix.application.create({ name: 'Race' });
  await organization.svix.endpoint.create(app.id, { url: hookUrl('/race') });
  const held = await hold('publish.claimed');
  const first = publish(organization, app.id, 'race', { eventType: 'e', payload: { who: 1 } });
  await held.reached();
  const second = await publish(organization, app.id, 'race', { eventType: 'e', payload: { who: 2 } });
  await held.end();
  expect((await first).id).toBe(second.id);
  await webhooks({ id: second.id });
  expect(await messagesOf(app.id)).toHaveLength(1);
  expect(await receiver().received({ path: '/race' })).toHaveLength(1);
});
