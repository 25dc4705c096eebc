import type { Svix } from 'svix';
import type { Svix as SvixV1 } from 'svix-v1';
import { expect, it } from 'vitest';
import type { Tenant } from '../../support/api.ts';
import { eventually } from '../../support/poll.ts';
import { bodyOf, headersOf, hookUrl, receiver, webhooks } from '../../support/receiver.ts';

type Client = Svix | SvixV1;

interface Verifier {
  readonly verify: (body: string, headers: Record<string, string>) => unknown;
}

export interface Walk {
  /** A client of a new organization whose retries start after ten minutes. */
  readonly start: () => Promise<Client>;
  readonly connect: (token: string) => Client;
  readonly verifier: (secret: string) => Verifier;
  /** Prefix of the receiver paths. */
  readonly path: string;
}

/** A client of an organization with this retry schedule (seconds); by default no retry starts within a test. */
export const startWith = async <Made extends Client>(
  tenant: Tenant,
  connect: (token: string) => Made,
  retrySchedule: readonly number[] = [600],
): Promise<Made> => {
  await tenant.settings({ retrySchedule });
  return connect(tenant.token);
};

/** The operations that clients of 1.x and 2.x call in the same way and whose answers they read in the same way. */
export const walkCommonOperations = ({ start, connect, verifier, path }: Walk): void => {
  it('creates, gets or creates, reads, lists and deletes an application', async () => {
    const svix = await start();
    const made = await svix.application.create({ name: 'Acme', uid: 'acme' });
    expect(await svix.application.get('acme')).toEqual(made);
    expect(await svix.application.getOrCreate({ name: 'Other', uid: 'acme' })).toEqual(made);
    const page = await svix.application.list();
    expect([page.data.map(({ id }) => id), page.done]).toEqual([[made.id], true]);
    await svix.application.delete('acme');
    await expect(svix.application.get('acme')).rejects.toMatchObject({ code: 404 });
  });

  it('creates, reads and deletes an endpoint, and rotates its secret', async () => {
    const svix = await start();
    const { id: app } = await svix.application.create({ name: 'Acme' });
    const made = await svix.endpoint.create(app, { url: 'https://example.com/a', uid: 'ep1' });
    expect(await svix.endpoint.get(app, 'ep1')).toEqual(made);
    expect((await svix.endpoint.list(app)).data.map(({ id }) => id)).toEqual([made.id]);
    const { key } = await svix.endpoint.getSecret(app, 'ep1');
    await svix.endpoint.rotateSecret(app, 'ep1', {});
    expect((await svix.endpoint.getSecret(app, 'ep1')).key).not.toBe(key);
    await svix.endpoint.delete(app, 'ep1');
    expect((await svix.endpoint.list(app)).data).toEqual([]);
  });

  it('publishes a message, verifies the webhook, reads the attempt and the statistics, and expunges them', async () => {
    const svix = await start();
    const { id: app } = await svix.application.create({ name: 'Acme' });
    const endpoint = await svix.endpoint.create(app, { url: hookUrl(`${path}/published?body=fine`) });
    const payload = { id: 'inv_1', amount: 4200 };
    const message = await svix.message.create(app, { eventType: 'invoice.paid', payload, eventId: 'e1' });
    const [webhook] = await webhooks({ id: message.id });
    const { key } = await svix.endpoint.getSecret(app, endpoint.id);
    verifier(key).verify(bodyOf(webhook!), headersOf(webhook!));
    expect(bodyOf(webhook!)).toBe(JSON.stringify(payload));

    const byEndpoint = () => svix.messageAttempt.listByEndpoint(app, endpoint.id, { withContent: true });
    const { data } = await eventually(byEndpoint, (page) => page.data.length === 1);
    expect(data[0]).toMatchObject({ response: 'fine', msgId: message.id, status: 0 });
    const attempt = data[0]!.id;
    expect((await svix.messageAttempt.listByMsg(app, 'e1')).data.map(({ id }) => id)).toEqual([attempt]);
    expect((await svix.messageAttempt.get(app, message.id, attempt)).id).toBe(attempt);
    const messages = () => svix.messageAttempt.listAttemptedMessages(app, endpoint.id);
    const sent = await eventually(messages, (page) => page.data.length === 1);
    expect(sent.data.map(({ id, status }) => [id, status])).toEqual([[message.id, 0]]);
    const to = await svix.messageAttempt.listAttemptedDestinations(app, message.id);
    expect(to.data.map(({ id, status }) => [id, status])).toEqual([[endpoint.id, 0]]);
    await eventually(
      () => svix.endpoint.getStats(app, endpoint.id),
      ({ success }) => success === 1,
    );

    await svix.messageAttempt.expungeContent(app, message.id, attempt);
    expect((await svix.messageAttempt.get(app, message.id, attempt)).response).toBe('EXPUNGED');
    await svix.message.expungeContent(app, message.id);
    const expunged = await svix.message.get(app, message.id, { withContent: true });
    expect(expunged.payload).toEqual({ expired: true });
  });

  it('prechecks before it publishes, and expunges all contents of an application', async () => {
    const svix = await start();
    const { id: app } = await svix.application.create({ name: 'Acme' });
    const active = async () =>
      (await svix.message.precheck(app, { eventType: 'a', channels: ['eu'] })).active;
    expect(await active()).toBe(false);
    const { id: ep } = await svix.endpoint.create(app, { url: hookUrl(`${path}/checked`), channels: ['eu'] });
    expect(await active()).toBe(true);
    const message = await svix.message.create(app, { eventType: 'a', payload: { n: 1 }, channels: ['eu'] });
    await webhooks({ id: message.id });
    const { id, task } = await svix.message.expungeAllContents(app);
    expect(task).toBe('application.purge_content');
    const done = await eventually(
      () => svix.backgroundTask.get(id),
      ({ status }) => status.valueOf() === 'finished',
    );
    expect(done.data).toMatchObject({ messagesPurged: 1 });
    const read = await svix.message.get(app, message.id, { withContent: true });
    expect(read.payload).toEqual({ expired: true });
    await expect(svix.messageAttempt.resend(app, message.id, ep)).rejects.toMatchObject({ code: 400 });
  });

  it('resends a message and sends an example', async () => {
    const svix = await start();
    const { id: app } = await svix.application.create({ name: 'Acme' });
    const { id: ep } = await svix.endpoint.create(app, { url: hookUrl(`${path}/resent`) });
    const message = await svix.message.create(app, { eventType: 'a', payload: { n: 1 } });
    await webhooks({ id: message.id });
    await svix.messageAttempt.resend(app, message.id, ep);
    const twice = await webhooks({ id: message.id }, 2);
    expect(twice.map(({ text }) => text)).toEqual(['{"n":1}', '{"n":1}']);
    const example = await svix.endpoint.sendExample(app, ep, { eventType: 'svix.ping' });
    const [ping] = await webhooks({ id: example.id });
    expect(JSON.parse(bodyOf(ping!))).toEqual({ success: true });
  });

  it('recovers a failed message in a background task', async () => {
    const svix = await start();
    const { id: app } = await svix.application.create({ name: 'Acme' });
    const { id: ep } = await svix.endpoint.create(app, { url: hookUrl(`${path}/recovered?flap=1`) });
    const message = await svix.message.create(app, { eventType: 'a', payload: {} });
    const attempts = () => svix.messageAttempt.listByEndpoint(app, ep);
    const { data } = await eventually(attempts, (page) => page.data.length === 1);
    expect(data[0]?.status).toBe(2);
    const task = await svix.endpoint.recover(app, ep, { since: new Date(Date.now() - 3_600_000) });
    expect([task.task, task.status]).toEqual(['endpoint.recover', 'running']);
    await webhooks({ id: message.id }, 2);
  });

  it('creates a portal token, logs out with it, and reads the health', async () => {
    const svix = await start();
    const { id: app } = await svix.application.create({ name: 'Acme' });
    const { token, url } = await svix.authentication.appPortalAccess(app, {});
    expect(new URL(url).pathname).toBe('/portal/login');
    const portal = connect(token);
    expect((await portal.application.get(app)).id).toBe(app);
    await portal.authentication.logout();
    await expect(portal.application.get(app)).rejects.toMatchObject({ code: 401 });
    await svix.health.get();
  });
};

/**
 * Disables an endpoint while its first attempt waits for the receiver, so that the retry is canceled. The endpoint fails
 * twice and then succeeds; the organization retries after a second.
 */
export const cancelRetry = async (svix: Client, path: string) => {
  const { id: app } = await svix.application.create({ name: 'Acme' });
  const hold = `canceled ${path}`;
  const url = hookUrl(`${path}/canceled?flap=2&hold=${encodeURIComponent(hold)}`);
  const { id: ep } = await svix.endpoint.create(app, { url });
  const { id } = await svix.message.create(app, { eventType: 'a', payload: {} });
  await webhooks({ id });
  // The receiver holds the first request, so no retry can start before the endpoint is disabled.
  await svix.endpoint.patch(app, ep, { disabled: true });
  await receiver().release(hold);
  return { app, ep, id };
};
