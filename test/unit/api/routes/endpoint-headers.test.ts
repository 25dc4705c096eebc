import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { headersProblem } from '../../../../functions/api/schemas/endpoint-headers.ts';
import { tcpReceiver, testSender } from '../../deliver/http-client/receiver.ts';
import { complaints, makeClient } from '../client.ts';

const HEADERS = '/api/v1/app/acme/endpoint/ep1/headers';
const decode = 'value_error.jsondecode';

const start = async () => {
  const client = await makeClient();
  await client.send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
  await client.send('POST', '/api/v1/app/acme/endpoint', { url: 'https://x', uid: 'ep1' });
  return client;
};

describe('endpoint headers', () => {
  it('are replaced by PUT, merged by PATCH, and read without the values of sensitive ones', async () => {
    const { send } = await start();
    const headers = { 'X-One': '1', Authorization: 'secret', 'x-api-key': 'k', Host: 'h', 'webhook-id': 'w' };
    const put = await send('PUT', `${HEADERS}/`, { headers });
    expect([put.status, put.text]).toEqual([204, '']);
    const patch = await send('PATCH', HEADERS, { headers: { 'X-Two': '2', 'x-one': null, Host: null } });
    expect(patch.status).toBe(204);
    expect((await send('GET', HEADERS)).json).toEqual({
      headers: { 'X-Two': '2', 'webhook-id': 'w' },
      sensitive: ['Authorization', 'x-api-key'],
    });
  });

  it('are removed by deleteHeaders in any case, unless the same request sets them', async () => {
    const { send } = await start();
    await send('PUT', HEADERS, { headers: { 'X-One': '1', 'X-Two': '2', 'X-Three': '3' } });
    const body = { headers: { 'X-Two': 'two' }, deleteHeaders: ['x-one', 'X-TWO', 'x-unknown'] };
    expect((await send('PATCH', HEADERS, body)).status).toBe(204);
    const left = { 'X-Three': '3', 'X-Two': 'two' };
    expect((await send('GET', HEADERS)).json.headers).toEqual(left);
    for (const deleteHeaders of [null, []])
      expect((await send('PATCH', HEADERS, { headers: {}, deleteHeaders })).status).toBe(204);
    expect((await send('GET', HEADERS)).json.headers).toEqual(left);
  });

  it('are compared without case and keep the last spelling', async () => {
    const { send } = await start();
    await send('PUT', HEADERS, { headers: { 'X-One': '1', 'x-one': '2' } });
    expect((await send('GET', HEADERS)).json.headers).toEqual({ 'x-one': '2' });
    await send('PATCH', HEADERS, { headers: { 'X-ONE': '3' } });
    expect((await send('GET', HEADERS)).json.headers).toEqual({ 'X-ONE': '3' });
  });

  it('may be set when the endpoint is created', async () => {
    const { send } = await start();
    const create = (headers: unknown) =>
      send('POST', '/api/v1/app/acme/endpoint', { url: 'https://x', uid: 'ep2', headers });
    expect(complaints(await create({ 'svix-id': '1' }))).toEqual([`body/headers ${decode}`]);
    const { status, json } = await create({ 'X-One': '1', Authorization: 'k' });
    expect([status, Object.keys(json as object)]).toEqual([201, expect.not.arrayContaining(['headers'])]);
    expect((await send('GET', '/api/v1/app/acme/endpoint/ep2/headers')).json).toEqual({
      headers: { 'X-One': '1' },
      sensitive: ['Authorization'],
    });
    const none = await send('POST', '/api/v1/app/acme/endpoint', { url: 'https://x', headers: null });
    expect(none.status).toBe(201);
  });

  it.each([
    ['x-one', `body/deleteHeaders ${decode}`],
    [[1], `body/deleteHeaders[0] ${decode}`],
    [Array.from({ length: 101 }, () => 'a'), 'body/delete_headers value_error'],
  ])('refuse an invalid deleteHeaders list (case %#)', async (deleteHeaders, complaint) => {
    const { send } = await start();
    expect(complaints(await send('PATCH', HEADERS, { headers: {}, deleteHeaders }))).toEqual([complaint]);
  });

  it.each([
    ['Svix-Id', '1'],
    ['x-amz-date', '1'],
    ['X-Google', '1'],
    ['Content-Type', 'text/plain'],
    ['user-agent', 'x'],
    ['no spaces', 'x'],
    ['', 'x'],
    ['x-long', 'x'.repeat(4097)],
    ['x-control', 'a\nb'],
    ['x-delete', '\u007f'],
    ['x-above', 'Ā'],
    ['x-emoji', '😀'],
    ['Expect', '100-continue'],
    ['CONNECTION', 'close'],
    ['proxy-connection', 'close'],
    ['Trailer', 'x-t'],
  ])('refuse %j', async (name, value) => {
    const { send } = await start();
    const put = await send('PUT', HEADERS, { headers: { [name]: value } });
    expect(complaints(put)).toEqual([`body/headers ${decode}`]);
    const patch = await send('PATCH', HEADERS, { headers: { [name]: value } });
    expect(complaints(patch)).toEqual(['body/headers/__all__ value_error']);
  });

  it('refuse the name __proto__ with its location instead of dropping it', async () => {
    const { send } = await start();
    for (const method of ['PUT', 'PATCH']) {
      const answer = await send(method, HEADERS, '{"headers":{"x-a":"1","__proto__":"x"}}');
      expect(complaints(answer)).toEqual([`body/headers/__proto__ ${decode}`]);
    }
    expect((await send('GET', HEADERS)).json.headers).toEqual({});
  });

  it('name the refused header and what is allowed', async () => {
    const { send } = await start();
    const refusal = async (name: string, value: string) => {
      const { json } = await send('PUT', HEADERS, { headers: { 'x-good': '1', [name]: value } });
      return String(json.detail[0].msg);
    };
    expect(await refusal('x-above', 'Ā')).toMatch(/x-above: .*U\+0020 to U\+00FF/);
    expect(await refusal('x y', '')).toMatch(/x y: .*must match the pattern/);
    expect(await refusal('Expect', '')).toMatch(/Expect: .*forbidden/);
    expect(await refusal('x-amz-date', '')).toMatch(/x-amz-date: .*forbidden prefix: x-amz-/);
    expect(await refusal('x-long', 'x'.repeat(4_097))).toMatch(/x-long: .*4096 bytes/);
  });

  it('that the API accepts can all be sent over HTTP', async () => {
    await using receiver = await tcpReceiver((socket) => {
      socket.end('HTTP/1.1 204 No Content\r\n\r\n');
    });
    await using sender = testSender();
    const names = fc.oneof(
      fc.constantFrom(
        'Host',
        'Accept',
        'Date',
        'Connection',
        'Expect',
        'Trailer',
        'Upgrade',
        'Via',
        'Cookie',
      ),
      fc.constantFrom('If-Match', 'Content-MD5', 'HTTP2-Settings', 'Keep-Alive', 'Max-Forwards', 'Range'),
      fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/),
    );
    const values = fc.string({
      unit: fc.integer({ min: 0, max: 0x180 }).map((code) => String.fromCodePoint(code)),
    });
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(names, values, async (name, value) => {
        if (headersProblem({ [name]: value }) !== undefined) return;
        taken += 1;
        const sent = await sender.send({ url: receiver.url, custom: [[name, value]] });
        expect(sent).toMatchObject({ kind: 'response', status: 204 });
      }),
      { numRuns: 400 },
    );
    expect(taken).toBeGreaterThan(20);
  });

  it.each(['webhook-id', 'Webhook-Timestamp', 'WEBHOOK-SIGNATURE'])(
    'refuse %s only when the organization’s webhook headers use that name',
    async (name) => {
      const { send, simulation } = await start();
      expect((await send('PUT', HEADERS, { headers: { [name]: 'mine' } })).status).toBe(204);
      const create = () =>
        send('POST', '/api/v1/app/acme/endpoint', { url: 'https://x', headers: { [name]: 'mine' } });
      expect((await create()).status).toBe(201);
      simulation.deps.settings.overrides = () => Promise.resolve({ webhookHeaderPrefix: 'webhook' });
      expect(complaints(await create())).toEqual([`body/headers ${decode}`]);
      const put = await send('PUT', HEADERS, { headers: { [name]: 'mine' } });
      expect(complaints(put)).toEqual([`body/headers ${decode}`]);
      const patch = await send('PATCH', HEADERS, { headers: { [name]: 'mine' } });
      expect(complaints(patch)).toEqual(['body/headers/__all__ value_error']);
      // A header that was stored before the prefix changed can be removed and does not block other changes.
      expect((await send('PATCH', HEADERS, { headers: { 'x-one': '1' } })).status).toBe(204);
      expect((await send('PATCH', HEADERS, { headers: { [name]: null } })).status).toBe(204);
    },
  );

  it('cannot grow beyond what an item can store', async () => {
    const { send } = await start();
    const many = (prefix: string) =>
      Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`${prefix}-${n}`, 'x'.repeat(4096)]));
    expect((await send('PATCH', HEADERS, { headers: many('a') })).status).toBe(204);
    expect((await send('PATCH', HEADERS, { headers: many('b') })).status).toBe(422);
    expect((await send('PUT', HEADERS, { headers: { ...many('a'), ...many('b') } })).status).toBe(422);
  });

  it.each([
    [{}, `body// ${decode}`],
    [{ headers: null }, `body/headers ${decode}`],
    [{ headers: { a: 1 } }, `body/headers/a ${decode}`],
  ])('refuse the body %j', async (body, complaint) => {
    const { send } = await start();
    expect(complaints(await send('PUT', HEADERS, body))).toEqual([complaint]);
  });

  it('are 404 for an unknown endpoint', async () => {
    const { send } = await start();
    expect((await send('GET', '/api/v1/app/acme/endpoint/nope/headers')).status).toBe(404);
  });
});
