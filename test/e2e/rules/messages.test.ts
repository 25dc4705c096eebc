import { beforeAll, expect, it } from 'vitest';
import { complaints } from '../../support/api.ts';
import { freshSender } from '../../support/delivering.ts';
import type { Sender } from '../../support/delivering.ts';
import { bodyOf, headersOf } from '../../support/receiver.ts';

/** How the content of a message is stored, sent and returned. */
let sender: Sender;

beforeAll(async () => {
  sender = await freshSender();
  await sender.endpoint('ep', '/messages');
});

const publishRaw = async (payload: string) => {
  const answer = await sender.send('POST', '/app/acme/msg', `{"eventType":"a","payload": ${payload} }`);
  expect(answer.status).toBe(202);
  return String(answer.json.id);
};
const sentBody = async (id: string) => bodyOf((await sender.received(id))[0]!);

it.each([
  '{ "b" : 1.0, "a":1e2,\t"n":12345678901234567890 }',
  '{"é":"\\u00e9", "\\ud83d\\ude00":"😀","/":"\\/"}',
  '{"a":"\\ud800"}',
  '{"a":1,"a":2}',
  '{}',
])('the payload %s is delivered and read back byte for byte', async (payload) => {
  const id = await publishRaw(payload);
  expect(await sentBody(id)).toBe(payload);
  expect((await sender.send('GET', `/app/acme/msg/${id}`)).text).toContain(`"payload":${payload},`);
});

it('a payload of 1.9 MB is delivered byte for byte', async () => {
  const payload = `{"a":"${'é'.repeat(950_000)}"}`;
  const id = await publishRaw(payload);
  expect((await sentBody(id)) === payload).toBe(true);
});

it.each([
  ['[1]', 'application/json', '[1]'],
  ['plain text', 'text/plain; charset=utf-8', '{"rawPayload":"plain text"}'],
  ['<a b="c"/>', 'application/xml', '{"rawPayload":"<a b=\\"c\\"/>"}'],
  ['{"a": 1}', null, '{"a": 1}'],
])(
  'the raw payload %s is sent unchanged with content type %s and read back as %s',
  async (rawPayload, type, read) => {
    const headers = type === null ? undefined : { 'content-type': type };
    const message = await sender.publish({ payload: {}, transformationsParams: { rawPayload, headers } });
    const [webhook] = await sender.received(String(message['id']));
    const sentType = headersOf(webhook!)['content-type'];
    expect([bodyOf(webhook!), sentType]).toEqual([rawPayload, type ?? 'application/json']);
    const { text } = await sender.send('GET', `/app/acme/msg/${String(message['id'])}`);
    expect(text).toContain(`"payload":${read},`);
  },
);

it('a resend of a raw payload has the same body and content type', async () => {
  const params = { rawPayload: 'a;b', headers: { 'content-type': 'text/csv' } };
  const { id } = await sender.publish({ payload: {}, transformationsParams: params });
  await sender.received(String(id));
  const again = await sender.send('POST', `/app/acme/msg/${String(id)}/endpoint/ep/resend`);
  expect(again.status).toBe(202);
  const both = await sender.received(String(id), 2);
  expect(both.map((one) => [bodyOf(one), headersOf(one)['content-type']])).toEqual([
    ['a;b', 'text/csv'],
    ['a;b', 'text/csv'],
  ]);
});

it('with_content=false returns an empty payload from publish, get and list', async () => {
  const { json } = await sender.send('POST', '/app/acme/msg?with_content=false', {
    eventType: 'a',
    payload: { n: 1 },
  });
  expect(json.payload).toEqual({});
  const message = `/app/acme/msg/${String(json.id)}`;
  expect((await sender.ask('GET', `${message}?with_content=false`))['payload']).toEqual({});
  expect((await sender.ask('GET', message))['payload']).toEqual({ n: 1 });
  const { data } = await sender.ask('GET', '/app/acme/msg?with_content=false&limit=1');
  expect(data[0].payload).toEqual({});
});

it.each([
  [{ payloadRetentionPeriod: 4 }, 'body/payload_retention_period value_error'],
  [{ payloadRetentionPeriod: 91 }, 'body/payload_retention_period value_error'],
  [{ payloadRetentionPeriod: 5, payloadRetentionHours: 5 }, 'body/payload_retention_hours value_error'],
])('the retention %j gets 422', async (retention, complaint) => {
  const answer = await sender.send('POST', '/app/acme/msg', { eventType: 'a', payload: {}, ...retention });
  expect([answer.status, complaints(answer)]).toEqual([422, [complaint]]);
});

it.each([
  { payloadRetentionPeriod: 5 },
  { payloadRetentionPeriod: 90 },
  { payloadRetentionPeriod: null },
  { payloadRetentionHours: 1 },
])('the retention %j is accepted', async (retention) => {
  expect((await sender.publish(retention))['payload']).toEqual({ n: 1 });
});

it('deliverAt gets 422 unless it is one minute to 24 hours ahead', async () => {
  const at = (seconds: number) => ({ deliverAt: new Date(Date.now() + seconds * 1000).toISOString() });
  const status = async (seconds: number) =>
    (await sender.send('POST', '/app/acme/msg', { eventType: 'a', payload: {}, ...at(seconds) })).status;
  expect(await Promise.all([status(-1), status(50), status(70), status(86_000), status(86_500)])).toEqual([
    422, 422, 202, 202, 422,
  ]);
});

it('the application in a message is ignored when the application of the path exists', async () => {
  const message = await sender.publish({ application: { name: 'Other', uid: 'other' } });
  expect(message['eventType']).toBe('order.paid');
  expect((await sender.send('GET', '/app/other')).status).toBe(404);
});

it('the application in a message is created when it is that of the path and does not exist yet', async () => {
  const application = { name: 'Fresh', uid: 'fresh', metadata: { a: '1' } };
  const answer = await sender.send('POST', '/app/fresh/msg', { eventType: 'a', payload: {}, application });
  expect(answer.status).toBe(202);
  expect(await sender.ask('GET', '/app/fresh')).toMatchObject(application);
});
