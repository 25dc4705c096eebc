import { MessageStatus, Svix, Webhook, messageInRaw } from 'svix-v1';
import { describe, expect, it } from 'vitest';
import { freshTenant } from '../../support/api.ts';
import { serverUrls } from '../../support/server-urls.ts';
import { eventually } from '../../support/poll.ts';
import { bodyOf, headersOf, hookUrl, webhooks } from '../../support/receiver.ts';
import { cancelRetry, startWith, walkCommonOperations } from './walk.ts';

/** What clients of 1.x call or read in their own way: old names of methods and fields, content included by default. */
describe.each(serverUrls())('npm svix 1.x through the $name', ({ name, serverUrl }) => {
  const connect = (token: string) => new Svix(token, { serverUrl, retryScheduleInMs: [] });
  const start = async (retrySchedule?: readonly number[]) =>
    startWith(await freshTenant(), connect, retrySchedule);
  const path = `/sdk-v1/${encodeURIComponent(name)}`;

  walkCommonOperations({ start, connect, path, verifier: (secret) => new Webhook(secret) });

  it('creates, updates and patches an application with rateLimit', async () => {
    const svix = await start();
    const made = await svix.application.create({ name: 'Acme', uid: 'acme', rateLimit: 9 });
    expect(made.rateLimit).toBe(9);
    const updated = await svix.application.update('acme', { name: 'New', uid: 'acme' });
    expect([updated.id, updated.name, updated.rateLimit]).toEqual([made.id, 'New', undefined]);
    expect((await svix.application.patch('acme', { rateLimit: 7 })).rateLimit).toBe(7);
  });

  it('creates, updates, patches, lists and expunges event types with featureFlag', async () => {
    const svix = await start();
    await svix.eventType.create({ name: 'order.paid', description: 'Paid', featureFlag: 'beta' });
    await svix.eventType.update('order.sent', { description: 'Sent' });
    await svix.eventType.patch('order.sent', { archived: true });
    expect((await svix.eventType.get('order.paid')).featureFlag).toBe('beta');
    expect((await svix.eventType.list()).data.map((one) => one.name)).toEqual(['order.paid']);
    await svix.eventType.delete('order.paid', { expunge: true });
    expect((await svix.eventType.list({ includeArchived: true })).data).toHaveLength(1);
  });

  it('creates, updates and patches an endpoint with filterTypes, rateLimit and version, and its headers', async () => {
    const svix = await start();
    await svix.eventType.create({ name: 'order.paid', description: '' });
    const { id: app } = await svix.application.create({ name: 'Acme' });
    const url = 'https://example.com/a';
    const made = await svix.endpoint.create(app, {
      url,
      filterTypes: ['order.paid'],
      rateLimit: 5,
      version: 2,
    });
    expect(made).toMatchObject({ filterTypes: ['order.paid'], rateLimit: 5, version: 2 });
    expect((await svix.endpoint.update(app, made.id, { url })).filterTypes).toBeNull();
    const patched = await svix.endpoint.patch(app, made.id, { filterTypes: ['order.paid'] });
    expect(patched.filterTypes).toEqual(['order.paid']);
    await svix.endpoint.updateHeaders(app, made.id, { headers: { 'X-One': '1' } });
    await svix.endpoint.patchHeaders(app, made.id, { headers: { 'X-Two': '2' } });
    expect((await svix.endpoint.getHeaders(app, made.id)).headers).toEqual({ 'X-One': '1', 'X-Two': '2' });
  });

  it('creates an endpoint with headers and a raw message with tags; an empty filterTypes is null on create, 422 on patch', async () => {
    const svix = await start();
    const { id: app } = await svix.application.create({ name: 'Acme' });
    const url = hookUrl(`${path}/fields`);
    const { id: ep } = await svix.endpoint.create(app, { url, headers: { 'X-One': '1' } });
    const raw = messageInRaw('a', 'a;b', 'text/csv');
    const message = await svix.message.create(app, { ...raw, tags: ['vip'] });
    const [webhook] = await webhooks({ id: message.id });
    const sent = headersOf(webhook!);
    expect([bodyOf(webhook!), sent['content-type'], sent['x-one']]).toEqual(['a;b', 'text/csv', '1']);
    expect((await svix.message.list(app, { tag: 'vip' })).data.map(({ id }) => id)).toEqual([message.id]);
    const { token } = await svix.authentication.appPortalAccess(app, {});
    const portal = new Svix(token, { serverUrl, retryScheduleInMs: [] });
    const made = await portal.endpoint.create(app, { url, rateLimit: null, filterTypes: [], version: 1 });
    expect(made.filterTypes).toBeNull();
    await expect(svix.endpoint.patch(app, ep, { filterTypes: [] })).rejects.toMatchObject({ code: 422 });
  });

  it('reads content of messages and attempts without asking for it', async () => {
    const svix = await start();
    const { id: app } = await svix.application.create({ name: 'Acme' });
    const { id: ep } = await svix.endpoint.create(app, { url: hookUrl(`${path}/content?body=fine`) });
    const message = await svix.message.create(app, { eventType: 'invoice.paid', payload: { n: 1 } });
    expect(message.payload).toEqual({ n: 1 });
    expect((await svix.message.list(app)).data.map(({ payload }): unknown => payload)).toEqual([{ n: 1 }]);
    const attempts = () => svix.messageAttempt.listByMsg(app, message.id, { status: MessageStatus.Success });
    const { data } = await eventually(attempts, (page) => page.data.length === 1);
    expect([data[0]?.endpointId, data[0]?.response]).toEqual([ep, 'fine']);
    const to = await svix.messageAttempt.listAttemptedDestinations(app, message.id);
    expect(to.data[0]?.version).toBe(1);
  });

  it('reads a canceled delivery as failed without expandedStatuses, and recovers it', async () => {
    const svix = await start([1]);
    const { app, ep, id } = await cancelRetry(svix, path);
    // The query of clients before status 4 existed, which fail on it.
    const old = { expandedStatuses: false, status: MessageStatus.Fail };
    const attempts = () => svix.messageAttempt.listByMsg(app, id, old);
    const { data } = await eventually(attempts, (page) => page.data.length === 2);
    expect(data.map(({ status, response }) => [status, response])).toEqual([
      [MessageStatus.Fail, 'Canceled: the endpoint is disabled.'],
      [MessageStatus.Fail, ''],
    ]);
    const [canceled] = data;
    expect(await svix.messageAttempt.get(app, id, canceled!.id, { expandedStatuses: false })).toEqual(
      canceled,
    );
    // Lists by endpoint are read models, which follow.
    const byEndpoint = await eventually(
      () => svix.messageAttempt.listByEndpoint(app, ep, old),
      (page) => page.data.length === 2,
    );
    expect(byEndpoint.data.map((one) => one.id)).toEqual(data.map((one) => one.id));
    const { data: messages } = await eventually(
      () => svix.messageAttempt.listAttemptedMessages(app, ep, old),
      (page) => page.data[0]?.nextAttempt === null,
    );
    expect(messages.map(({ status, nextAttempt }) => [status, nextAttempt])).toEqual([[2, null]]);
    const { data: to } = await svix.messageAttempt.listAttemptedDestinations(app, id);
    expect(to.map(({ status, nextAttempt }) => [status, nextAttempt])).toEqual([[2, null]]);
    const known = await svix.messageAttempt.listByMsg(app, id);
    expect(known.data.map(({ status }) => status)).toEqual([4, 2]);

    await svix.endpoint.patch(app, ep, { disabled: false });
    await svix.endpoint.recover(app, ep, { since: new Date(Date.now() - 600_000) });
    await webhooks({ id }, 2);
    expect((await eventually(attempts, (page) => page.data.length === 3)).data[0]?.triggerType).toBe(1);
  });

  it('opens the portal with the tokens of appPortalAccess and of the deprecated dashboardAccess', async () => {
    const svix = await start();
    const { id: app } = await svix.application.create({ name: 'Acme' });
    for (const access of [
      await svix.authentication.appPortalAccess(app, {}),
      await svix.authentication.dashboardAccess(app),
    ]) {
      const portal = new Svix(access.token, { serverUrl });
      expect((await portal.application.get(app)).id).toBe(app);
    }
  });
});
