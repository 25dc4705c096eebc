import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeSendTest } from '../../../../functions/deliver/test-attempt.flow.ts';
import type { ReserveTest } from '../../../../functions/deliver/test-attempt.flow.ts';
import { LOOPBACK, httpReceiver, testSender } from '../../deliver/http-client/receiver.ts';
import { makeClient, token } from '../client.ts';
import { NOW, ORG } from '../fakes.ts';

const TEST = '/api/v1/app/acme/endpoint/ep1/test-attempt';

interface Setup {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly reserve?: ReserveTest;
  readonly requestTimeout?: number;
}

const start = async ({ url, headers = {}, reserve = async () => true, requestTimeout = 30 }: Setup) => {
  const timeouts: number[] = [];
  const sender = testSender();
  const client = await makeClient();
  const { deps } = client.simulation;
  Object.assign(deps, {
    settingsDefaults: { ...deps.settingsDefaults, allowedSubnets: LOOPBACK, requestTimeout },
    sendTest: makeSendTest({
      reserve,
      outbound: {
        send: (request) => {
          timeouts.push(request.timeoutMs);
          return sender.send(request);
        },
      },
      signingKeys: deps.signingKeys,
      ids: deps.ids,
      now: () => NOW,
    }),
  });
  const app = (await client.send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' })).json;
  await client.send('POST', '/api/v1/app/acme/endpoint', { url, uid: 'ep1', headers });
  const as = async (claims: object) => ({
    authorization: `Bearer ${await token({ sub: app.id, org: ORG, ...claims })}`,
  });
  return { ...client, as, timeouts };
};

const valueOf = (json: any, name: string) => {
  const headers: { readonly name: string; readonly value: string | null }[] = json.request.headers;
  return headers.find((header) => header.name.toLowerCase() === name)?.value;
};

describe('a test attempt', () => {
  it('returns the signed request and the answer of the receiver', async () => {
    const received: { readonly headers: object; readonly body: string }[] = [];
    await using receiver = await httpReceiver((request, response, body) => {
      received.push({ headers: request.headers, body: body.toString() });
      response.writeHead(401, { 'Content-Type': 'text/plain', 'Set-Cookie': 'a=b' }).end('bad signature');
    });
    const { send } = await start({ url: receiver.url, headers: { Authorization: 'Bearer x', 'X-Own': '1' } });
    const { key } = (await send('GET', '/api/v1/app/acme/endpoint/ep1/secret')).json;
    const { status, json } = await send('POST', TEST, { payload: { id: 1 } });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      ...{ succeeded: false, timestamp: '2026-11-23T04:19:56.838Z', timeoutMs: 15_000 },
      cause: { code: 'status_4xx', sentence: 'The endpoint refused the request with status 401.' },
      request: { method: 'POST', url: receiver.url, body: '{"id":1}', bodyTruncated: false },
      response: { statusCode: 401, truncated: false, body: 'bad signature' },
      phases: { dnsMs: expect.any(Number), connectMs: expect.any(Number) },
    });
    expect(json.response.headers).toContainEqual({ name: 'content-type', value: 'text/plain' });
    expect(json.response.headers).toContainEqual({ name: 'set-cookie', value: null });
    const seconds = String(Math.floor(NOW / 1000));
    const signature = createHmac('sha256', Buffer.from(String(key).slice('whsec_'.length), 'base64'))
      .update(`${json.messageId}.${seconds}.{"id":1}`)
      .digest('base64');
    expect(valueOf(json, 'svix-signature')).toBe(`v1,${signature}`);
    expect(valueOf(json, 'authorization')).toBeNull();
    expect(received).toMatchObject([
      {
        body: '{"id":1}',
        headers: {
          ...{ 'svix-id': json.messageId, 'svix-timestamp': seconds, 'svix-signature': `v1,${signature}` },
          ...{ authorization: 'Bearer x', 'x-own': '1' },
        },
      },
    ]);
  });

  it('sends svix.ping if nothing is asked for, and leaves no message, attempt or delivery', async () => {
    await using receiver = await httpReceiver((_request, response) => response.end('thanks'));
    const { send, simulation } = await start({ url: receiver.url });
    const { json } = await send('POST', TEST, {});
    expect(json).toMatchObject({ succeeded: true, cause: null, request: { body: '{"success": true}' } });
    expect([simulation.messages.all(), simulation.attempts(), simulation.queued]).toEqual([[], [], []]);
  });

  it('names the cause where no response arrived', async () => {
    const { send } = await start({ url: 'http://127.0.0.1:1/' });
    const { json } = await send('POST', TEST, {});
    expect(json).toMatchObject({
      succeeded: false,
      cause: { code: 'connection_refused', sentence: '127.0.0.1 refused the connection to port 1.' },
      response: null,
    });
  });

  it('is refused by the SSRF guard as a delivery is', async () => {
    const { send } = await start({ url: 'http://169.254.169.254/latest/meta-data' });
    const { json } = await send('POST', TEST, {});
    expect(json).toMatchObject({ succeeded: false, cause: { code: 'address_blocked' }, response: null });
  });

  it('has the time limit of the organization, at most 15 seconds', async () => {
    await using receiver = await httpReceiver((_request, response) => response.end());
    for (const [requestTimeout, used] of [
      [30, 15_000],
      [5, 5_000],
    ] as const) {
      const { send, timeouts } = await start({ url: receiver.url, requestTimeout });
      expect((await send('POST', TEST, {})).json.timeoutMs).toBe(used);
      expect(timeouts).toEqual([used]);
    }
  });

  it('may be sent to a disabled endpoint', async () => {
    await using receiver = await httpReceiver((_request, response) => response.end());
    const { send } = await start({ url: receiver.url });
    await send('PATCH', '/api/v1/app/acme/endpoint/ep1', { disabled: true });
    expect((await send('POST', TEST, {})).json.succeeded).toBe(true);
  });

  it('repeats at most 100,000 characters of the body', async () => {
    await using receiver = await httpReceiver((_request, response) => response.end());
    const { send } = await start({ url: receiver.url });
    const { json } = await send('POST', TEST, { payload: { long: 'x'.repeat(200_000) } });
    expect([json.succeeded, json.request.body.length, json.request.bodyTruncated]).toEqual([
      true,
      100_000,
      true,
    ]);
  });

  it.each([
    [{ capabilities: ['ViewBase', 'CreateAttempts'] }, 200, null],
    [{ capabilities: ['CreateAttempts', 'ViewEndpointSecret'] }, 200, expect.stringContaining('v1,')],
    [{}, 200, expect.stringContaining('v1,')],
    [{ capabilities: ['ViewBase', 'ManageEndpoint'] }, 403, undefined],
  ])('by the application token %o answers %i', async (claims, expected, signature) => {
    await using receiver = await httpReceiver((_request, response) => response.end());
    const { send, as } = await start({ url: receiver.url });
    const { status, json } = await send('POST', TEST, {}, await as(claims));
    expect(status).toBe(expected);
    if (status === 200) expect(valueOf(json, 'svix-signature')).toEqual(signature);
    else expect(receiver.connections()).toBe(0);
  });

  it('above the rate limit is 429 and sends nothing', async () => {
    await using receiver = await httpReceiver((_request, response) => response.end());
    const { send } = await start({ url: receiver.url, reserve: async () => false });
    const { status, json, headers } = await send('POST', TEST, {});
    expect([status, json.code, headers.get('retry-after')]).toEqual([429, 'too_many_requests', '1']);
    expect(receiver.connections()).toBe(0);
  });

  it.each([
    [{ eventType: 'nope' }, 404, 'not_found'],
    [{ payload: 'text' }, 422, undefined],
  ])('of %o is refused with %i', async (body, expected, code) => {
    const { send } = await start({ url: 'http://127.0.0.1:1/' });
    const { status, json } = await send('POST', TEST, body);
    expect([status, json.code]).toEqual([expected, code]);
  });

  it('is 501 in functions that send nothing to receivers', async () => {
    const client = await makeClient();
    await client.send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
    const { status, json } = await client.send('POST', TEST, {});
    expect([status, json.code]).toEqual([501, 'not_implemented']);
  });
});
