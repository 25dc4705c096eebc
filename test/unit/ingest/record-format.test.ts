import { describe, expect, it } from 'vitest';
import { UnreadableRecord, readRecord, recordedMessage } from '../../../functions/ingest/record-format.ts';

const read = (body: unknown) => {
  const found = readRecord(typeof body === 'string' ? body : JSON.stringify(body));
  return recordedMessage(found, found.eventId ?? 'sqs-1');
};
const messageOf = (body: unknown): Record<string, unknown> =>
  JSON.parse(read(body).message) as Record<string, unknown>;
const why = (body: unknown): string => {
  try {
    read(body);
    return 'nothing';
  } catch (error) {
    if (error instanceof UnreadableRecord) return error.message;
    throw error;
  }
};

/** An event as EventBridge brings it to a queue. */
const event = (some: object) => ({
  version: '0',
  id: 'event-1',
  'detail-type': 'invoice.paid',
  source: 'posthorn.publish',
  account: '111122223333',
  time: '2026-11-30T12:00:00Z',
  region: 'us-east-1',
  resources: [],
  detail: {},
  ...some,
});

describe('a direct record', () => {
  it('is a MessageIn with the application beside it; its event id is that of the queue message', () => {
    const body = '{"application":"acme","eventType":"e","payload":{ "n": 1.50 },"channels":["c"]}';
    expect(read(body)).toEqual({
      application: 'acme',
      message: '{"eventType":"e","payload":{ "n": 1.50 },"channels":["c"],"eventId":"sqs-1"}',
    });
  });

  it('keeps the event id of its own', () => {
    expect(messageOf({ application: 'a', eventId: 'mine', eventType: 'e', payload: {} })).toMatchObject({
      eventId: 'mine',
    });
  });

  it('describes the application to create with an object', () => {
    const application = { uid: 'acme', name: 'Acme' };
    const found = read({ application, eventType: 'e', payload: {} });
    expect(found.application).toBeNull();
    expect(JSON.parse(found.message)).toMatchObject({ application });
  });

  it.each([
    ['no JSON', 'nonsense', /^the body is not JSON: expected value/],
    ['no object', '[1]', /^the body is not a JSON object/],
    ['a field twice', '{"application":"a","application":"b"}', /^the body has the field application twice/],
    ['no application', { eventType: 'e', payload: {} }, /^the record has no application/],
    ['a number as application', { application: 1 }, /^the record has no application/],
    ['two payloads', { application: 'a', payload: {}, payloadRaw: '{}' }, /exclude each other/],
    ['a raw payload that is no string', { application: 'a', payloadRaw: {} }, /payloadRaw is not a string/],
  ])('is refused with %s', (_, body, reason) => {
    expect(why(body)).toMatch(reason);
  });

  it('is refused, and not a fault, if it is nested too deep', () => {
    expect(why(`{"application":"a","payload":${'['.repeat(5_000)}`)).toMatch(/recursion limit exceeded/);
  });
});

describe('payloadRaw', () => {
  it('counts as absent when it is null, and so does a payload beside it', () => {
    const fields = { application: 'a', eventType: 'e' };
    expect(messageOf({ ...fields, payloadRaw: null, payload: { n: 1 } })).toMatchObject({
      payload: { n: 1 },
    });
    expect(messageOf({ ...fields, payloadRaw: '[]', payload: null, data: null })).toMatchObject({
      ...{ payload: {}, transformationsParams: { rawPayload: '[]' } },
    });
  });

  it('becomes the body byte for byte, with the headers of transformationsParams', () => {
    const payloadRaw = '{"b":1, "a":1.0}';
    const transformationsParams = { headers: { 'content-type': 'application/x-ours' } };
    expect(messageOf({ application: 'a', eventType: 'e', payloadRaw, transformationsParams })).toMatchObject({
      payload: {},
      transformationsParams: { ...transformationsParams, rawPayload: payloadRaw },
    });
  });

  it('excludes a second raw payload', () => {
    const transformationsParams = { rawPayload: '' };
    expect(why({ application: 'a', payloadRaw: '', transformationsParams })).toMatch(/exclude each other/);
  });
});

