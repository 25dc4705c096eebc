import { randomBytes } from 'node:crypto';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { MessageStatus } from 'svix';
import { describe, expect, inject, it } from 'vitest';
import { emulatorVariables } from '../../../scripts/local/deploy/guard.ts';
import { apiKinds, freshOrganization } from '../../support/client.ts';
import type { ApiKind, Organization } from '../../support/client.ts';
import { eventually } from '../../support/poll.ts';
import { hookUrl, receiver, webhooks } from '../../support/receiver.ts';

const MESSAGE = { eventType: 'invoice.paid', payload: { n: 1 } };

/** An organization with this retry schedule (seconds) and the application `acme`. */
const start = async (retrySchedule: readonly number[], kind?: ApiKind) => {
  const organization = await freshOrganization(kind);
  const response = await fetch(`${organization.managementUrl}/organization/${organization.orgId}/settings`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${inject('stack').managementToken}` },
    body: JSON.stringify({ retrySchedule }),
  });
  expect(response.status).toBe(200);
  await organization.svix.application.create({ name: 'Acme', uid: 'acme' });
  return organization;
};

const call = async ({ serverUrl, token }: Organization, method: string, path: string) => {
  const response = await fetch(`${serverUrl}/api/v1/app/acme${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: response.status, text: await response.text() };
};

describe.each(apiKinds())('the delivery status over the %s API', (kind) => {
  it('is listed by message and by endpoint, and the statistics count the attempts', async () => {
    const organization = await start([], kind);
    const { svix } = organization;
    const good = await svix.endpoint.create('acme', { url: hookUrl(`/reads-good-${kind}`) });
    const bad = await svix.endpoint.create('acme', { url: hookUrl(`/reads-bad-${kind}?status=500`) });
    const message = await svix.message.create('acme', { ...MESSAGE, eventId: 'evt1', channels: ['eu'] });
    const attempted = (id: string, status?: MessageStatus) =>
      svix.messageAttempt.listAttemptedMessages('acme', id, {
        withContent: true,
        ...(status === undefined ? {} : { status }),
      });
    const ok = await eventually(
      () => attempted(good.id),
      ({ data }) => data.length === 1,
    );
    expect(ok.data[0]).toMatchObject({
      id: message.id,
      eventId: 'evt1',
      payload: { n: 1 },
      statusText: 'success',
    });
    const failed = await eventually(
      () => attempted(bad.id, MessageStatus.Fail),
      ({ data }) => data.length === 1,
    );
    expect(failed.data[0]).toMatchObject({ id: message.id, statusText: 'fail' });
    expect((await attempted(bad.id, MessageStatus.Success)).data).toEqual([]);

    await svix.endpoint.delete('acme', bad.id);
    const destinations = await svix.messageAttempt.listAttemptedDestinations('acme', 'evt1', { limit: 1 });
    const { iterator } = destinations;
    const rest = await svix.messageAttempt.listAttemptedDestinations('acme', 'evt1', {
      limit: 1,
      iterator: iterator!,
    });
    expect([destinations.done, rest.done]).toEqual([false, true]);
    expect([...destinations.data, ...rest.data].map(({ id, status }) => [id, status])).toEqual([
      [good.id, 0],
      [bad.id, 2],
    ]);
    expect((await call(organization, 'GET', `/endpoint/${bad.id}/msg`)).status).toBe(404);

    const stats = await eventually(
      () => svix.endpoint.getStats('acme', good.id),
      ({ success }) => success > 0,
    );
    expect(stats).toEqual({ success: 1, pending: 0, sending: 0, fail: 0, canceled: 0 });
    const hours = await call(organization, 'GET', `/endpoint/${good.id}/attempt-stats`);
    expect(JSON.parse(hours.text)).toEqual({ success: 1, fail: 0, canceled: 0 });
    const refused = await call(organization, 'GET', `/endpoint/${good.id}/stats?since=yesterday`);
    expect([refused.status, refused.text]).toEqual([400, expect.stringMatching(/^Failed to deserialize/)]);

    for (const path of ['/msg/evt1/attempt', `/msg/evt1/endpoint/${good.id}/attempt`]) {
      const { data }: { data: { msgId: string }[] } = JSON.parse(
        (await call(organization, 'GET', path)).text,
      );
      expect(new Set(data.map(({ msgId }) => msgId))).toEqual(new Set([message.id]));
    }
  });
});

describe('a message whose retry is planned', () => {
  it('has status Sending, and Success after the retry succeeded', async () => {
    // Fails until the read model has followed, however long that takes.
    const { svix } = await start(Array.from({ length: 50 }, () => 5));
    const url = hookUrl('/reads-sending?status=500&until=reads-sending');
    const endpoint = await svix.endpoint.create('acme', { url });
    await svix.message.create('acme', MESSAGE);
    const list = (status: MessageStatus) =>
      svix.messageAttempt.listAttemptedMessages('acme', endpoint.id, { status });
    const sending = await eventually(
      () => list(MessageStatus.Sending),
      ({ data }) => data.length === 1,
    );
    expect(sending.data[0]).toMatchObject({
      status: 3,
      statusText: 'sending',
      nextAttempt: expect.any(Date),
    });
    await receiver().release('reads-sending');
    const [done] = (
      await eventually(
        () => list(MessageStatus.Success),
        ({ data }) => data.length === 1,
      )
    ).data;
    expect([done?.statusText, done?.nextAttempt]).toEqual(['success', null]);
    expect((await list(MessageStatus.Sending)).data).toEqual([]);
  });
});

const objectsOf = async (orgId: string, messageId: string) => {
  const { awsEndpointUrl, outputs } = inject('stack');
  Object.assign(process.env, emulatorVariables(awsEndpointUrl));
  const s3 = new S3Client({ endpoint: awsEndpointUrl, forcePathStyle: true });
  const { Contents = [] } = await s3.send(
    new ListObjectsV2Command({
      Bucket: outputs['PayloadsBucketName'],
      Prefix: `payloads/${orgId}/${messageId}`,
    }),
  );
  return Contents.length;
};

describe('expunging', () => {
  it('a message removes its payload from the API and the bucket and cancels its planned retries', async () => {
    const { svix, orgId } = await start([3]);
    const url = hookUrl('/reads-expunged?status=500&hold=reads-expunged');
    await svix.endpoint.create('acme', { url });
    const payload = { noise: randomBytes(30_000).toString('base64') };
    const message = await svix.message.create('acme', { eventType: 'invoice.paid', payload });
    await webhooks({ id: message.id });
    expect(await objectsOf(orgId, message.id)).toBe(1);
    await svix.message.expungeContent('acme', message.id);
    expect((await svix.message.get('acme', message.id, { withContent: true })).payload).toEqual({
      expired: true,
    });
    expect(await objectsOf(orgId, message.id)).toBe(0);
    // The receiver held the first request, so no retry could start before the message was expunged.
    await receiver().release('reads-expunged');
    await eventually(
      () => svix.messageAttempt.listByMsg('acme', message.id),
      ({ data }) => data.length === 2,
      { what: 'the retry was canceled' },
    );
    // A later message with the same schedule was retried: the expunged one would have been retried by now.
    const later = await svix.message.create('acme', MESSAGE);
    await webhooks({ id: later.id }, 2);
    expect(await receiver().received({ id: message.id })).toHaveLength(1);
  });

  it('an attempt replaces the response of the endpoint by EXPUNGED', async () => {
    const { svix } = await start([]);
    const endpoint = await svix.endpoint.create('acme', { url: hookUrl('/reads-answer?body=secret') });
    const message = await svix.message.create('acme', MESSAGE);
    const byEndpoint = () => svix.messageAttempt.listByEndpoint('acme', endpoint.id, { withContent: true });
    const [attempt] = (await eventually(byEndpoint, ({ data }) => data.length === 1)).data;
    expect(attempt?.response).toBe('secret');
    await svix.messageAttempt.expungeContent('acme', message.id, attempt!.id);
    expect((await svix.messageAttempt.get('acme', message.id, attempt!.id)).response).toBe('EXPUNGED');
    expect((await byEndpoint()).data[0]?.response).toBe('EXPUNGED');
  });
});
