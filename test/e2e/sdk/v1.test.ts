import { MessageStatus, Svix, Webhook, messageInRaw } from 'svix-v1';
import { describe, expect, it } from 'vitest';
import { freshTenant } from '../../support/api.ts';
import { serverUrls } from '../../support/server-urls.ts';
import { eventually } from '../../support/poll.ts';
import { bodyOf, headersOf, hookUrl, receiver, webhooks } from '../../support/receiver.ts';

/** The same ground with the old names of methods and fields, contents included by default. */
describe.each(serverUrls())('npm svix 1.x through the $name', ({ name, serverUrl }) => {
  const start = async () => {
    const { token, settings } = await freshTenant();
    await settings({ retrySchedule: [600] });
    return new Svix(token, { serverUrl, retryScheduleInMs: [] });
  };
  const path = `/sdk-v1/${encodeURIComponent(name)}`;

  it('manages applications with rateLimit', async () => {
    const svix = await start();
    const made = await svix.application.create({ name: 'Acme', uid: 'acme', rateLimit: 9 });
    expect(made.rateLimit).toBe(9);
    expect(await svix.application.getOrCreate({ name: 'Other', uid: 'acme' })).toEqual(made);
    const updated = await svix.application.update('acme', { name: 'New', uid: 'acme' });
    expect([updated.id, updated.name, updated.rateLimit]).toEqual([made.id, 'New', undefined]);
    expect((await svix.application.patch('acme', { rateLimit: 7 })).rateLimit).toBe(7);
    expect((await svix.application.list()).data.map(({ id }) => id)).toEqual([made.id]);
    await svix.application.delete('acme');
    await expect(svix.application.get('acme')).rejects.toMatchObject({ code: 404 });
  });

  it('manages event types', async () => {
    const svix = await start();
    await svix.eventType.create({ name: 'order.paid', description: 'Paid', featureFlag: 'beta' });
    await svix.eventType.update('order.sent', { description: 'Sent' });
    await svix.eventType.patch('order.sent', { archived: true });
    expect((await svix.eventType.get('order.paid')).featureFlag).toBe('beta');
    expect((await svix.eventType.list()).data.map((one) => one.name)).toEqual(['order.paid']);
    await svix.eventType.delete('order.paid', { expunge: true });
    expect((await svix.eventType.list({ includeArchived: true })).data).toHaveLength(1);
  });

  it('manages endpoints with filterTypes, rateLimit and version', async () => {
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
    expect(await svix.endpoint.get(app, made.id)).toEqual(made);
    expect((await svix.endpoint.update(app, made.id, { url })).filterTypes).toBeNull();
    const patched = await svix.endpoint.patch(app, made.id, { filterTypes: ['order.paid'] });
    expect(patched.filterTypes).toEqual(['order.paid']);
    await svix.endpoint.updateHeaders(app, made.id, { headers: { 'X-One': '1' } });
    await svix.endpoint.patchHeaders(app, made.id, { headers: { 'X-Two': '2' } });
    expect((await svix.endpoint.getHeaders(app, made.id)).headers).toEqual({ 'X-One': '1', 'X-Two': '2' });
    const { key } = await svix.endpoint.getSecret(app, made.id);
    await svix.endpoint.rotateSecret(app, made.id, {});
    expect((await svix.endpoint.getSecret(app, made.id)).key).not.toBe(key);
    expect((await svix.endpoint.list(app)).data.map(({ id }) => id)).toEqual([made.id]);
    await svix.endpoint.delete(app, made.id);
  });

  it('sees the effect of tags, headers of a new endpoint, and the type of raw payloads; a portal may post no types', async () => {
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

  it('publishes, receives, verifies and sees what happened', async () => {
    const svix = await start();
    const { id: app } = await svix.application.create({ name: 'Acme' });
    const endpoint = await svix.endpoint.create(app, { url: hookUrl(`${path}/way?body=fine`) });
    const message = await svix.message.create(app, { eventType: 'invoice.paid', payload: { n: 1 } });
    expect(message.payload).toEqual({ n: 1 });
    const [webhook] = await webhooks({ id: message.id });
    const { key } = await svix.endpoint.getSecret(app, endpoint.id);
    expect(new Webhook(key).verify(bodyOf(webhook!), headersOf(webhook!))).toEqual({ n: 1 });
    const byEndpoint = () => svix.messageAttempt.listByEndpoint(app, endpoint.id);
    const { data } = await eventually(byEndpoint, (page) => page.data.length === 1);
    expect(data[0]).toMatchObject({ response: 'fine', msgId: message.id });
    const byMessage = await svix.messageAttempt.listByMsg(app, message.id, { status: MessageStatus.Success });
    expect(byMessage.data).toHaveLength(1);
    expect((await svix.messageAttempt.get(app, message.id, data[0]!.id)).id).toBe(data[0]!.id);
    expect((await svix.messageAttempt.listAttemptedMessages(app, endpoint.id)).data[0]?.status).toBe(0);
    expect((await svix.messageAttempt.listAttemptedDestinations(app, message.id)).data[0]?.version).toBe(1);
    const stats = () => svix.endpoint.getStats(app, endpoint.id);
    await eventually(stats, ({ success }) => success === 1);
    await svix.messageAttempt.expungeContent(app, message.id, data[0]!.id);
    expect((await svix.message.list(app)).data.map(({ id }) => id)).toEqual([message.id]);
    await svix.message.expungeContent(app, message.id);
    expect((await svix.message.get(app, message.id)).payload).toEqual({ expired: true });
  });

  it('sends again by hand, and examples', async () => {
    const svix = await start();
    const { id: app } = await svix.application.create({ name: 'Acme' });
    const { id: ep } = await svix.endpoint.create(app, { url: hookUrl(`${path}/again`) });
    const message = await svix.message.create(app, { eventType: 'a', payload: { n: 1 } });
    await webhooks({ id: message.id });
    await svix.messageAttempt.resend(app, message.id, ep);
    const twice = await webhooks({ id: message.id }, 2);
    expect(twice.map(({ text }) => text)).toEqual(['{"n":1}', '{"n":1}']);
    const example = await svix.endpoint.sendExample(app, ep, { eventType: 'svix.ping' });
    const [ping] = await webhooks({ id: example.id });
    expect(JSON.parse(bodyOf(ping!))).toEqual({ success: true });
  });

  it('recovers in the background', async () => {
    const svix = await start();
    const { id: app } = await svix.application.create({ name: 'Acme' });
    const { id: ep } = await svix.endpoint.create(app, { url: hookUrl(`${path}/recovered?flap=1`) });
    const message = await svix.message.create(app, { eventType: 'a', payload: {} });
    const failed = () => svix.messageAttempt.listByEndpoint(app, ep, { status: MessageStatus.Fail });
    await eventually(failed, ({ data }) => data.length === 1);
    const since = new Date(Date.now() - 60_000);
    const task = await svix.endpoint.recover(app, ep, { since });
    expect([task.task, task.status]).toEqual(['endpoint.recover', 'running']);
    await webhooks({ id: message.id }, 2);
  });

  it('sees a canceled delivery as a failed one unless it knows of those, and recovers it', async () => {
    const { token, settings } = await freshTenant();
    await settings({ retrySchedule: [1] });
    const svix = new Svix(token, { serverUrl, retryScheduleInMs: [] });
    const { id: app } = await svix.application.create({ name: 'Acme' });
    const hold = `canceled-v1-${name}`;
    const { id: ep } = await svix.endpoint.create(app, {
      url: hookUrl(`${path}/canceled?flap=2&hold=${encodeURIComponent(hold)}`),
    });
    const { id } = await svix.message.create(app, { eventType: 'a', payload: {} });
    await webhooks({ id });
    // The first request is still open, so no retry can come before the endpoint is disabled.
    await svix.endpoint.patch(app, ep, { disabled: true });
    await receiver().release(hold);
    // What clients send that do not know status 4, and fail on it.
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
    const byEndpoint = await svix.messageAttempt.listByEndpoint(app, ep, old);
    expect(byEndpoint.data.map((one) => one.id)).toEqual(data.map((one) => one.id));
    const { data: messages } = await svix.messageAttempt.listAttemptedMessages(app, ep, old);
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

  it('opens the portal by its new and its old name', async () => {
    const svix = await start();
    const { id: app } = await svix.application.create({ name: 'Acme' });
    for (const access of [
      await svix.authentication.appPortalAccess(app, {}),
      await svix.authentication.dashboardAccess(app),
    ]) {
      const portal = new Svix(access.token, { serverUrl });
      expect((await portal.application.get(app)).id).toBe(app);
    }
    await svix.health.get();
    await expect(svix.authentication.logout()).rejects.toMatchObject({ code: 501 });
  });
});
