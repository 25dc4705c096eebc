import { Webhook as StandardWebhook } from 'standardwebhooks';
import { MessageStatus, Webhook } from 'svix';
import { Svix as SvixV1, Webhook as WebhookV1 } from 'svix-v1';
import { describe, expect, inject, it } from 'vitest';
import { apiKinds, freshOrganization } from '../../support/client.ts';
import { eventually } from '../../support/poll.ts';
import { bodyOf, headersOf, hookUrl, receiver, webhooks } from '../../support/receiver.ts';

const kinds = apiKinds();

describe.each(kinds)('the message lifecycle over the %s API', (kind) => {
  it('works with npm svix 2.x: publish, receive, verify the signature, list the attempt', async () => {
    const { svix } = await freshOrganization(kind);
    const app = await svix.application.create({ name: 'Acme', uid: 'acme' });
    const endpoint = await svix.endpoint.create('acme', {
      url: hookUrl(`/lifecycle-2-${kind}`),
      channels: ['eu'],
    });
    const message = await svix.message.create('acme', {
      eventType: 'invoice.paid',
      channels: ['eu'],
      payload: { id: 'inv_1', amount: 4200 },
    });
    const [webhook] = await webhooks({ id: message.id });
    const { key } = await svix.endpoint.getSecret('acme', endpoint.id);
    const body = bodyOf(webhook!);
    new Webhook(key).verify(body, headersOf(webhook!));
    expect(body).toBe('{"id":"inv_1","amount":4200}');
    const byMessage = await eventually(
      () => svix.messageAttempt.listByMsg(app.id, message.id),
      ({ data }) => data.length === 1,
    );
    expect(byMessage.data[0]).toMatchObject({
      endpointId: endpoint.id,
      responseStatusCode: 200,
      statusText: 'success',
    });
    const byEndpoint = await eventually(
      () => svix.messageAttempt.listByEndpoint(app.id, endpoint.id),
      ({ data }) => data.length === 1,
    );
    expect(byEndpoint.data[0]?.id).toBe(byMessage.data[0]?.id);
  });

  it('works with npm svix 1.x and its old field names', async () => {
    const { token, serverUrl } = await freshOrganization(kind);
    const svix = new SvixV1(token, { serverUrl });
    const app = await svix.application.create({ name: 'Acme', rateLimit: 50 });
    expect(app.rateLimit).toBe(50);
    const endpoint = await svix.endpoint.create(app.id, { url: hookUrl(`/lifecycle-1-${kind}`) });
    const message = await svix.message.create(app.id, { eventType: 'invoice.paid', payload: { n: 1 } });
    const [webhook] = await webhooks({ id: message.id });
    const { key } = await svix.endpoint.getSecret(app.id, endpoint.id);
    expect(new WebhookV1(key).verify(bodyOf(webhook!), headersOf(webhook!))).toEqual({
      n: 1,
    });
    const attempts = await eventually(
      () => svix.messageAttempt.listByEndpoint(app.id, endpoint.id),
      ({ data }) => data.length === 1,
    );
    expect(attempts.data[0]?.msgId).toBe(message.id);
  });
});

it('webhookHeaderPrefix webhook: the standardwebhooks library verifies the webhook', async () => {
  const { svix, orgId, managementUrl, management } = await withManagement();
  await management('PATCH', `${managementUrl}/organization/${orgId}/settings`, {
    webhookHeaderPrefix: 'webhook',
  });
  const app = await svix.application.create({ name: 'Acme' });
  const endpoint = await svix.endpoint.create(app.id, { url: hookUrl('/standard') });
  await svix.message.create(app.id, { eventType: 'invoice.paid', payload: { n: 1 } });
  const [webhook] = await webhooks({ path: '/standard' });
  const headers = headersOf(webhook!);
  expect(Object.keys(headers).filter((name) => name.startsWith('svix-'))).toEqual([]);
  const { key } = await svix.endpoint.getSecret(app.id, endpoint.id);
  expect(new StandardWebhook(key).verify(bodyOf(webhook!), headers)).toEqual({ n: 1 });
});

it('SSRF guard: without allowedSubnets nothing is sent to a loopback address, and the attempt says blocked', async () => {
  const { svix, orgId, managementUrl, management } = await withManagement();
  const closed = await management('PATCH', `${managementUrl}/organization/${orgId}/settings`, {
    allowedSubnets: [],
  });
  expect(closed).toMatchObject({ settings: { allowedSubnets: [] }, overrides: { allowedSubnets: [] } });
  const app = await svix.application.create({ name: 'Acme' });
  await svix.endpoint.create(app.id, { url: hookUrl('/closed') });
  const message = await svix.message.create(app.id, { eventType: 'invoice.paid', payload: {} });
  const { data } = await eventually(
    () => svix.messageAttempt.listByMsg(app.id, message.id, { withContent: true }),
    (page) => page.data.length === 1,
  );
  expect(data[0]).toMatchObject({ responseStatusCode: 0, statusText: 'fail' });
  expect(data[0]?.response).toContain('blocked');
});

it('a failed delivery is retried until it succeeds, and both attempts are listed', async () => {
  const { svix } = await freshOrganization();
  const app = await svix.application.create({ name: 'Acme' });
  const endpoint = await svix.endpoint.create(app.id, { url: hookUrl('/again?flap=1') });
  const message = await svix.message.create(app.id, { eventType: 'invoice.paid', payload: {} });
  const { data } = await eventually(
    () => svix.messageAttempt.listByEndpoint(app.id, endpoint.id),
    (page) => page.data.length === 2,
  );
  expect(data.map(({ statusText }) => statusText)).toEqual(['success', 'fail']);
  expect(await webhooks({ id: message.id }, 2)).toHaveLength(2);
});

it('wide fan-out: a message for 120 endpoints reaches each of them once', async () => {
  const { svix } = await freshOrganization();
  const app = await svix.application.create({ name: 'Wide' });
  const paths = Array.from({ length: 120 }, (_, index) => `/wide/${index}`);
  for (let start = 0; start < paths.length; start += 10) {
    await Promise.all(
      paths.slice(start, start + 10).map((path) => svix.endpoint.create(app.id, { url: hookUrl(path) })),
    );
  }
  const message = await svix.message.create(app.id, { eventType: 'wide', payload: { n: 1 } });
  // A request that outlasts its timeout on a busy machine is sent again, so requests are not counted.
  const reached = await eventually(
    async () => new Set((await receiver().received({ id: message.id })).map(({ path }) => path)),
    ({ size }) => size >= paths.length,
    { what: 'every endpoint was reached' },
  );
  expect([...reached].toSorted()).toEqual(paths.toSorted());
  const failed = await svix.messageAttempt.listByMsg(app.id, message.id, { status: MessageStatus.Fail });
  const repeated = (await receiver().received({ id: message.id })).length - paths.length;
  expect(repeated).toBeLessThanOrEqual(failed.data.length);
});

const withManagement = async () => {
  const organization = await freshOrganization();
  const management = async (method: string, url: string, body?: object): Promise<unknown> => {
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${inject('stack').managementToken}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect(response.status).toBe(200);
    return response.json();
  };
  return { ...organization, management };
};
