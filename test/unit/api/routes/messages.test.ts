import { describe, expect, it } from 'vitest';
import { column, complaints, makeClient } from '../client.ts';
import { NOW } from '../fakes.ts';

const decode = 'value_error.jsondecode';
const ROOT = '/api/v1/app/acme/msg';

const start = async () => {
  const client = await makeClient();
  await client.send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
  return client;
};

const bodyOf = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();

describe('messages API', () => {
  it('accepts a message and keeps its payload byte for byte', async () => {
    const { send, simulation } = await start();
    const payload = '{ "b":1.0,"a":12345678901234567890, "é":"\\u00e9\\ud800" }';
    const answer = await send('POST', ROOT, `{"eventType":"order.paid","payload": ${payload} ,"tags":["t"]}`);
    expect(answer.status).toBe(202);
    expect(answer.text).toContain(`"payload":${payload},`);
    expect(answer.json).toMatchObject({ eventType: 'order.paid', eventId: null, channels: null });
    expect(bodyOf(simulation.published[0]?.body)).toBe(payload);
    const id: string = answer.json.id;
    expect((await send('GET', `${ROOT}/${id}`)).text).toBe(answer.text);
  });

  it('accepts data as payload and deduplicates channels', async () => {
    const { send, simulation } = await start();
    const body = { eventType: 'a', data: { n: 1 }, channels: ['a', 'b', 'c', 'd', 'e', 'a'] };
    expect((await send('POST', ROOT, body)).status).toBe(202);
    expect(simulation.published[0]?.channels).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('omits the payload with with_content=false', async () => {
    const { send } = await start();
    const { json } = await send('POST', `${ROOT}?with_content=false`, { eventType: 'a', payload: { n: 1 } });
    expect(json.payload).toEqual({});
    expect((await send('GET', `${ROOT}/${String(json.id)}?with_content=false`)).json.payload).toEqual({});
  });

  it.each([
    ['[1]', '[1]'],
    ['{"n": 1}', '{"n": 1}'],
    ['plain "text"', '{"rawPayload":"plain \\"text\\""}'],
    ['', '{"rawPayload":""}'],
  ])('sends the raw payload %j and returns it as %s', async (rawPayload, read) => {
    const { send, simulation } = await start();
    const body = { eventType: 'a', payload: {}, transformationsParams: { rawPayload, headers: { a: 1 } } };
    const { json } = await send('POST', ROOT, body);
    expect(bodyOf(simulation.published[0]?.body)).toBe(rawPayload);
    expect((await send('GET', `${ROOT}/${String(json.id)}`)).text).toContain(`"payload":${read},`);
  });

  it.each([
    [{ 'content-type': 'application/xml' }, 'application/xml'],
    [{ 'Content-Type': ' text/plain; charset=utf-8 ' }, 'text/plain; charset=utf-8'],
    [{ 'content-type': '' }, null],
    [{ 'content-type': 5 }, null],
    [['content-type'], null],
    [null, null],
  ])('with the raw payload headers %j sends the content type %j', async (headers, contentType) => {
    const { send, simulation } = await start();
    const body = { eventType: 'a', payload: {}, transformationsParams: { rawPayload: '<a/>', headers } };
    expect((await send('POST', ROOT, body)).status).toBe(202);
    expect([bodyOf(simulation.published[0]?.body), simulation.published[0]?.contentType]).toEqual([
      '<a/>',
      contentType,
    ]);
  });

  it.each([
    {},
    { rawPayload: null },
    { rawPayload: 5, headers: { 'content-type': 'text/plain' } },
    { anything: [{ at: 'all' }], headers: { 'content-type': 'text/plain' } },
  ])('ignores %j as transformation parameters and sends the payload as JSON', async (params) => {
    const { send, simulation } = await start();
    await send('POST', ROOT, { eventType: 'a', payload: { n: 1 }, transformationsParams: params });
    expect([bodyOf(simulation.published[0]?.body), simulation.published[0]?.contentType]).toEqual([
      '{"n":1}',
      null,
    ]);
  });

  it('deduplicates tags and filters lists by them', async () => {
    const { send } = await start();
    const post = (tags: unknown) => send('POST', ROOT, { eventType: 'a', payload: {}, tags });
    const { json } = await post(['eu/west', 'a#b', 'c.d', 'e_f-g', 'h\\i', 'eu/west']);
    expect(json.tags).toEqual(['eu/west', 'a#b', 'c.d', 'e_f-g', 'h\\i']);
    for (const none of [null, [], undefined]) expect((await post(none)).json).not.toHaveProperty('tags');
    expect(column(await send('GET', `${ROOT}?tag=a%23b`), 'id')).toEqual([json.id]);
    expect((await send('GET', `${ROOT}/${String(json.id)}`)).json.tags).toEqual(json.tags);
    expect(column(await send('GET', `${ROOT}?tag=eu`), 'id')).toEqual([]);
    for (const bad of ['', 'a%20b', 'x'.repeat(129)]) {
      expect(complaints(await send('GET', `${ROOT}?tag=${bad}`))).toEqual(['query/tag/__all__ value_error']);
    }
  });

  it('returns deliverAt', async () => {
    const { send } = await start();
    const deliverAt = '2026-11-23T05:00:00.000Z';
    const { json } = await send('POST', ROOT, { eventType: 'a', payload: {}, deliverAt });
    expect(json.deliverAt).toBe(deliverAt);
    expect((await send('GET', `${ROOT}/${String(json.id)}`)).json.deliverAt).toBe(deliverAt);
    const now = await send('POST', ROOT, { eventType: 'a', payload: {}, deliverAt: null });
    expect(now.json).not.toHaveProperty('deliverAt');
  });

  it('returns an expired payload once it is gone', async () => {
    const { send, simulation } = await start();
    await send('POST', ROOT, { eventType: 'a', payload: {}, eventId: 'evt1' });
    const [stored] = simulation.messages.all();
    simulation.messages.replace({ ...stored!, payloadExpiresAt: NOW });
    expect((await send('GET', `${ROOT}/evt1`)).json.payload).toEqual({ expired: true });
  });

  it.each([
    [{ eventType: 'a', payload: [1] }, ['body/payload value_error']],
    [{ eventType: 'a', payload: 'x' }, ['body/payload value_error']],
    [{ eventType: 'a' }, [`body// ${decode}`]],
    [{ eventType: 'a', payload: {}, data: {} }, [`body// ${decode}`]],
    [{ eventType: 'a b', payload: {} }, ['body/event_type/__all__ value_error']],
    [{ eventType: 'a', payload: {}, eventId: 'msg_1' }, ['body/uid/__all__ value_error']],
    [{ eventType: 'a', payload: {}, channels: Array.from('abcdef') }, ['body/channels value_error']],
    [
      { eventType: 'a', payload: {}, payloadRetentionPeriod: 4 },
      ['body/payload_retention_period value_error'],
    ],
    [
      { eventType: 'a', payload: {}, payloadRetentionPeriod: 5, payloadRetentionHours: 5 },
      ['body/payload_retention_hours value_error'],
    ],
    [{ eventType: 'a', payload: {}, tags: Array.from('abcdef') }, ['body/tags value_error']],
    [{ eventType: 'a', payload: {}, tags: ['a b'] }, ['body/tags/__all__ value_error']],
    [{ eventType: 'a', payload: {}, tags: ['x'.repeat(129)] }, ['body/tags/__all__ value_error']],
    [{ eventType: 'a', payload: {}, tags: 'a' }, [`body/tags ${decode}`]],
    [
      { eventType: 'a', payload: {}, transformationsParams: [1] },
      ['body/transformations_params value_error'],
    ],
    [
      {
        ...{ eventType: 'a', payload: {} },
        transformationsParams: { rawPayload: 'x', headers: { 'content-type': 'a\nb' } },
      },
      ['body/transformations_params/headers value_error'],
    ],
    [
      { eventType: 'a', payload: {}, transformationsParams: { rawPayload: '\ud800' } },
      ['body/transformations_params/raw_payload value_error'],
    ],
    [{ eventType: 'a', payload: {}, deliverAt: 'soon' }, [`body/deliverAt ${decode}`]],
    [{ eventType: 'a', payload: {}, application: {} }, [`body/application ${decode}`]],
    [{ eventType: 'a', payload: {}, application: { name: '' } }, ['body/application/name value_error']],
  ])('answers %j with the locations of all errors', async (body, expected) => {
    const { send, simulation } = await start();
    const answer = await send('POST', ROOT, body);
    expect([answer.status, complaints(answer)]).toEqual([422, expected]);
    expect(simulation.published).toEqual([]);
  });

  it.each([
    [{}, null],
    [{ payloadRetentionPeriod: 5 }, 120],
    [{ payloadRetentionHours: 36 }, 36],
    [{ payloadRetentionPeriod: 90, payloadRetentionHours: null }, 2160],
    [{ payloadRetentionPeriod: null }, null],
    [{ payloadRetentionPeriod: null, payloadRetentionHours: 36 }, 36],
  ])('with %j keeps the payload for %s hours', async (fields, hours) => {
    const { send, simulation } = await start();
    expect((await send('POST', ROOT, { eventType: 'a', payload: {}, ...fields })).status).toBe(202);
    expect(simulation.published[0]?.retentionHours).toBe(hours);
  });

  it.each([
    [59, 422],
    [60, 202],
    [86_400, 202],
    [86_401, 422],
  ])('answers deliverAt %i seconds ahead with %i', async (seconds, status) => {
    const { send } = await start();
    const deliverAt = new Date(NOW + seconds * 1000).toISOString();
    expect((await send('POST', ROOT, { eventType: 'a', payload: {}, deliverAt })).status).toBe(status);
  });

  it('answers 409 to a repeated eventId', async () => {
    const { send } = await start();
    const body = { eventType: 'a', payload: {}, eventId: 'evt1' };
    await send('POST', ROOT, body);
    const duplicate = await send('POST', ROOT, body);
    expect([duplicate.status, duplicate.json]).toEqual([
      409,
      { code: 'conflict', detail: 'A conflict has occurred' },
    ]);
  });

  it('answers 404 without an application unless the body describes one with a uid', async () => {
    const { send } = await start();
    const post = (application?: object) =>
      send('POST', '/api/v1/app/new-one/msg', { eventType: 'a', payload: {}, application });
    const unknown = await post();
    expect([unknown.status, unknown.json.detail]).toEqual([404, 'Application not found']);
    expect(complaints(await post({ name: 'x' }))).toEqual(['body/application/uid application_uid_missing']);
    expect(complaints(await post({ name: 'x', uid: 'y' }))).toEqual([
      'body/application/uid application_uid_mismatch',
    ]);
    expect((await post({ name: 'x', uid: 'new-one' })).status).toBe(202);
    expect((await post({ name: 'x', uid: 'y' })).status).toBe(202);
  });

  it('refuses a path segment that cannot be an application', async () => {
    const { send } = await start();
    const answer = await send('POST', '/api/v1/app/a%20b/msg', { eventType: 'a', payload: {} });
    expect(complaints(answer)).toEqual(['path/app_id_or_uid/__all__ value_error']);
    expect((await send('GET', '/api/v1/app/a%20b/msg')).status).toBe(404);
  });

  it('derives one idempotency digest from key, path and query, whatever the body', async () => {
    const { send, simulation } = await start();
    const post = (path: string, key: string, n: number) =>
      send('POST', path, { eventType: 'a', payload: { n } }, { 'idempotency-key': key });
    await post(ROOT, 'k', 1);
    await post(`${ROOT}//`, 'k', 2);
    await post(`${ROOT}?with_content=false`, 'k', 1);
    await post(ROOT, '', 1);
    await post(ROOT, 'ké', 1);
    await send('POST', ROOT, { eventType: 'a', payload: {} });
    const [first, slash, query, blank, unreadable, none] = simulation.published.map(
      (sent) => sent.idempotency,
    );
    expect(first).toBe(slash);
    expect(first).not.toBe(query);
    expect([blank, unreadable, none]).toEqual([null, null, null]);
  });

  it.each([
    'event_types=a&event_types=b',
    'event_types=a,b',
    'event_types[]=a&event_types[]=b',
    'event_types[0]=a&event_types[1]=b',
  ])('filters by ?%s', async (query) => {
    const { send } = await start();
    for (const eventType of ['a', 'b', 'c']) await send('POST', ROOT, { eventType, payload: {} });
    expect(column(await send('GET', `${ROOT}?${query}`), 'eventType')).toEqual(['b', 'a']);
  });

  it.each([
    ['2026-11-23T04:19:56Z', 200],
    ['2026-11-23 04:19:56.789012345 UTC', 200],
    ['2026-11-23T04:19:56%2B02:00', 200],
    ['2026-02-30T00:00:00Z', 400],
    ['2026-11-23', 400],
    ['now', 400],
  ])('answers ?before=%s with %i', async (before, status) => {
    const { send } = await start();
    expect((await send('GET', `${ROOT}?before=${before}`)).status).toBe(status);
  });

  it('ends a page before the response exceeds the limit of a function', async () => {
    const { send } = await start();
    const payload = { text: 'x'.repeat(1_400_000) };
    for (const eventType of ['a', 'b', 'c']) await send('POST', ROOT, { eventType, payload });
    const page = await send('GET', ROOT);
    expect([column(page, 'eventType'), page.json.done]).toEqual([['c', 'b'], false]);
    const rest = await send('GET', `${ROOT}?iterator=${String(page.json.iterator)}`);
    expect([column(rest, 'eventType'), rest.json.done]).toEqual([['a'], true]);
  });

  it('refuses an invalid token', async () => {
    const { send } = await start();
    const answer = await send(
      'POST',
      ROOT,
      { eventType: 'a', payload: {} },
      { authorization: 'Bearer x.y.z' },
    );
    expect(answer.json).toEqual({ code: 'authentication_failed', detail: 'Invalid token' });
  });
});
