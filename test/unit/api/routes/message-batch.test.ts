import { describe, expect, it } from 'vitest';
import type { Admitted } from '../../../../functions/publish/publish-limits/publish-limits.flow.ts';
import { BODY_BYTES } from '../../../../functions/platform/limits/requests.domain.ts';
import type { BatchItemOutcome } from '../../../../functions/publish/messages.port.ts';
import { messageBatchOut } from '../../../../functions/api/schemas/message-batch.ts';
import { APP } from '../../../support/simulation/builders.ts';
import { makeClient, token } from '../client.ts';
import { ORG } from '../fakes.ts';
import type { Answer, Client } from '../client.ts';

const PATH = '/api/v1/app/acme/msg/batch';

const withApplication = async (): Promise<Client> => {
  const client = await makeClient();
  await client.send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
  return client;
};

const message = (n: number, some: object = {}) => ({ eventType: 'invoice.paid', payload: { n }, ...some });
const statuses = ({ json }: Answer): number[] => {
  const data: { status: number }[] = json.data;
  return data.map(({ status }) => status);
};
const key = (value: string) => ({ 'idempotency-key': value });

describe('POST /msg/batch', () => {
  it('answers an item for each message, in order, as GET returns the message', async () => {
    const { send } = await withApplication();
    const answer = await send('POST', PATH, {
      data: [message(1, { eventId: 'e1', channels: ['a'], tags: ['t'] }), message(2)],
    });
    expect([answer.status, statuses(answer)]).toEqual([202, [202, 202]]);
    for (const { status, ...item } of answer.json.data) {
      expect(status).toBe(202);
      expect((await send('GET', `/api/v1/app/acme/msg/${item.id}`)).json).toEqual(item);
    }
    expect(answer.json.data[0]).toMatchObject({
      eventId: 'e1',
      channels: ['a'],
      tags: ['t'],
      payload: { n: 1 },
    });
    expect(messageBatchOut().safeParse(answer.json).success).toBe(true);
  });

  it('answers each invalid message as POST /msg does, and accepts the others', async () => {
    const { send, simulation } = await withApplication();
    const late = new Date(Date.UTC(2030, 0, 1)).toISOString();
    const invalid = [
      ...[17, 'text', null, [], {}, { eventType: 'a b', payload: {} }, { eventType: 'a', payload: [] }],
      ...[message(1, { channels: [] }), message(1, { channels: ['a', 'b', 'c', 'd', 'e', 'f'] })],
      ...[message(1, { eventId: '' }), message(1, { eventId: 'msg_x' }), message(1, { tags: ['a', 7] })],
      ...[message(1, { payloadRetentionPeriod: 1 }), message(1, { deliverAt: late })],
      message(1, { payloadRetentionPeriod: 6, payloadRetentionHours: 6 }),
      message(1, { transformationsParams: { rawPayload: 'x', headers: { 'content-type': '\u0001' } } }),
    ];
    const answer = await send('POST', PATH, { data: [message(0), ...invalid, message(99)] });
    expect(statuses(answer)).toEqual([202, ...invalid.map(() => 422), 202]);
    for (const [index, body] of invalid.entries()) {
      const alone = await send('POST', '/api/v1/app/acme/msg', JSON.stringify(body));
      expect(alone.status).toBe(422);
      expect(answer.json.data[index + 1]).toEqual({ status: 422, ...alone.json });
    }
    expect(simulation.messages.all()).toHaveLength(2);
    expect(messageBatchOut().safeParse(answer.json).success).toBe(true);
  });

  it('keeps the payload of each message byte for byte, as deeply nested as POST /msg does', async () => {
    const { send, simulation } = await withApplication();
    const odd = '{ "z":1.0, "a":12345678901234567890 }';
    const deep = `${'{"a":'.repeat(1_000)}{}${'}'.repeat(1_000)}`;
    const texts = [odd, deep].map((payload) => `{"eventType":"a","payload":${payload}}`);
    const answer = await send('POST', PATH, `{"data":[${texts.join(',')}]}`);
    expect(statuses(answer)).toEqual([202, 202]);
    expect(answer.text).toContain(odd);
    const bodies = await simulation.messages.bodies(simulation.messages.all(), 0);
    expect(bodies.map((body) => Buffer.from(body!).toString())).toEqual([odd, deep]);
  });

  it('withholds payloads on request, and repeats then withhold them too', async () => {
    const { send } = await withApplication();
    for (const _ of [1, 2]) {
      const answer = await send('POST', `${PATH}?with_content=false`, { data: [message(1)] }, key('w'));
      expect(answer.json.data[0].payload).toEqual({});
    }
  });

  it('creates the application that a message describes', async () => {
    const { send, simulation } = await makeClient();
    const application = { name: 'New', uid: 'acme' };
    const answer = await send('POST', PATH, { data: [message(1), message(2, { application })] });
    expect(statuses(answer)).toEqual([202, 202]);
    expect(simulation.messages.all()).toHaveLength(2);
    const other = await send('POST', '/api/v1/app/another/msg/batch', {
      data: [message(1, { application })],
    });
    expect([other.status, other.json.detail[0].type]).toEqual([422, 'application_uid_mismatch']);
  });

  it.each([
    ['no list', { data: {} }, 422],
    ['a bare list', [message(1)], 422],
    ['no field data', {}, 422],
    ['an empty list', { data: [] }, 422],
    ['more than 100 messages', { data: Array.from({ length: 101 }, (_, n) => message(n)) }, 422],
    ['no JSON', '{"data":[{]}', 422],
    ['more than 2 MiB', { data: [message(1, { payload: { text: 'x'.repeat(BODY_BYTES) } })] }, 413],
  ])('refuses the whole request for %s', async (_, body, status) => {
    const { send, simulation } = await withApplication();
    expect((await send('POST', PATH, body)).status).toBe(status);
    expect(simulation.messages.all()).toEqual([]);
  });

  it('refuses the whole request for an unknown application and for tokens of applications', async () => {
    const { send } = await withApplication();
    const body = { data: [message(1)] };
    const unknown = await send('POST', '/api/v1/app/nope/msg/batch', body);
    expect([unknown.status, unknown.json.code]).toEqual([404, 'not_found']);
    const application = (await send('GET', '/api/v1/app/acme')).json.id as string;
    const authorization = `Bearer ${await token({ sub: application, org: ORG })}`;
    expect((await send('POST', PATH, body, { authorization: 'Bearer x' })).status).toBe(401);
    expect((await send('POST', PATH, body, { authorization })).status).toBe(403);
  });

  it('accepts 100 messages', async () => {
    const { send, simulation } = await withApplication();
    const answer = await send('POST', PATH, { data: Array.from({ length: 100 }, (_, n) => message(n)) });
    expect(statuses(answer)).toEqual(Array(100).fill(202));
    expect(simulation.messages.all()).toHaveLength(100);
  });

  it('leaves GET of a message with the eventId `batch` as it is', async () => {
    const { send } = await withApplication();
    await send('POST', '/api/v1/app/acme/msg', message(1, { eventId: 'batch' }));
    expect((await send('GET', PATH)).json).toMatchObject({ eventId: 'batch' });
  });
});

