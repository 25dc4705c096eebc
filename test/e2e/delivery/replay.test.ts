import { BackgroundTaskStatus, MessageStatus, StatusCodeClass, Webhook } from 'svix';
import { describe, expect, inject, it } from 'vitest';
import { apiKinds, freshOrganization } from '../../support/client.ts';
import type { ApiKind, Organization } from '../../support/client.ts';
import { eventually } from '../../support/poll.ts';
import { bodyOf, headersOf, hookUrl, receiver, webhooks } from '../../support/receiver.ts';

const MESSAGE = { eventType: 'invoice.paid', payload: { n: 1 } };
/** Before the test, on a busy machine too. */
const since = () => new Date(Date.now() - 3_600_000);

/** An organization without retries, with the application `acme`. */
const start = async (kind?: ApiKind) => {
  const organization = await freshOrganization(kind);
  const response = await fetch(`${organization.managementUrl}/organization/${organization.orgId}/settings`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${inject('stack').managementToken}` },
    body: JSON.stringify({ retrySchedule: [] }),
  });
  expect(response.status).toBe(200);
  await organization.svix.application.create({ name: 'Acme', uid: 'acme' });
  return organization;
};

const post = async (
  { serverUrl, token }: Organization,
  path: string,
  body?: object,
  key?: string,
): Promise<{ status: number; json: any }> => {
  const response = await fetch(`${serverUrl}/api/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, ...(key === undefined ? {} : { 'idempotency-key': key }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: await response.json() };
};

const attemptsOf = ({ svix }: Organization, messageId: string, count: number) =>
  eventually(
    () => svix.messageAttempt.listByMsg('acme', messageId),
    ({ data }) => data.length === count,
    { what: `${count} attempts` },
  );

/** A message whose only attempt at the endpoint failed. */
const failed = async (organization: Organization, endpointId: string) => {
  const message = await organization.svix.message.create('acme', MESSAGE);
  await eventually(
    () =>
      organization.svix.messageAttempt.listAttemptedMessages('acme', endpointId, {
        status: MessageStatus.Fail,
      }),
    ({ data }) => data.some(({ id }) => id === message.id),
  );
  return message;
};

const finished = ({ svix }: Organization, taskId: string) =>
  eventually(
    () => svix.backgroundTask.get(taskId),
    ({ status }) => status !== BackgroundTaskStatus.Running,
    { what: `the end of ${taskId}` },
  );

describe.each(apiKinds())('a failed message over the %s API', (kind) => {
  it('is sent once by a resend with an idempotency key, whatever the filters of the endpoint, under the same id', async () => {
    const organization = await start(kind);
    const { svix } = organization;
    const url = hookUrl(`/resend-${kind}?script=500,200`);
    const endpoint = await svix.endpoint.create('acme', { url });
    const message = await failed(organization, endpoint.id);
    await svix.endpoint.patch('acme', endpoint.id, { channels: ['eu'] });
    const path = `/app/acme/msg/${message.id}/endpoint/${endpoint.id}/resend/`;
    for (const _ of [1, 2])
      expect(await post(organization, path, undefined, 'key')).toEqual({ status: 202, json: {} });
    const { data } = await attemptsOf(organization, message.id, 2);
    expect(data.map(({ status, triggerType }) => [status, triggerType])).toEqual([
      [0, 1],
      [2, 0],
    ]);
    expect(await webhooks({ id: message.id }, 2)).toHaveLength(2);
  });

  it('is sent by a recover of its endpoint if it never succeeded, and by no later recover', async () => {
    const organization = await start(kind);
    const { svix } = organization;
    const good = await svix.endpoint.create('acme', { url: hookUrl(`/fine-${kind}`) });
    const bad = await svix.endpoint.create('acme', { url: hookUrl(`/recover-${kind}?script=500,200`) });
    const messages = [await failed(organization, bad.id), await failed(organization, bad.id)];
    const task = await svix.endpoint.recover('acme', bad.id, { since: since() });
    expect(task).toMatchObject({ task: 'endpoint.recover', status: 'running' });
    const done = await finished(organization, task.id);
    expect([done.status, done.data.messagesSent, done.data.progress]).toEqual(['finished', 2, 1]);
    for (const { id } of messages) {
      const { data } = await attemptsOf(organization, id, 3);
      expect(data.filter(({ endpointId }) => endpointId === good.id)).toHaveLength(1);
    }
    // The read model, by which a recover selects messages, follows the attempts.
    await eventually(
      () => svix.messageAttempt.listAttemptedMessages('acme', bad.id, { status: MessageStatus.Success }),
      ({ data }) => data.length === 2,
    );
    const again = await svix.endpoint.recover('acme', bad.id, { since: since() });
    expect((await finished(organization, again.id)).data.messagesSent).toBe(0);
  });
});

describe('messages that an endpoint missed', () => {
  it('while it was disabled are offered in the Link header when it is enabled, and sent by following that link', async () => {
    const organization = await start();
    const { svix, serverUrl, token } = organization;
    const endpoint = await svix.endpoint.create('acme', { url: hookUrl('/catch-up') });
    const path = `/app/acme/endpoint/${endpoint.id}`;
    const setDisabled = (disabled: boolean) =>
      fetch(`${serverUrl}/api/v1${path}`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify({ disabled }),
      });
    expect((await setDisabled(true)).headers.get('link')).toBeNull();
    await svix.endpoint.create('acme', { url: hookUrl('/beside-catch-up') });
    const missed = [await svix.message.create('acme', MESSAGE), await svix.message.create('acme', MESSAGE)];
    // Fan-out has decided about both messages once the other endpoint has received them.
    await webhooks({ path: '/beside-catch-up' }, 2);
    const offered = (await setDisabled(false)).headers.get('link') ?? '';
    expect(offered).toContain('rel="catch-up"');
    const [, target = ''] = /<\/api\/v1([^>]*replay-missing)>/.exec(offered) ?? [];
    const spans = await fetch(`${serverUrl}/api/v1${path}/off-spans?count=true`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await spans.json()).toMatchObject({
      data: [{ reason: 'owner', until: expect.any(String), missed: { messages: 2, complete: true } }],
    });
    const counted = await post(organization, `${target}?dry_run=true`, {});
    expect(counted).toMatchObject({ status: 200, json: { messages: 2, complete: true } });
    const { json } = await post(organization, target, {});
    expect((await finished(organization, String(json.id))).data.messagesSent).toBe(2);
    for (const { id } of missed) expect(await webhooks({ id, path: '/catch-up' })).toHaveLength(1);
  });

  it('before it existed are counted by a dry run and sent once by replay-missing if its filters match', async () => {
    const organization = await start();
    const { svix } = organization;
    await svix.endpoint.create('acme', { url: hookUrl('/beside-missed') });
    const missed = [await svix.message.create('acme', MESSAGE), await svix.message.create('acme', MESSAGE)];
    await svix.message.create('acme', { ...MESSAGE, channels: ['eu'], eventType: 'other' });
    await webhooks({ path: '/beside-missed' }, 3);
    await svix.eventType.create({ name: MESSAGE.eventType, description: '' });
    const url = hookUrl('/missed');
    const endpoint = await svix.endpoint.create('acme', { url, eventTypes: [MESSAGE.eventType] });
    const body = { since: since().toISOString() };
    const path = `/app/acme/endpoint/${endpoint.id}/replay-missing`;
    expect(await post(organization, `${path}?dry_run=true`, body)).toMatchObject({
      status: 200,
      json: { messages: 2, complete: true, task: 'endpoint.replay' },
    });
    const task = await svix.endpoint.replayMissing('acme', endpoint.id, { since: since() });
    expect((await finished(organization, task.id)).data.messagesSent).toBe(2);
    const received = await webhooks({ path: '/missed' }, 2);
    expect(received.map(({ id }) => id).toSorted()).toEqual(missed.map(({ id }) => id).toSorted());
    for (const { id } of missed) await attemptsOf(organization, id, 2);
    const again = await svix.endpoint.replayMissing('acme', endpoint.id, { since: since() });
    expect((await finished(organization, again.id)).data.messagesSent).toBe(0);
  });

  it('cannot be replayed while it is disabled, and are sent by a replay after it is enabled', async () => {
    const organization = await start();
    const { svix } = organization;
    const endpoint = await svix.endpoint.create('acme', { url: hookUrl('/off'), disabled: true });
    await svix.endpoint.create('acme', { url: hookUrl('/beside-off') });
    const message = await svix.message.create('acme', MESSAGE);
    // Fan-out has skipped the disabled endpoint once the other one has received the message.
    await webhooks({ path: '/beside-off' });
    const refused = svix.endpoint.replayMissing('acme', endpoint.id, { since: since() });
    await expect(refused).rejects.toMatchObject({ code: 400, body: { code: 'endpoint_disabled' } });
    await svix.endpoint.patch('acme', endpoint.id, { disabled: false });
    await svix.endpoint.replayMissing('acme', endpoint.id, { since: since() });
    expect(await webhooks({ id: message.id, path: '/off' })).toHaveLength(1);
  });
});