describe('an event of source posthorn.publish', () => {
  it('is a message in its detail; its type is the detail type and its event id the id of the event', () => {
    expect(read(event({ detail: { application: 'acme', payload: { n: 1 } } }))).toEqual({
      application: 'acme',
      message: '{"payload":{"n":1},"eventType":"invoice.paid","eventId":"event-1"}',
    });
  });

  it('may say event type and event id itself', () => {
    const detail = { application: 'a', payload: {}, eventType: 'other', eventId: 'own' };
    expect(messageOf(event({ detail }))).toMatchObject({ eventType: 'other', eventId: 'own' });
  });

  it('says by no field which organization it is for', () => {
    const detail = { application: 'a', payload: {}, organization: 'org_other', orgId: 'org_other' };
    expect(read(event({ account: '999988887777', detail }))).toMatchObject({ application: 'a' });
  });

  it('of another source is refused, with what to do', () => {
    expect(why(event({ source: 'my.shop' }))).toMatch(
      /source "my.shop".*posthorn.publish.*input transformer/,
    );
  });
});

describe('an adopted event', () => {
  const shipped = event({
    source: 'my.shop',
    'detail-type': 'Order Shipped',
    detail: { order: 7, tenant: 'acme' },
  });

  it('has its detail as payload, and the fields that the rule put beside it', () => {
    expect(read({ application: 'acme', eventType: 'order.shipped', event: shipped, tags: ['t'] })).toEqual({
      application: 'acme',
      message:
        '{"eventType":"order.shipped","tags":["t"],"payload":{"order":7,"tenant":"acme"},"eventId":"event-1"}',
    });
  });

  it.each([
    ['Order Shipped', 'order.shipped'],
    ['EC2 Instance State-change Notification', 'ec2.instance.state-change.notification'],
    [' (Tag) Change: on/off ', 'tag.change.on.off'],
    ['invoice.paid', 'invoice.paid'],
  ])('makes a name of the detail type by option: %s', (detailType, eventType) => {
    const one = event({ source: 'my.shop', 'detail-type': detailType });
    expect(messageOf({ application: 'a', normalizeDetailType: true, event: one })).toMatchObject({
      eventType,
    });
  });

  it('has its detail type unchanged without the option', () => {
    expect(messageOf({ application: 'a', event: shipped })).toMatchObject({ eventType: 'Order Shipped' });
  });

  it('is refused if it is no event', () => {
    expect(why({ application: 'a', event: { id: 1 } })).toMatch(/^event is not an EventBridge event/);
    expect(why({ application: 'a', event: 'text' })).toMatch(/^event is not a JSON object/);
  });
});

describe('a notification of SNS without raw message delivery', () => {
  const notification = (Message: string, some: object = {}) => ({
    ...{ Type: 'Notification', MessageId: 'sns-1', TopicArn: 'arn:aws:sns:us-east-1:111122223333:orders' },
    ...{ Message, Timestamp: '2026-11-30T12:00:00Z', ...some },
  });

  it('is the record in its Message; its event id is the message id of SNS', () => {
    const Message = '{"application":"acme","eventType":"e","payload":{ "n": 1 }}';
    expect(read(notification(Message))).toEqual({
      application: 'acme',
      message: '{"eventType":"e","payload":{ "n": 1 },"eventId":"sns-1"}',
    });
  });

  it('may carry an event', () => {
    const Message = JSON.stringify(event({ detail: { application: 'a', payload: {} } }));
    expect(messageOf(notification(Message))).toMatchObject({ eventId: 'event-1', eventType: 'invoice.paid' });
  });

  it('is refused with other texts, and so is a request to confirm a subscription', () => {
    expect(why(notification('hello'))).toMatch(/^the Message of the SNS notification is not JSON/);
    expect(why(notification('', { Type: 'SubscriptionConfirmation' }))).toMatch(/SubscribeURL/);
  });
});
