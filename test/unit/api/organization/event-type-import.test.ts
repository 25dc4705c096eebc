import { describe, expect, it } from 'vitest';
import { column, complaints, makeClient } from '../client.ts';

const ROOT = '/api/v1/event-type';
const IMPORT = `${ROOT}/import/openapi`;

const YAML = `
openapi: 3.1.0
info: { title: Acme, version: '1' }
webhooks:
  order.paid:
    post:
      description: An order was paid
      x-svix-group-name: orders
      x-svix-feature-flags: [beta]
      requestBody:
        content:
          application/json:
            schema: { $ref: '#/components/schemas/Order' }
            example: { id: o_1 }
  order.sent:
    post: { summary: Sent, deprecated: true }
components:
  schemas:
    Order: { type: object, properties: { id: { type: string } }, required: [id] }
`;
const spec = {
  openapi: '3.0.3',
  'x-webhooks': {
    'order.paid': {
      post: {
        requestBody: { content: { 'application/json': { schema: { type: 'string', nullable: true } } } },
      },
    },
  },
};

const start = async () => {
  const { send } = await makeClient();
  return {
    send,
    importing: (body: object) => send('POST', `${IMPORT}/`, body),
    all: () => send('GET', `${ROOT}?include_archived=true&with_content=true`),
  };
};

describe('import of event types from OpenAPI', () => {
  it('creates the event types of a document in YAML; the same document again changes nothing', async () => {
    const { importing, all } = await start();
    const { status, json } = await importing({ specRaw: YAML, replaceAll: false });
    expect([status, json]).toEqual([200, { data: { modified: ['order.paid', 'order.sent'] } }]);
    const schemas = {
      1: {
        ...{ type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
        examples: [{ id: 'o_1' }],
      },
    };
    expect((await all()).json.data).toMatchObject([
      {
        ...{ name: 'order.paid', description: 'An order was paid', archived: false, deprecated: false },
        ...{ schemas, featureFlags: ['beta'], groupName: 'orders' },
      },
      { name: 'order.sent', description: 'Sent', deprecated: true, schemas: null },
    ]);
    expect((await importing({ specRaw: YAML })).json).toEqual({ data: { modified: [] } });
  });

  it('updates existing event types, revives archived ones, and keeps flags and group that the document lacks', async () => {
    const { send, importing, all } = await start();
    await importing({ specRaw: YAML });
    await send('DELETE', `${ROOT}/order.paid`);
    expect((await importing({ spec })).json.data.modified).toEqual(['order.paid']);
    expect((await all()).json.data[0]).toMatchObject({
      ...{ description: '', archived: false, schemas: { 1: { type: ['string', 'null'] } } },
      ...{ featureFlags: ['beta'], groupName: 'orders' },
    });
  });

  it('replaceAll archives what the document lacks', async () => {
    const { importing, all } = await start();
    await importing({ specRaw: YAML });
    const { json } = await importing({ spec, replaceAll: true });
    expect(json.data.modified).toEqual(['order.paid', 'order.sent']);
    expect(column(await all(), 'archived')).toEqual([false, true]);
    expect((await importing({ spec, replaceAll: true })).json.data.modified).toEqual([]);
  });

  it('a dry run changes nothing, and answers with what would be written and archived', async () => {
    const { importing, all } = await start();
    await importing({ specRaw: YAML });
    const before = (await all()).json;
    const { json } = await importing({ spec, dryRun: true, replaceAll: true });
    expect(json.data).toEqual({
      modified: ['order.paid', 'order.sent'],
      to_modify: [
        {
          ...{ name: 'order.paid', description: '', deprecated: false },
          schemas: { 1: { type: ['string', 'null'] } },
        },
      ],
    });
    expect((await all()).json).toEqual(before);
  });

  it.each([{}, { spec, specRaw: YAML }, { spec: null, specRaw: null }])(
    'answers 400 to neither or both forms of the document: %j',
    async (body) => {
      const { importing } = await start();
      const { status, json } = await importing(body);
      expect([status, json.code]).toEqual([400, 'generic_error']);
    },
  );

  it.each<[object, string]>([
    [{ specRaw: 'openapi: [' }, 'body/spec_raw value_error'],
    [{ specRaw: '' }, 'body/spec_raw value_error'],
    [{ spec: { openapi: '2.0' } }, 'body/spec/openapi value_error'],
    [{ spec: { openapi: '3.1.0', webhooks: { 'a b': { post: {} } } } }, 'body/spec/webhooks/a b value_error'],
    [
      { spec: { openapi: '3.1.0', webhooks: { a: { 'x-svix-group-name': 'a b' } } } },
      'body/spec/webhooks/a value_error',
    ],
    [
      {
        spec: {
          openapi: '3.1.0',
          webhooks: {
            a: { post: { requestBody: { content: { 'application/json': { schema: { type: 15 } } } } } },
          },
        },
      },
      'body/spec/webhooks/a value_error',
    ],
    [{ spec: [] }, 'body/spec value_error'],
  ])('answers 422 with the place of the fault and imports nothing: %j', async (body, complaint) => {
    const { importing, all } = await start();
    const answer = await importing(body);
    expect([answer.status, complaints(answer)]).toEqual([422, [complaint]]);
    expect((await all()).json.data).toEqual([]);
  });

  it('imports two thousand event types at once, and refuses one more', async () => {
    const { importing, all } = await start();
    const webhooks = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`type.${index}`, { post: {} }]));
    expect((await importing({ spec: { openapi: '3.1.0', webhooks: webhooks(2_001) } })).status).toBe(422);
    const { json } = await importing({ spec: { openapi: '3.1.0', webhooks: webhooks(2_000) } });
    expect(json.data.modified).toHaveLength(2_000);
    expect((await all()).json.done).toBe(false);
  });
});