describe('bulk replay', () => {
  it('sends the messages of an endpoint again that match its status filters', async () => {
    const organization = await start();
    const { svix } = organization;
    const endpoint = await svix.endpoint.create('acme', { url: hookUrl('/bulk?script=200') });
    const message = await svix.message.create('acme', MESSAGE);
    await attemptsOf(organization, message.id, 1);
    await eventually(
      () => svix.messageAttempt.listAttemptedMessages('acme', endpoint.id),
      ({ data }) => data.length === 1,
    );
    const none = await svix.endpoint.bulkReplay('acme', endpoint.id, {
      since: since(),
      status: MessageStatus.Fail,
    });
    expect((await finished(organization, none.id)).data.messagesSent).toBe(0);
    const all = await svix.endpoint.bulkReplay('acme', endpoint.id, {
      since: since(),
      statusCodeClass: StatusCodeClass.Code2xx,
    });
    expect((await finished(organization, all.id)).data.messagesSent).toBe(1);
    const { data } = await attemptsOf(organization, message.id, 2);
    expect(data.map(({ triggerType }) => triggerType).toSorted()).toEqual([0, 1]);
    const tasks = await svix.backgroundTask.list();
    expect(tasks.data.map(({ id }) => id)).toEqual([all.id, none.id]);
  });
});

