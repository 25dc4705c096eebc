import { Webhook } from 'svix';
import { describe, expect, it } from 'vitest';
import { freshSender } from '../../support/delivering.ts';
import type { Sender } from '../../support/delivering.ts';
import { bodyOf, headersOf } from '../../support/receiver.ts';

/** The request that receivers get, and what an attempt records of their response. */

const sentTo = async (sender: Sender, uid: string, path: string, fields: object = {}) => {
  await sender.endpoint(uid, path, fields);
  const message = await sender.publish();
  const [webhook] = await sender.received(String(message['id']));
  return { id: String(message['id']), webhook: webhook! };
};
const attempt = async (sender: Sender, path: string) => {
  const { id } = await sentTo(sender, 'ep', path);
  return (await sender.attempts(id))[0]!;
};

describe('the webhook request', () => {
  it('is a POST with Host as first header, the payload unchanged and the headers of the contract', async () => {
    const sender = await freshSender();
    const { id, webhook } = await sentTo(sender, 'ep', '/sending?x=1#fragment');
    expect([webhook.method, webhook.url, bodyOf(webhook)]).toEqual(['POST', '/sending?x=1', '{"n":1}']);
    expect(webhook.headers[0]?.[0].toLowerCase()).toBe('host');
    const headers = headersOf(webhook);
    expect(headers).toMatchObject({ accept: '*/*', 'content-type': 'application/json', 'svix-id': id });
    expect(headers['content-length']).toBe('7');
    expect(headers['user-agent']).toMatch(/^Posthorn\//);
    expect(headers).not.toHaveProperty('webhook-id');
  });

  it('has the custom headers of the endpoint with unchanged names, and a change of them in the next message', async () => {
    const sender = await freshSender();
    await sender.endpoint('ep', '/sending/custom');
    const set = (headers: object) => sender.send('PUT', '/app/acme/endpoint/ep/headers', { headers });
    const sentNames = async () => {
      const message = await sender.publish();
      const [webhook] = await sender.received(String(message['id']));
      return webhook!.headers.map(([name, value]) => `${name}: ${value}`);
    };
    await set({ 'X-OnE': '1', Accept: 'text/plain', 'Webhook-Id': 'mine', Date: 'today' });
    expect(await sentNames()).toEqual(
      expect.arrayContaining(['X-OnE: 1', 'Accept: text/plain', 'Webhook-Id: mine', 'Date: today']),
    );
    await set({ 'X-OnE': '2' });
    expect(await sentNames()).toContain('X-OnE: 2');
  });

  it('has the credentials of the URL as Authorization header, unless the endpoint sets that header', async () => {
    const sender = await freshSender();
    const url = (await sender.endpoint('plain', '/unused'))['url'] as string;
    const withCredentials = url
      .replace('http://', 'http://user:pass%20word@')
      .replace('/unused', '/sending/auth');
    await sender.ask('PATCH', '/app/acme/endpoint/plain', { url: withCredentials });
    const authorization = async () => {
      const message = await sender.publish();
      return headersOf((await sender.received(String(message['id'])))[0]!)['authorization'];
    };
    expect(await authorization()).toBe(`Basic ${Buffer.from('user:pass word').toString('base64')}`);
    await sender.send('PUT', '/app/acme/endpoint/plain/headers', { headers: { Authorization: 'mine' } });
    expect(await authorization()).toBe('mine');
  });
});

describe('the response of a receiver', () => {
  it.each([200, 201, 204, 299])('with status %i is a success', async (status) => {
    const sender = await freshSender();
    expect(await attempt(sender, `/answer?status=${status}`)).toMatchObject({
      responseStatusCode: status,
      statusText: 'success',
    });
  });

  it.each([302, 307, 400, 404, 500, 503])(
    'with status %i is a failure; redirects are not followed',
    async (status) => {
      const sender = await freshSender();
      const redirect = status < 400 ? `&redirect=/answer/elsewhere` : '';
      const failed = await attempt(sender, `/answer?status=${status}${redirect}`);
      expect(failed).toMatchObject({ responseStatusCode: status, statusText: 'fail' });
      expect(await sender.received(String(failed['msgId']))).toHaveLength(1);
    },
  );

  it('is recorded up to 20,000 bytes', async () => {
    const sender = await freshSender();
    expect(String((await attempt(sender, '/answer?bytes=30000'))['response'])).toHaveLength(20_000);
  });

  it('that does not arrive before the request timeout is a failure with code 0 and a reason', async () => {
    const sender = await freshSender({ retrySchedule: [600], requestTimeout: 1 });
    const failed = await attempt(sender, '/answer?delay=10000');
    expect(failed).toMatchObject({ responseStatusCode: 0, statusText: 'fail' });
    expect(failed['response']).toMatch(/1 second/);
  });

  it('that is cut by a closed connection makes one failed attempt, whose text says what happened', async () => {
    const sender = await freshSender({ retrySchedule: [600] });
    const failed = await attempt(sender, '/answer?hang-up=headers');
    expect(failed).toMatchObject({ statusText: 'fail' });
    expect(failed['response']).toMatch(/closed in the middle of the header fields/);
    const id = String(failed['msgId']);
    expect(await sender.received(id)).toHaveLength(1);
    expect(await sender.attempts(id)).toHaveLength(1);
  });
});

describe('signatures', () => {
  const signatures = (headers: Record<string, string>) => headers['svix-signature']?.split(' ') ?? [];
  const secretOf = async (sender: Sender) =>
    String((await sender.ask('GET', '/app/acme/endpoint/ep/secret'))['key']);
  const rotate = (sender: Sender, body: object = {}) =>
    sender.send('POST', '/app/acme/endpoint/ep/secret/rotate', body);

  it('are made with the given secret', async () => {
    const sender = await freshSender();
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const { webhook } = await sentTo(sender, 'ep', '/signed', { secret });
    expect(await secretOf(sender)).toBe(secret);
    new Webhook(secret).verify(bodyOf(webhook), headersOf(webhook));
  });

  it('of retries cover the same message id and a new timestamp', async () => {
    const sender = await freshSender({ retrySchedule: [1.5] });
    const { id } = await sentTo(sender, 'ep', '/signed?flap=1');
    const [first, second] = (await sender.received(id, 2)).map(headersOf);
    expect(first!['svix-id']).toBe(second!['svix-id']);
    expect(Number(second!['svix-timestamp'])).toBeGreaterThan(Number(first!['svix-timestamp']));
    expect(signatures(first!)).not.toEqual(signatures(second!));
  });

  it('of rotated secrets follow the one of the current secret until the grace period ends', async () => {
    const sender = await freshSender();
    await sender.endpoint('ep', '/signed/rotated');
    const old = await secretOf(sender);
    await rotate(sender);
    const current = await secretOf(sender);
    const message = await sender.publish();
    const [webhook] = await sender.received(String(message['id']));
    const headers = headersOf(webhook!);
    const [newest, oldest] = signatures(headers);
    for (const [secret, signature] of [
      [current, newest],
      [old, oldest],
    ]) {
      new Webhook(secret!).verify(bodyOf(webhook!), { ...headers, 'svix-signature': signature! });
    }
    await rotate(sender, { gracePeriodSeconds: 0 });
    const later = await sender.publish();
    const [last] = await sender.received(String(later['id']));
    // The first secret is still in its grace period of a day; the second was rotated without one.
    expect(signatures(headersOf(last!))).toHaveLength(2);
  });

  it('are ed25519 signatures with that defaultSignatureType, and the API returns the public key only', async () => {
    const sender = await freshSender({ retrySchedule: [600], defaultSignatureType: 'ed25519' });
    const { webhook } = await sentTo(sender, 'ep', '/signed/ed25519');
    expect(await secretOf(sender)).toMatch(/^whpk_[A-Za-z0-9+/]{43}=$/);
    expect(signatures(headersOf(webhook))).toEqual([expect.stringMatching(/^v1a,/)]);
    await rotate(sender);
    expect(await secretOf(sender)).toMatch(/^whpk_/);
  });

  it('can have at most ten rotated secrets at a time', async () => {
    const sender = await freshSender();
    await sender.endpoint('ep', '/unused');
    for (let count = 0; count < 10; count += 1) expect((await rotate(sender)).status).toBe(204);
    const refused = await rotate(sender);
    expect([refused.status, refused.json.code]).toEqual([400, 'limit_reached']);
  });
});

describe('custom headers of an endpoint', () => {
  const FORBIDDEN =
    'user-agent keep-alive proxy-authenticate proxy-authorization te trailers transfer-encoding upgrade age ' +
    'cache-control clear-site-data expires pragma warning content-length content-type content-encoding ' +
    'content-language content-location connection proxy-connection expect trailer x-amz-a x-amzn-a x-google-a x-goog-a x-gfe-a x-azure-a x-fd-a x-svix-a svix-a';
  const ALLOWED = 'Host Authorization webhook-id webhook-signature X-One';
  const SENSITIVE = 'X-Auth-Token X-Api-Key WWW-Authenticate Authorization';

  it('get 422 if they belong to the transport or to signatures, in upper or lower case', async () => {
    const sender = await freshSender();
    await sender.endpoint('ep', '/unused');
    const set = async (name: string) =>
      (await sender.send('PUT', '/app/acme/endpoint/ep/headers', { headers: { [name]: '1' } })).status;
    const statuses = (names: string) => Promise.all(names.split(' ').map(set));
    expect(new Set(await statuses(FORBIDDEN))).toEqual(new Set([422]));
    expect(new Set(await statuses(FORBIDDEN.toUpperCase()))).toEqual(new Set([422]));
    expect(new Set(await statuses(ALLOWED))).toEqual(new Set([204]));
  });

  it('are read back with unchanged names, sensitive ones by name only', async () => {
    const sender = await freshSender();
    await sender.endpoint('ep', '/unused');
    const headers = Object.fromEntries([...SENSITIVE.split(' '), 'X-One'].map((name) => [name, '1']));
    await sender.send('PUT', '/app/acme/endpoint/ep/headers', { headers });
    const read = await sender.ask('GET', '/app/acme/endpoint/ep/headers');
    expect(read['headers']).toEqual({ 'X-One': '1' });
    expect((read['sensitive'] as string[]).toSorted()).toEqual(SENSITIVE.split(' ').toSorted());
  });

  it.each([{ 'X One': '1' }, { '': '1' }, { 'X-One': 'a\nb' }, { 'X-One': 'x'.repeat(4_097) }])(
    'get 422 from PUT and PATCH if they are no valid HTTP headers: %j',
    async (headers) => {
      const sender = await freshSender();
      await sender.endpoint('ep', '/unused');
      for (const method of ['PUT', 'PATCH']) {
        expect((await sender.send(method, '/app/acme/endpoint/ep/headers', { headers })).status).toBe(422);
      }
    },
  );
});