describe('Idempotency-Key of POST /msg/batch', () => {
  it('returns the first items to a repeat, with the headers of POST /msg', async () => {
    const { send, simulation } = await withApplication();
    const body = { data: [message(1), { eventType: 'b' }] };
    const first = await send('POST', PATH, body, key('k'));
    const repeat = await send('POST', PATH, body, key('k'));
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(repeat.headers.get('idempotency-replayed')).toBe('true');
    expect(repeat.headers.get('idempotency-mismatch')).toBeNull();
    const [item] = first.json.data;
    expect(repeat.json.data).toEqual([{ ...item, replayed: true, mismatch: false }, first.json.data[1]]);
    expect(simulation.messages.all()).toHaveLength(1);
  });

  it('marks the items that differ from the first request, and publishes those that were refused', async () => {
    const { send } = await withApplication();
    const first = await send('POST', PATH, { data: [message(1), message(2), {}] }, key('k'));
    const repeat = await send('POST', PATH, { data: [message(1), message(7), message(3)] }, key('k'));
    expect(repeat.headers.get('idempotency-mismatch')).toBe('true');
    const [one, two, three] = repeat.json.data;
    expect(one).toMatchObject({ id: first.json.data[0].id, mismatch: false });
    expect(two).toMatchObject({ id: first.json.data[1].id, mismatch: true, payload: { n: 2 } });
    expect(three).not.toHaveProperty('replayed');
    expect(three.payload).toEqual({ n: 3 });
  });

  it.each(['no JSON', { data: [] }])('returns the first items to a repeat with the body %j', async (body) => {
    const { send } = await withApplication();
    const first = await send('POST', PATH, { data: [message(1), {}] }, key('k'));
    const repeat = await send('POST', PATH, body, key('k'));
    expect([repeat.status, statuses(repeat)]).toEqual([202, [202, 404]]);
    expect(repeat.json.data[0]).toMatchObject({ id: first.json.data[0].id, mismatch: true });
    expect(messageBatchOut().safeParse(repeat.json).success).toBe(true);
  });

  it('is another key than that of POST /msg', async () => {
    const { send, simulation } = await withApplication();
    await send('POST', '/api/v1/app/acme/msg', message(1), key('k'));
    expect(statuses(await send('POST', PATH, { data: [message(1)] }, key('k')))).toEqual([202]);
    expect(simulation.messages.all()).toHaveLength(2);
  });

  it('never returns more payloads than fit into a response, whatever was published under it', async () => {
    const { send } = await withApplication();
    const large = message(1, { payload: { text: 'x'.repeat(1_900_000) } });
    const data: object[] = [large, {}, {}];
    for (const place of [1, 2]) {
      await send('POST', PATH, { data }, key('k'));
      data[place - 1] = {};
      data[place] = large;
    }
    const repeat = await send('POST', PATH, { data }, key('k'));
    expect(statuses(repeat)).toEqual([202, 202, 202]);
    expect(repeat.text.length).toBeLessThan(3_000_000);
  });
});