it('send-example: the example is sent to one endpoint only and its signature verifies', async () => {
  const { svix } = await start();
  const endpoint = await svix.endpoint.create('acme', { url: hookUrl('/example') });
  await svix.endpoint.create('acme', { url: hookUrl('/no-example') });
  const message = await svix.endpoint.sendExample('acme', endpoint.id, { eventType: 'svix.ping' });
  const [webhook] = await webhooks({ id: message.id });
  const { key } = await svix.endpoint.getSecret('acme', endpoint.id);
  new Webhook(key).verify(bodyOf(webhook!), headersOf(webhook!));
  expect(bodyOf(webhook!)).toBe('{"success": true}');
  expect(await receiver().received({ path: '/no-example' })).toEqual([]);
});

describe('an idempotency key', () => {
  it('makes ten concurrent requests create one application, endpoint, event type or task', async () => {
    const organization = await start();
    const { svix } = organization;
    const endpoint = await svix.endpoint.create('acme', { url: hookUrl('/once') });
    for (const [path, body] of [
      ['/app', { name: 'One' }],
      ['/app/acme/endpoint', { url: 'https://example.com' }],
      ['/event-type', { name: 'one', description: '' }],
      [`/app/acme/endpoint/${endpoint.id}/recover`, { since: since().toISOString() }],
    ] as const) {
      const all = await Promise.all(Array.from({ length: 10 }, () => post(organization, path, body, 'same')));
      expect(new Set(all.map(({ json }) => JSON.stringify(json))).size).toBe(1);
      expect(new Set(all.map(({ status }) => status)).size).toBe(1);
    }
    expect((await svix.application.list()).data).toHaveLength(2);
    expect((await svix.endpoint.list('acme')).data).toHaveLength(2);
    expect((await svix.backgroundTask.list()).data).toHaveLength(1);
  });
});
