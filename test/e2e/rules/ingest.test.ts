import { DeleteRuleCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { freshOrganization, ingestOrganization } from '../../support/client.ts';
import type { Organization } from '../../support/client.ts';
import { bootedStage, dlqOn } from '../../support/drill.ts';
import { callSns, ingestBus, ingestEvents, output, putEvents, sendToIngest } from '../../support/ingest.ts';
import { eventually } from '../../support/poll.ts';
import { bodyOf, hookUrl, receiver, webhooks } from '../../support/receiver.ts';

let organization: Organization;

beforeAll(async () => {
  organization = await ingestOrganization();
});

/** An application with an endpoint at the receiver. */
const application = async (name: string) => {
  const { svix } = organization;
  const uid = `${name}-${randomUUID()}`;
  const path = `/ingest/${uid}`;
  await svix.application.create({ name, uid });
  await svix.endpoint.create(uid, { url: hookUrl(path) });
  return { uid, path, delivered: (count: number) => webhooks({ path }, count) };
};

const messageOf = (app: string, eventId: string) =>
  organization.svix.message.get(app, eventId, { withContent: true });

const texts = (received: Awaited<ReturnType<typeof webhooks>>) => received.map(bodyOf).toSorted();

describe('ingest by EventBridge', () => {
  it('publishes events of the ingest bus; their ids are the event ids of the messages', async () => {
    const { uid, delivered } = await application('bus');
    const payloadRaw = '{"b": 1.0,\t"a":"\u00e9"}';
    const [id, raw] = await putEvents([
      {
        ...{ Source: 'posthorn.publish', DetailType: 'invoice.paid' },
        Detail: JSON.stringify({ application: uid, payload: { n: 1 }, channels: ['c'], tags: ['t'] }),
      },
      {
        ...{ Source: 'posthorn.publish', DetailType: 'invoice.paid' },
        Detail: JSON.stringify({ application: uid, eventType: 'invoice.raw', payloadRaw }),
      },
    ]);
    // EventBridge prints the payload again, and keeps the bytes of a string.
    const received = texts(await delivered(2));
    expect(received).toContain(payloadRaw);
    expect(received.map((text) => JSON.parse(text) as unknown)).toContainEqual({ n: 1 });
    expect(await messageOf(uid, id!)).toMatchObject({
      ...{ eventId: id, eventType: 'invoice.paid', payload: { n: 1 }, channels: ['c'], tags: ['t'] },
    });
    expect(await messageOf(uid, raw!)).toMatchObject({ eventType: 'invoice.raw' });
  });

  it('publishes events of any source that a rule adopts', async () => {
    const { uid, delivered } = await application('rule');
    const Name = `adopt-${randomUUID()}`;
    const EventBusName = ingestBus();
    const events = ingestEvents();
    const EventPattern = JSON.stringify({ source: ['my.shop'], detail: { tenant: [uid] } });
    await events.send(new PutRuleCommand({ Name, EventBusName, EventPattern }));
    await events.send(
      new PutTargetsCommand({
        ...{ Rule: Name, EventBusName },
        Targets: [
          {
            Id: 'ingest',
            Arn: output('IngestQueueArn'),
            InputTransformer: {
              InputPathsMap: {
                ...{ tenant: '$.detail.tenant', detail: '$.detail', id: '$.id' },
                ...{ source: '$.source', type: '$.detail-type' },
              },
              InputTemplate:
                '{"application":"<tenant>","normalizeDetailType":true,"event":{"id":"<id>","source":"<source>","detail-type":"<type>","detail":<detail>}}',
            },
          },
        ],
      }),
    );
    const detail = { tenant: uid, order: 7 };
    const [id] = await putEvents([
      { Source: 'my.shop', DetailType: 'Order Shipped', Detail: JSON.stringify(detail) },
    ]);
    expect(texts(await delivered(1)).map((text) => JSON.parse(text) as unknown)).toEqual([detail]);
    expect(await messageOf(uid, id!)).toMatchObject({ eventType: 'order.shipped' });
    await events.send(new DeleteRuleCommand({ Name, EventBusName, Force: true }));
  });
});

describe('ingest by SQS', () => {
  it('publishes a batch of records, each on its own: one that cannot be published is dead-lettered with its reason, and replayed', async () => {
    const { uid, delivered } = await application('queue');
    const missing = `missing-${randomUUID()}`;
    const message = (n: number, to = uid) => ({ application: to, eventType: 'order.paid', payload: { n } });
    const ids = await sendToIngest([message(1), message(2), message(3, missing), message(4)]);
    expect(texts(await delivered(3))).toEqual(['{"n":1}', '{"n":2}', '{"n":4}']);
    expect(await messageOf(uid, ids[0]!)).toMatchObject({ eventId: ids[0] });

    const dlq = dlqOn(bootedStage());
    const inspected = await eventually(
      () => dlq(`inspect ingest --reason ${missing}`),
      (text) => text.includes(missing),
      { what: 'the dead letter' },
    );
    expect(inspected).toMatch(/event order.paid for application/);
    expect(inspected).toMatch(/ApplicationNotFound[^]*create it, then replay the record/);
    await organization.svix.application.create({ name: 'Late', uid: missing });
    expect(await dlq(`replay ingest --reason ${missing}`)).toMatch(/1 replayed, 0 kept/);
    const found = await eventually(() => messageOf(missing, ids[2]!));
    expect(found).toMatchObject({ eventId: ids[2], payload: { n: 3 } });
  });

  it('reaches no application of another organization: there is none by that id', async () => {
    const other = await freshOrganization();
    const { id } = await other.svix.application.create({ name: 'Other' });
    await sendToIngest([
      { application: id, eventType: 'e', payload: {}, organization: other.orgId, orgId: other.orgId },
    ]);
    const dlq = dlqOn(bootedStage());
    await eventually(
      () => dlq(`inspect ingest --reason ${id}`),
      (text) => text.includes('ApplicationNotFound'),
      { what: 'the dead letter' },
    );
    expect((await other.svix.message.list(id)).data).toEqual([]);
    await dlq(`discard ingest --reason ${id} --yes`);
  });

  it('creates the application that a record describes, and stores a large payload', async () => {
    const uid = `implicit-${randomUUID()}`;
    const text = 'x'.repeat(30_000) + randomUUID();
    const payload = { text, random: Array.from({ length: 500 }, () => randomUUID()) };
    const [id] = await sendToIngest([{ application: { uid, name: 'New' }, eventType: 'e', payload }]);
    const found = await eventually(() => messageOf(uid, id!));
    expect(found.payload).toEqual(payload);
  });

  it('publishes an event id once: of records at once and later, and of the API', async () => {
    const { uid, path, delivered } = await application('once');
    const eventId = randomUUID();
    const record = { application: uid, eventId, eventType: 'e', payload: {} };
    await sendToIngest(Array.from({ length: 10 }, () => record));
    await delivered(1);
    await sendToIngest([record, { ...record, eventId: `${eventId}-2` }]);
    await delivered(2);
    await expect(
      organization.svix.message.create(uid, { eventId, eventType: 'e', payload: {} }),
    ).rejects.toMatchObject({ code: 409 });
    const byApi = await organization.svix.message.create(uid, {
      ...{ eventId: `${eventId}-3`, eventType: 'e', payload: {} },
    });
    await sendToIngest([
      { ...record, eventId: `${eventId}-3` },
      { ...record, eventId: `${eventId}-4` },
    ]);
    await delivered(4);
    const { data } = await organization.svix.message.list(uid);
    expect(data.map((message) => message.eventId)).toHaveLength(4);
    expect(data.map(({ id }) => id)).toContain(byApi.id);
    expect(await receiver().received({ path })).toHaveLength(4);
  });

  it('lets records wait that exceed a publish rate limit, and loses none', async () => {
    const { uid, delivered } = await application('limit');
    const settings = async (changes: object) => {
      const response = await fetch(
        `${organization.managementUrl}/organization/${organization.orgId}/settings`,
        {
          method: 'PATCH',
          headers: { authorization: `Bearer ${inject('stack').managementToken}` },
          body: JSON.stringify(changes),
        },
      );
      expect(response.status).toBe(200);
    };
    await settings({ applicationPublishRateLimit: 4 });
    await sendToIngest(
      Array.from({ length: 10 }, (_, n) => ({ application: uid, eventType: 'e', payload: { n } })),
    );
    const received = await delivered(10);
    await settings({ applicationPublishRateLimit: null });
    expect(new Set(texts(received)).size).toBe(10);
    // When they were published, not when they arrived: the first may wait for a function to start.
    const { data } = await organization.svix.message.list(uid);
    const at = data.map(({ timestamp }) => timestamp.getTime());
    expect(Math.max(...at) - Math.min(...at)).toBeGreaterThan(1_000);
  });
});

describe('ingest by SNS', () => {
  it.each([true, false])('publishes notifications, with raw message delivery: %s', async (isRaw) => {
    const { uid, delivered } = await application('topic');
    const topic = /<TopicArn>(.*)<\/TopicArn>/.exec(
      await callSns({ Action: 'CreateTopic', Name: `orders-${randomUUID()}` }),
    )![1]!;
    await callSns({
      ...{ Action: 'Subscribe', TopicArn: topic, Protocol: 'sqs', Endpoint: output('IngestQueueArn') },
      ...{ 'Attributes.entry.1.key': 'RawMessageDelivery', 'Attributes.entry.1.value': String(isRaw) },
    });
    const Message = JSON.stringify({ application: uid, eventType: 'e', payload: { isRaw } });
    const published = await callSns({ Action: 'Publish', TopicArn: topic, Message });
    expect(texts(await delivered(1))).toEqual([JSON.stringify({ isRaw })]);
    const { data } = await organization.svix.message.list(uid);
    const eventId = data[0]?.eventId;
    // Raw message delivery hides the id of SNS, so the event id is that of the queue message.
    expect(published.includes(`<MessageId>${eventId ?? ''}</MessageId>`)).toBe(!isRaw);
  });
});
