import { beforeAll, describe, expect, it } from 'vitest';
import { freshSender } from '../../support/delivering.ts';
import type { Sender } from '../../support/delivering.ts';
import { bodyOf } from '../../support/receiver.ts';

/** Examples of event types, and expunging of content. */
let sender: Sender;

beforeAll(async () => {
  sender = await freshSender();
  await sender.endpoint('ep', '/examples');
});

describe('send-example', () => {
  const example = (eventType: string, uid = 'ep') =>
    sender.send('POST', `/app/acme/endpoint/${uid}/send-example`, { eventType });
  const describeType = (name: string, schemas: object | null) =>
    sender.ask('POST', '/event-type', { name, description: '', schemas });
  const sent = async (eventType: string): Promise<unknown> => {
    const answer = await example(eventType);
    expect([answer.status, answer.json.payload]).toEqual([200, {}]);
    return JSON.parse(bodyOf((await sender.received(String(answer.json.id)))[0]!));
  };

  it('sends the ping example without an event type in the catalog', async () => {
    expect(await sent('svix.ping')).toEqual({ success: true });
  });

  it('sends the first example of schema version 1, also if it is not an object', async () => {
    await describeType('object', { 1: { examples: [{ n: 1 }, { n: 2 }] }, 2: { examples: [{ n: 3 }] } });
    expect(await sent('object')).toEqual({ n: 1 });
    await describeType('scalar', { 1: { examples: [5] } });
    expect(await sent('scalar')).toBe(5);
  });

  it('sends the example of an archived event type', async () => {
    await describeType('archived', { 1: { examples: [{ a: 1 }] } });
    await sender.send('DELETE', '/event-type/archived');
    expect(await sent('archived')).toEqual({ a: 1 });
  });

  it('publishes a message that only the given endpoint gets', async () => {
    await sender.endpoint('other', '/examples/other');
    const { json } = await example('svix.ping');
    expect(await sender.destinations(String(json.id))).toEqual(['ep']);
  });

  it.each([
    ['has no schemas', null],
    ['has no version 1', { 2: { examples: [{}] } }],
    ['has no examples', { 1: { type: 'object' } }],
  ])('gets 400 for an event type that %s', async (name, schemas) => {
    const type = name.replaceAll(' ', '.');
    await describeType(type, schemas);
    const refused = await example(type);
    expect([refused.status, refused.json.code]).toEqual([400, 'invalid_scheme']);
  });
});

describe('expunging', () => {
  it('a message removes only its payload, and a resend then gets 400', async () => {
    const message = await sender.publish({ eventId: 'expunged' });
    await sender.received(String(message['id']));
    expect((await sender.send('DELETE', '/app/acme/msg/expunged/content')).status).toBe(204);
    expect(await sender.ask('GET', '/app/acme/msg/expunged')).toEqual({
      ...message,
      payload: { expired: true },
    });
    const resend = await sender.send('POST', '/app/acme/msg/expunged/endpoint/ep/resend');
    expect([resend.status, resend.json.code]).toEqual([400, 'missing_payload']);
  });

  it('an attempt removes only its response', async () => {
    const { id } = await sender.publish();
    const [attempt] = await sender.attempts(String(id));
    const path = `/app/acme/msg/${String(id)}/attempt/${String(attempt!['id'])}`;
    expect((await sender.send('DELETE', `${path}/content`)).status).toBe(204);
    expect(await sender.ask('GET', path)).toEqual({ ...attempt, response: 'EXPUNGED' });
  });
});

describe('the schema of an event type', () => {
  const create = (schema: unknown, name: string) =>
    sender.send('POST', '/event-type', { name, description: '', schemas: { 1: schema } });

  it.each([
    ['with a wrong type', { type: 15 }],
    ['with a remote reference, which is never fetched,', { $ref: 'http://127.0.0.1:1/schema.json' }],
    ['that is a number', 5],
  ])('%s gets 422', async (_name, schema) => {
    expect((await create(schema, 'refused')).status).toBe(422);
  });

  it.each([
    ['of an unknown dialect', { $schema: 'https://example.com/mine' }],
    ['with a keyword of a later draft', { prefixItems: 5 }],
    ['with a local reference', { definitions: { a: { type: 'string' } }, $ref: '#/definitions/a' }],
  ])('%s is accepted', async (name, schema) => {
    expect((await create(schema, name.replaceAll(' ', '.'))).status).toBe(201);
  });
});