describe('outcomes of POST /msg/batch beside success', () => {
  const answerTo = async (items: readonly BatchItemOutcome[]) => {
    const { send } = await makeClient({
      publishBatch: {
        publish: async () => ({ kind: 'answered', appId: APP, items, limits: [] }),
        ofKey: async () => undefined,
      },
    });
    return send('POST', PATH, { data: items.map((_, n) => message(n)) });
  };

  it('are errors of the shape of the API, each with its status', async () => {
    const answer = await answerTo([
      { kind: 'conflict' },
      { kind: 'limited', retryAfterSeconds: 3 },
      { kind: 'failed', error: new Error('secret of ours') },
      { kind: 'application-not-found' },
    ]);
    expect(answer.status).toBe(202);
    expect(answer.json.data).toMatchObject([
      { status: 409, code: 'conflict', detail: expect.any(String) },
      { status: 429, code: 'too_many_requests', detail: expect.any(String), retryAfter: 3 },
      { status: 500, code: 'server_error', detail: expect.any(String) },
      { status: 404, code: 'not_found', detail: 'Application not found' },
    ]);
    expect(answer.text).not.toContain('secret');
    expect(messageBatchOut().safeParse(answer.json).success).toBe(true);
  });

  it('refuse the request with 429 and Retry-After where no message is admitted', async () => {
    const limited: Admitted = {
      kind: 'limited',
      limits: [{ name: 'application', rate: 1, remaining: 0 }],
      retryAfterSeconds: 2,
    };
    const { send } = await makeClient({
      publishBatch: { publish: async () => limited, ofKey: async () => undefined },
    });
    const answer = await send('POST', PATH, { data: [message(1)] });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '2']);
  });
});
