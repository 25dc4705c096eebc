import { randomBytes } from 'node:crypto';
import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { BackgroundTaskStatus } from 'svix';
import { beforeAll, expect, inject, it } from 'vitest';
import { freshOrganization } from '../support/client.ts';
import type { Organization } from '../support/client.ts';
import { shortVisibility } from '../support/drill.ts';
import { crashOnce } from '../support/faults.ts';
import { eventually } from '../support/poll.ts';
import { hookUrl, receiver, webhooks } from '../support/receiver.ts';

beforeAll(async () => {
  const QueueUrl = inject('stack').outputs['TaskQueueUrl'];
  if (QueueUrl === undefined) return;
  const endpoint = inject('stack').awsEndpointUrl;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const sqs = new SQSClient({ endpoint, region: 'us-east-1', credentials, useQueueUrlAsEndpoint: false });
  const VisibilityTimeout = String(await shortVisibility(6));
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout } }));
});

/** Sends the request as a client that gets no response: again with the same idempotency key, until it succeeds. */
const postUntilAccepted = async (
  { serverUrl, token }: Organization,
  path: string,
  body: object | undefined,
) => {
  const answer = await eventually(async () => {
    const response = await fetch(`${serverUrl}/api/v1${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'idempotency-key': 'retried' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return response.ok ? ((await response.json()) as { id: string }) : undefined;
  });
  return answer!;
};

it.each([
  ['an application', '/app', { name: 'Second' }],
  ['an endpoint', '/app/acme/endpoint', { url: 'https://example.com' }],
  ['an event type', '/event-type', { name: 'second', description: '' }],
])('crash: %s is created once if the function ends before it responds', async (_, path, body) => {
  const organization = await freshOrganization();
  const { svix } = organization;
  await svix.application.create({ name: 'Acme', uid: 'acme' });
  const fault = await crashOnce('once.ran');
  await postUntilAccepted(organization, path, body);
  await fault.reached();
  const lists = [svix.application.list(), svix.endpoint.list('acme'), svix.eventType.list()];
  const counts = (await Promise.all(lists)).map(({ data }) => data.length);
  expect(counts).toEqual({ '/app': [2, 0, 0], '/event-type': [1, 0, 1] }[path] ?? [1, 1, 0]);
});

it('crash: a message is resent once if the function ends after it queued the delivery', async () => {
  const organization = await freshOrganization();
  const { svix } = organization;
  const app = await svix.application.create({ name: 'Resend' });
  const endpoint = await svix.endpoint.create(app.id, { url: hookUrl('/resend-crash') });
  const { id } = await svix.message.create(app.id, { eventType: 'e', payload: {} });
  await webhooks({ id });
  const fault = await crashOnce('resend.sent');
  await postUntilAccepted(organization, `/app/${app.id}/msg/${id}/endpoint/${endpoint.id}/resend`, undefined);
  await fault.reached();
  await webhooks({ id }, 2);
  const { data } = await eventually(
    () => svix.messageAttempt.listByMsg(app.id, id),
    (page) => page.data.length > 1,
  );
  expect(data).toHaveLength(2);
});

// A page that is processed again skips the messages that it has sent already, so those are not counted.
it.each([
  ['task.queued', 1],
  ['task.created', 1],
  ['task.selected', 1],
  ['task.sent', 0],
  ['task.advanced', 1],
])('crash: a replay sends each message once if its function ends at %s', async (step, counted) => {
  const organization = await freshOrganization();
  const { svix } = organization;
  const app = await svix.application.create({ name: 'Replay' });
  const path = `/replay-crash/${step}`;
  await svix.endpoint.create(app.id, { url: hookUrl(`/earlier${path}`) });
  const { id } = await svix.message.create(app.id, { eventType: 'e', payload: { step } });
  // Once the earlier endpoint has received the message, its fan-out is over: the later endpoint has missed it.
  await webhooks({ id, path: `/earlier${path}` });
  const endpoint = await svix.endpoint.create(app.id, { url: hookUrl(path) });
  const fault = await crashOnce(step);
  const since = new Date(Date.now() - 3_600_000).toISOString();
  const task = await postUntilAccepted(
    organization,
    `/app/${app.id}/endpoint/${endpoint.id}/replay-missing`,
    { since },
  );
  await webhooks({ id, path });
  await fault.reached();
  const done = await eventually(
    () => svix.backgroundTask.get(task.id),
    ({ status }) => status !== BackgroundTaskStatus.Running,
  );
  expect(done.status).toBe('finished');
  expect(done.data.messagesSent).toBeGreaterThanOrEqual(counted);
  expect((await svix.backgroundTask.list()).data).toHaveLength(1);
  expect(await receiver().received({ path })).toHaveLength(1);
});

it('crash: expunging all contents counts a message once if its function ends between its row and its object', async () => {
  const organization = await freshOrganization();
  const { svix } = organization;
  const app = await svix.application.create({ name: 'Purge' });
  // Does not compress, so it is stored in S3.
  const payload = { n: randomBytes(20_000).toString('base64') };
  const { id } = await svix.message.create(app.id, { eventType: 'e', payload });
  const fault = await crashOnce('expunge.row-cleared');
  const task = await svix.message.expungeAllContents(app.id);
  await fault.reached();
  const done = await eventually(
    () => svix.backgroundTask.get(task.id),
    ({ status }) => status !== BackgroundTaskStatus.Running,
  );
  expect([done.status, done.data['messagesPurged']]).toEqual(['finished', 1]);
  expect((await svix.message.get(app.id, id, { withContent: true })).payload).toEqual({ expired: true });
});
