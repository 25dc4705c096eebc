import { BackgroundTaskStatus, MessageStatus, Ordering, Svix, Webhook, messageInRaw } from 'svix';
import { describe, expect, it } from 'vitest';
import { freshTenant } from '../../support/api.ts';
import { serverUrls } from '../../support/server-urls.ts';
import { eventually } from '../../support/poll.ts';
import { bodyOf, headersOf, hookUrl, receiver, webhooks } from '../../support/receiver.ts';

/** Every operation of the official client that works, in the order in which people meet them. */
describe.each(serverUrls())('npm svix 2.x through the $name', ({ name, serverUrl }) => {
  const start = async () => {
    const { token, settings } = await freshTenant();
    await settings({ retrySchedule: [600] });
    return new Svix(token, { serverUrl, retryScheduleInMs: [] });
  };
  const path = `/sdk-v2/${encodeURIComponent(name)}`;

  it('manages applications', async () => {
    const svix = await start();
    const made = await svix.application.create({ name: 'Acme', uid: 'acme', throttleRate: 9 });
    expect(await svix.application.get('acme')).toEqual(made);
    expect(await svix.application.getOrCreate({ name: 'Other', uid: 'acme' })).toEqual(made);
    expect(await svix.application.upsert('acme', { name: 'New', uid: 'acme' })).toMatchObject({
      id: made.id,
      name: 'New',
    });
    expect((await svix.application.patch('acme', { metadata: { a: 'b' } })).metadata).toEqual({ a: 'b' });
    const page = await svix.application.list({ limit: 1, order: Ordering.Ascending });
    expect([page.data[0]?.id, page.done]).toEqual([made.id, true]);
    await svix.application.delete('acme');
    await expect(svix.application.get('acme')).rejects.toMatchObject({ code: 404 });
  });

  it('manages event types', async () => {
    const svix = await start();
    const schemas = { 1: { type: 'object', examples: [{ n: 1 }] } };
    const made = await svix.eventType.create({ name: 'order.paid', description: 'Paid', schemas });
    expect(made).toMatchObject({ name: 'order.paid', schemas, archived: false });
    expect((await svix.eventType.get('order.paid')).createdAt).toEqual(made.createdAt);
    await svix.eventType.upsert('order.sent', { description: 'Sent' });
    expect((await svix.eventType.patch('order.sent', { deprecated: true })).deprecated).toBe(true);
    const { data } = await svix.eventType.list({ withContent: true });
    expect(data.map((one) => one.name)).toEqual(['order.paid', 'order.sent']);
    await svix.eventType.delete('order.sent');
    expect((await svix.eventType.list({ includeArchived: true })).data[1]?.archived).toBe(true);
    await svix.eventType.delete('order.sent', { expunge: true });
    await expect(svix.eventType.get('order.sent')).rejects.toMatchObject({ code: 404 });
  });

  it('manages endpoints, their headers and their secrets', async () => {
    const svix = await start();
    const { id: app } = await svix.application.create({ name: 'Acme' });
    const made = await svix.endpoint.create(app, { url: 'https://example.com/a', uid: 'ep1' });
    expect(await svix.endpoint.get(app, 'ep1')).toEqual(made);
    const changed = await svix.endpoint.upsert(app, 'ep1', { url: 'https://example.com/b', uid: 'ep1' });
    expect([changed.id, changed.url]).toEqual([made.id, 'https://example.com/b']);
    expect((await svix.endpoint.patch(app, 'ep1', { channels: ['eu'] })).channels).toEqual(['eu']);
    expect((await svix.endpoint.list(app)).data.map(({ id }) => id)).toEqual([made.id]);
    await svix.endpoint.setHeaders(app, 'ep1', { headers: { 'X-One': '1', 'X-Api-Key': 'k' } });
    await svix.endpoint.patchHeaders(app, 'ep1', { headers: { 'X-Two': '2' } });
    expect(await svix.endpoint.getHeaders(app, 'ep1')).toEqual({
      headers: { 'X-One': '1', 'X-Two': '2' },
      sensitive: ['X-Api-Key'],
    });
    const before = await svix.endpoint.getSecret(app, 'ep1');
    await svix.endpoint.rotateSecret(app, 'ep1');
    expect(await svix.endpoint.getSecret(app, 'ep1')).not.toEqual(before);
    await svix.endpoint.delete(app, 'ep1');
    expect((await svix.endpoint.list(app)).data).toEqual([]);
  });

  it('publishes, receives, verifies and sees what happened', async () => {
    const svix = await start();
    await svix.application.create({ name: 'Acme', uid: 'acme' });
    const endpoint = await svix.endpoint.create('acme', { url: hookUrl(`${path}/way?body=fine`) });
    const payload = { id: 'inv_1', amount: 4200 };
    const message = await svix.message.create('acme', { eventType: 'invoice.paid', payload, eventId: 'e1' });
    const [webhook] = await webhooks({ id: message.id });
    const { key } = await svix.endpoint.getSecret('acme', endpoint.id);
    new Webhook(key).verify(bodyOf(webhook!), headersOf(webhook!));
    expect(bodyOf(webhook!)).toBe(JSON.stringify(payload));
    const attempts = () => svix.messageAttempt.listByMsg('acme', 'e1', { withContent: true });
    const { data } = await eventually(attempts, (page) => page.data.length === 1);
    expect(data[0]).toMatchObject({ response: 'fine', statusText: 'success', status: 0 });
    expect((await svix.messageAttempt.get('acme', message.id, data[0]!.id)).id).toBe(data[0]!.id);
    const byEndpoint = () => svix.messageAttempt.listByEndpoint('acme', endpoint.id);
    expect((await eventually(byEndpoint, (page) => page.data.length === 1)).data[0]?.id).toBe(data[0]!.id);
    const sent = await svix.messageAttempt.listAttemptedMessages('acme', endpoint.id);
    expect(sent.data.map(({ id, statusText }) => [id, statusText])).toEqual([[message.id, 'success']]);
    const to = await svix.messageAttempt.listAttemptedDestinations('acme', message.id);
    expect(to.data.map(({ id, statusText }) => [id, statusText])).toEqual([[endpoint.id, 'success']]);
    const stats = () => svix.endpoint.getStats('acme', endpoint.id);
    await eventually(stats, ({ success }) => success === 1);
    await svix.messageAttempt.expungeContent('acme', message.id, data[0]!.id);
    expect((await svix.messageAttempt.get('acme', message.id, data[0]!.id)).response).toBe('EXPUNGED');
  });

  it('sees the effect of tags, deleteHeaders, headers, flags, groups and raw payloads', async () => {
    const svix = await start();
    const { id: app } = await svix.application.create({ name: 'Acme' });
    await svix.eventType.create({
      ...{ name: 'order.paid', description: '', featureFlags: ['beta', 'gold'], groupName: 'orders' },
    });
    expect(await svix.eventType.get('order.paid')).toMatchObject({
      ...{ featureFlags: ['beta', 'gold'], groupName: 'orders' },
    });
    const { id: ep } = await svix.endpoint.create(app, {
      ...{ url: hookUrl(`${path}/fields`), headers: { 'X-One': '1', 'X-Two': '2' } },
    });
    await svix.endpoint.patchHeaders(app, ep, { headers: {}, deleteHeaders: ['x-one'] });
    const raw = messageInRaw('order.paid', '<a/>', 'application/xml');
    const message = await svix.message.create(app, { ...raw, tags: ['vip'] });
    const [webhook] = await webhooks({ id: message.id });
    const sent = headersOf(webhook!);
    expect([bodyOf(webhook!), sent['content-type'], sent['x-one'], sent['x-two']]).toEqual([
      ...['<a/>', 'application/xml', undefined, '2'],
    ]);
    const read = await svix.message.get(app, message.id, { withContent: true });
    expect([read.payload, read.tags]).toEqual([{ rawPayload: '<a/>' }, ['vip']]);
    const tagged = await svix.message.list(app, { tag: 'vip' });
    expect(tagged.data.map(({ id }) => id)).toEqual([message.id]);
    const attempts = () => svix.messageAttempt.listByEndpoint(app, ep, { tag: 'vip', withMsg: true });
    const { data } = await eventually(attempts, (page) => page.data.length === 1);
    expect(data[0]?.msg?.id).toBe(message.id);
    expect((await svix.application.list({ excludeAppsWithNoEndpoints: true })).data).toHaveLength(1);
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

  it('recovers and replays in the background', async () => {
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
    await eventually(
      () => svix.backgroundTask.get(task.id),
      ({ status }) => status === BackgroundTaskStatus.Finished,
    );
    await svix.endpoint.replayMissing(app, ep, { since });
    await svix.endpoint.bulkReplay(app, ep, { since });
    const { data } = await svix.backgroundTask.list({ limit: 2 });
    expect(data.map((one) => one.task)).toEqual(['endpoint.bulk-replay', 'endpoint.replay']);
  });

  it('sees that a delivery was canceled, and replays it with its retries', async () => {
    const { token, settings } = await freshTenant();
    await settings({ retrySchedule: [1] });
    const svix = new Svix(token, { serverUrl, retryScheduleInMs: [] });
    const { id: app } = await svix.application.create({ name: 'Acme' });
    const hold = `canceled-v2-${name}`;
    const { id: ep } = await svix.endpoint.create(app, {
      url: hookUrl(`${path}/canceled?flap=2&hold=${encodeURIComponent(hold)}`),
    });
    const { id } = await svix.message.create(app, { eventType: 'a', payload: {} });
    await webhooks({ id });
    // The first request is still open, so no retry can come before the endpoint is disabled.
    await svix.endpoint.patch(app, ep, { disabled: true });
    await receiver().release(hold);
    const attempts = () => svix.messageAttempt.listByMsg(app, id, { withContent: true });
    const { data } = await eventually(attempts, (page) => page.data.length === 2);
    expect(data.map(({ status, statusText }) => [status, statusText])).toEqual([
      [MessageStatus.Canceled, 'canceled'],
      [MessageStatus.Fail, 'fail'],
    ]);
    const [canceled] = data;
    expect(canceled).toMatchObject({
      response: 'Canceled: the endpoint is disabled.',
      responseStatusCode: 0,
    });
    expect(await svix.messageAttempt.get(app, id, canceled!.id)).toEqual(canceled);
    const found = await svix.messageAttempt.listByEndpoint(app, ep, { status: MessageStatus.Canceled });
    expect(found.data.map((one) => one.id)).toEqual([canceled!.id]);
    const messages = () => svix.messageAttempt.listAttemptedMessages(app, ep);
    const ended = await eventually(messages, (page) => page.data[0]?.status === MessageStatus.Canceled);
    const [state] = ended.data;
    expect([state?.statusText, state?.nextAttempt]).toEqual(['canceled', null]);
    const { data: to } = await svix.messageAttempt.listAttemptedDestinations(app, id);
    expect(to.map(({ status, nextAttempt }) => [status, nextAttempt])).toEqual([[MessageStatus.Fail, null]]);
    await eventually(
      () => svix.endpoint.getStats(app, ep),
      (stats) => stats.canceled === 1 && stats.fail === 1,
    );

    await svix.endpoint.patch(app, ep, { disabled: false });
    const since = new Date(Date.now() - 600_000);
    const replay = async () => {
      const task = await svix.endpoint.replayMissing(app, ep, { since });
      const done = await eventually(
        () => svix.backgroundTask.get(task.id),
        ({ status }) => status === BackgroundTaskStatus.Finished,
      );
      return done.data['messagesSent'] as unknown;
    };
    expect(await replay()).toBe(1);
    await webhooks({ id }, 3);
    const all = await eventually(attempts, (page) => page.data.length === 4);
    expect(all.data.map(({ statusText }) => statusText)).toEqual(['success', 'fail', 'canceled', 'fail']);
    expect(all.data.map(({ triggerType }) => triggerType)).toEqual([0, 0, 0, 0]);
    await eventually(messages, (page) => page.data.every(({ status }) => status === MessageStatus.Success));
    expect(await replay()).toBe(0);
  });

  it('lists, reads and expunges messages', async () => {
    const svix = await start();
    const { id: app } = await svix.application.create({ name: 'Acme' });
    const message = await svix.message.create(app, { eventType: 'a', payload: { n: 1 }, channels: ['eu'] });
    expect(message.payload).toEqual({});
    const read = await svix.message.get(app, message.id, { withContent: true });
    expect([read.payload, read.channels]).toEqual([{ n: 1 }, ['eu']]);
    const { data } = await svix.message.list(app, {
      eventTypes: ['a', 'b'],
      channel: 'eu',
      withContent: true,
    });
    expect(data).toEqual([read]);
    await svix.message.expungeContent(app, message.id);
    expect((await svix.message.get(app, message.id, { withContent: true })).payload).toEqual({
      expired: true,
    });
  });

  it('opens the portal and asks for health; what is not there says so', async () => {
    const svix = await start();
    const { id: app } = await svix.application.create({ name: 'Acme' });
    const { token } = await svix.authentication.appPortalAccess(app, { featureFlags: ['beta'] });
    const portal = new Svix(token, { serverUrl, retryScheduleInMs: [] });
    expect((await portal.application.get(app)).id).toBe(app);
    await expect(portal.application.list()).rejects.toMatchObject({ code: 403 });
    await svix.health.get();
    await expect(svix.authentication.logout()).rejects.toMatchObject({ code: 501 });
    await expect(svix.connector.list()).rejects.toMatchObject({ code: 501 });
  });
});
