import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { freshOrganization } from '../support/client.ts';
import type { Organization } from '../support/client.ts';
import { crashOnce, hold } from '../support/faults.ts';
import { eventually } from '../support/poll.ts';
import { hookUrl, receiver, webhooks } from '../support/receiver.ts';

const aws = () => ({
  endpoint: inject('stack').awsEndpointUrl,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

beforeAll(async () => {
  // A short visibility timeout, so that records of a crashed function are received again soon.
  const sqs = new SQSClient({ ...aws(), useQueueUrlAsEndpoint: false });
  for (const queue of ['DeliveryQueueUrl', 'FanOutQueueUrl']) {
    const QueueUrl = inject('stack').outputs[queue];
    if (QueueUrl === undefined) continue;
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: '6' } }));
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
  return Items.map((item) => unmarshall(item)).filter(({ a, type }) => a === appId && type === 'msg');
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
      if (step === 'announce.done')
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
