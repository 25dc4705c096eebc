import { describe, expect, it } from 'vitest';
import { schemaExample } from '../../../../functions/api/wire/schema-example.ts';
import { ORG } from '../fakes.ts';
import { complaints, makeClient, token } from '../client.ts';

const start = async () => {
  const client = await makeClient();
  await client.send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
  await client.send('POST', '/api/v1/app/acme/endpoint', { url: 'https://x.test', uid: 'ep1' });
  const schemas = '{"1": {"type": "object", "examples": [{"n": 1.0}, "second"]}, "2": {"examples": ["no"]}}';
  const body = `{"name":"order.paid","description":"","archived":true,"schemas":${schemas}}`;
  await client.send('POST', '/api/v1/event-type', body);
  await client.send('POST', '/api/v1/event-type', { name: 'plain', description: '' });
  const example = (eventType: unknown, more: object = {}, headers: Record<string, string> = {}) =>
    client.send('POST', '/api/v1/app/acme/endpoint/ep1/send-example', { eventType, ...more }, headers);
  return { ...client, example };
};

describe('send-example', () => {
  it('publishes svix.ping to the one endpoint and hides its payload', async () => {
    const { example, simulation } = await start();
    const { status, json } = await example('svix.ping');
    expect(status).toBe(200);
    expect(json).toMatchObject({ eventType: 'svix.ping', payload: {}, eventId: null, channels: null });
    const [endpoint] = simulation.endpoints.values();
    expect(simulation.published).toMatchObject([{ onlyEndpoint: endpoint!.id, implicit: null }]);
    expect(Buffer.from(simulation.published[0]!.body).toString()).toBe('{"success": true}');
  });

  it('to a disabled endpoint is refused and publishes nothing', async () => {
    const { example, send, simulation } = await start();
    await send('PATCH', '/api/v1/app/acme/endpoint/ep1', { disabled: true });
    const { status, json } = await example('svix.ping');
    expect([status, json.code]).toEqual([400, 'endpoint_disabled']);
    expect(simulation.published).toEqual([]);
  });

  it.each([
    [{}, '{"n": 1.0}'],
    [{ exampleIndex: 1 }, '"second"'],
    [{ exampleIndex: null }, '{"n": 1.0}'],
  ])('publishes the example of an archived event type as it was written: %j', async (more, sent) => {
    const { example, simulation } = await start();
    expect((await example('order.paid', more)).status).toBe(200);
    expect(Buffer.from(simulation.published[0]!.body).toString()).toBe(sent);
  });

  it.each(['order.paid', 'plain', 'svix.ping'])(
    'publishes a given payload as it was written: %s',
    async (name) => {
      const { send, simulation } = await start();
      const body = `{"eventType":"${name}","exampleIndex":9,"payload":{"b": 1.0, "a":2}}`;
      const answer = await send('POST', '/api/v1/app/acme/endpoint/ep1/send-example', body);
      expect([answer.status, answer.json.payload]).toEqual([200, {}]);
      expect(Buffer.from(simulation.published[0]!.body).toString()).toBe('{"b": 1.0, "a":2}');
    },
  );

  it('accepts a payload only for an existing event type, and only an object', async () => {
    const { example } = await start();
    expect((await example('unknown', { payload: {} })).status).toBe(404);
    expect(complaints(await example('plain', { payload: [1] }))).toEqual(['body/payload value_error']);
    expect((await example('order.paid', { payload: null })).status).toBe(200);
  });

  it('answers 400 without a schema and for an index beyond the last example', async () => {
    const { example } = await start();
    for (const answer of [await example('plain'), await example('order.paid', { exampleIndex: 2 })]) {
      expect([answer.status, answer.json]).toEqual([
        400,
        { code: 'invalid_scheme', detail: 'Unable to generate example message from event-type schema' },
      ]);
    }
  });

  it('answers 404 for an unknown event type, 422 without one and 403 to an application token', async () => {
    const { example, simulation } = await start();
    expect((await example('unknown')).status).toBe(404);
    expect((await example(undefined)).status).toBe(422);
    const [app] = simulation.applications.values();
    const authorization = `Bearer ${await token({ sub: app!.id, org: ORG })}`;
    expect((await example('svix.ping', {}, { authorization })).status).toBe(403);
  });

  it('publishes once under one idempotency key', async () => {
    const { example, simulation } = await start();
    const first = await example('svix.ping', {}, { 'idempotency-key': 'k' });
    const second = await example('svix.ping', {}, { 'idempotency-key': 'k' });
    expect(second.text).toBe(first.text);
    expect(simulation.published).toMatchObject([
      { idempotency: expect.stringMatching(/^[\w-]{43}\.example$/) },
    ]);
  });
});

describe('schemaExample', () => {
  it.each([
    ['{}', undefined],
    ['{"1":true}', undefined],
    ['{"1":{"examples":{"0":1}}}', undefined],
    ['{"1":{"examples":[]}}', undefined],
    ['{"2":{"examples":[1]}}', undefined],
    ['{"1":{"x":{"examples":["no"]},"examples":[null,2]}}', 'null'],
    ['{"1":{"examples":[{"a":[1,{"examples":[3]}]}]}}', '{"a":[1,{"examples":[3]}]}'],
  ])('of %s returns %s', (schemas, found) => {
    expect(schemaExample(schemas, 0)).toBe(found);
  });
});
