import { BackgroundTaskStatus, MessageStatus, Ordering, Svix, Webhook, messageInRaw } from 'svix';
import { describe, expect, it } from 'vitest';
import { freshTenant } from '../../support/api.ts';
import { serverUrls } from '../../support/server-urls.ts';
import { eventually } from '../../support/poll.ts';
import { bodyOf, headersOf, hookUrl, webhooks } from '../../support/receiver.ts';
import { cancelRetry, startWith, walkCommonOperations } from './walk.ts';

interface Alert {
  readonly type: string;
  readonly data: { readonly endpointId: string };
}

/** The remaining operations of the newest client, which 1.x lacks or calls in another way. */
describe.each(serverUrls())('npm svix 2.x through the $name', ({ name, serverUrl }) => {
  const connect = (token: string) => new Svix(token, { serverUrl, retryScheduleInMs: [] });
  const start = async (retrySchedule?: readonly number[]) =>
    startWith(await freshTenant(), connect, retrySchedule);
  const path = `/sdk-v2/${encodeURIComponent(name)}`;

  walkCommonOperations({ start, connect, path, verifier: (secret) => new Webhook(secret) });

  it('upserts, patches and lists applications', async () => {
    const svix = await start();
    const made = await svix.application.create({ name: 'Acme', uid: 'acme', throttleRate: 9 });
    expect(made.throttleRate).toBe(9);
    expect(await svix.application.upsert('acme', { name: 'New', uid: 'acme' })).toMatchObject({
      id: made.id,
      name: 'New',
    });
    expect((await svix.application.patch('acme', { metadata: { a: 'b' } })).metadata).toEqual({ a: 'b' });
    const page = await svix.application.list({ limit: 1, order: Ordering.Ascending });
    expect([page.data[0]?.id, page.done]).toEqual([made.id, true]);
  });

  it('creates, upserts, patches, lists, archives and expunges event types', async () => {
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

  it('imports event types from OpenAPI, and an environment into another organization', async () => {
    const [from, to] = [await start(), await start()];
    const specRaw = [
      'openapi: 3.1.0',
      'webhooks:',
      '  order.paid:',
      '    post:',
      '      summary: Paid',
      '      requestBody: { content: { application/json: { schema: { type: object, example: { n: 1 } } } } }',
    ].join('\n');
    const planned = await from.eventType.importOpenapi({ specRaw, dryRun: true });
    expect(planned.data.toModify?.map(({ name, description }) => [name, description])).toEqual([
      ['order.paid', 'Paid'],
    ]);
    await expect(from.eventType.get('order.paid')).rejects.toMatchObject({ code: 404 });
    expect((await from.eventType.importOpenapi({ specRaw })).data.modified).toEqual(['order.paid']);
    const environment = await from.environment.export();
    expect([environment.version, environment.settings, environment.connectors]).toEqual([
      ...[1, { retrySchedule: [600] }, []],
    ]);
    await to.environment.import(environment);
    const { description, schemas } = await to.eventType.get('order.paid');
    expect([description, schemas]).toEqual(['Paid', { 1: { type: 'object', examples: [{ n: 1 }] } }]);
    const archived = await to.eventType.importOpenapi({
      ...{ replaceAll: true, spec: { openapi: '3.1.0', webhooks: {} } },
    });
    expect(archived.data.modified).toEqual(['order.paid']);
  });

  it('upserts and patches an endpoint and its headers', async () => {
    const svix = await start();
    const { id: app } = await svix.application.create({ name: 'Acme' });
    const made = await svix.endpoint.create(app, { url: 'https://example.com/a', uid: 'ep1' });
    const changed = await svix.endpoint.upsert(app, 'ep1', { url: 'https://example.com/b', uid: 'ep1' });
    expect([changed.id, changed.url]).toEqual([made.id, 'https://example.com/b']);
    expect((await svix.endpoint.patch(app, 'ep1', { channels: ['eu'] })).channels).toEqual(['eu']);
    await svix.endpoint.setHeaders(app, 'ep1', { headers: { 'X-One': '1', 'X-Api-Key': 'k' } });
    await svix.endpoint.patchHeaders(app, 'ep1', { headers: { 'X-Two': '2' } });
    expect(await svix.endpoint.getHeaders(app, 'ep1')).toEqual({
      headers: { 'X-One': '1', 'X-Two': '2' },
      sensitive: ['X-Api-Key'],
    });
  });

  it('uses tags, headers, deleteHeaders, featureFlags, groupName and raw payloads', async () => {
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

  it('expunges several messages at once', async () => {
    const svix = await start();
    const { id: app } = await svix.application.create({ name: 'Acme' });
    const { id } = await svix.message.create(app, { eventType: 'a', eventId: 'e1', payload: { n: 1 } });
    const { results } = await svix.message.bulkExpungeContent(app, { ids: [id, 'e1', 'e2'] });
    expect(results).toEqual({ [id]: 'expunged', e1: 'expunged', e2: 'not-found' });
    const read = await svix.message.get(app, 'e1', { withContent: true });
    expect(read.payload).toEqual({ expired: true });
  });

  it('manages the endpoints of its operational webhooks, which arrive there', async () => {
    const svix = await start();
    const { endpoint } = svix.operationalWebhook;
    expect((await endpoint.list()).data).toEqual([]);
    const alerts = `${path}/alerts`;
    const made = await endpoint.create({ url: hookUrl(alerts), uid: 'alerts', headers: { 'X-Old': '1' } });
    expect(await endpoint.get('alerts')).toEqual(made);
    const fields = { url: made.url, uid: 'alerts', eventTypes: ['endpoint.created'] };
    expect(await endpoint.upsert('alerts', fields)).toMatchObject({ id: made.id, ...fields });
    expect((await endpoint.list({ limit: 1, order: Ordering.Ascending })).data).toHaveLength(1);
    await endpoint.setHeaders('alerts', { headers: { 'X-Team': 'ops' } });
    expect((await endpoint.getHeaders('alerts')).headers).toEqual({ 'X-Team': 'ops' });
    const before = await endpoint.getSecret('alerts');
    await endpoint.rotateSecret('alerts', { gracePeriodSeconds: 0 });
    const { key } = await endpoint.getSecret('alerts');
    expect(key).not.toBe(before.key);

    const { id: app } = await svix.application.create({ name: 'Acme' });
    const { id: ep } = await svix.endpoint.create(app, { url: 'https://example.com' });
    const [webhook] = await webhooks({ path: alerts });
    new Webhook(key).verify(bodyOf(webhook!), headersOf(webhook!));
    const { type, data } = JSON.parse(bodyOf(webhook!)) as Alert;
    expect([type, data.endpointId, headersOf(webhook!)['x-team']]).toEqual(['endpoint.created', ep, 'ops']);
    await endpoint.delete('alerts');
    await expect(endpoint.get('alerts')).rejects.toMatchObject({ code: 404 });
  });

  it('replays in background tasks, and reads and lists the tasks', async () => {
    const svix = await start();
    const { id: app } = await svix.application.create({ name: 'Acme' });
    const { id: ep } = await svix.endpoint.create(app, { url: hookUrl(`${path}/replayed`) });
    const since = new Date(Date.now() - 60_000);
    const task = await svix.endpoint.recover(app, ep, { since });
    await eventually(
      () => svix.backgroundTask.get(task.id),
      ({ status }) => status === BackgroundTaskStatus.Finished,
    );
    await svix.endpoint.replayMissing(app, ep, { since });
    await svix.endpoint.bulkReplay(app, ep, { since });
    const { data } = await svix.backgroundTask.list({ limit: 2 });
    expect(data.map((one) => one.task)).toEqual(['endpoint.bulk-replay', 'endpoint.replay']);
  });

  it('counts attempts and subscriptions by application in background tasks', async () => {
    const svix = await start();
    const { id: app } = await svix.application.create({ name: 'Acme', uid: 'acme' });
    await svix.eventType.create({ name: 'order.paid', description: '' });
    await svix.endpoint.create(app, { url: hookUrl(`${path}/counted`), eventTypes: ['order.paid'] });
    const gone = await svix.endpoint.create(app, { url: hookUrl(`${path}/counted`) });
    const message = await svix.message.create(app, { eventType: 'order.paid', payload: {} });
    await eventually(
      () => svix.messageAttempt.listByEndpoint(app, gone.id),
      ({ data }) => data.length === 1,
    );
    await webhooks({ id: message.id }, 2);
    await svix.endpoint.delete(app, gone.id);
    const resultOf = async (id: string) => {
      const done = await eventually(
        () => svix.backgroundTask.get(id),
        ({ status }) => status === BackgroundTaskStatus.Finished,
      );
      return done.data as Readonly<Record<string, unknown>>;
    };
    const since = new Date(Date.now() - 3_600_000);
    // The list of attempts is a read model: counted until it has both.
    const usage = async () => {
      const period = { since, until: new Date(Date.now() + 1_000) };
      const asked = await svix.statistics.aggregateAppStats({ ...period, appIds: ['acme', 'none'] });
      expect([asked.task, asked.unresolvedAppIds]).toEqual(['application.stats', ['none']]);
      return (await resultOf(asked.id))['appStats'];
    };
    const counted = [{ appId: app, appUid: 'acme', messageDestinations: 2 }];
    expect(await eventually(usage, (found) => JSON.stringify(found) === JSON.stringify(counted))).toEqual(
      counted,
    );
    const { id } = await svix.statistics.aggregateEventTypes();
    expect((await resultOf(id))['event_types']).toEqual([
      { appId: app, explicitlySubscribedEventTypes: ['order.paid'], hasCatchAllEndpoint: false },
    ]);
  });

  it('reads a canceled delivery with its status, and replays it with its retries', async () => {
    const svix = await start([1]);
    const { app, ep, id } = await cancelRetry(svix, path);
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
    const byEndpoint = () => svix.messageAttempt.listByEndpoint(app, ep, { status: MessageStatus.Canceled });
    const found = await eventually(byEndpoint, (page) => page.data.length === 1);
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

  it('reads and lists messages with and without content', async () => {
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
  });

  it('opens the portal with a token that gets 403 for the list of applications, ends it by its session, and gets 501 for a connector', async () => {
    const svix = await start();
    const { id: app } = await svix.application.create({ name: 'Acme' });
    const { token } = await svix.authentication.appPortalAccess(app, {
      featureFlags: ['beta'],
      sessionId: 'ann',
    });
    const portal = new Svix(token, { serverUrl, retryScheduleInMs: [] });
    expect((await portal.application.get(app)).id).toBe(app);
    await expect(portal.application.list()).rejects.toMatchObject({ code: 403 });
    await svix.authentication.expireAll(app, { sessionIds: ['ann'] });
    await expect(portal.application.get(app)).rejects.toMatchObject({ code: 401 });
    await expect(svix.connector.list()).rejects.toMatchObject({ code: 501 });
  });
});
