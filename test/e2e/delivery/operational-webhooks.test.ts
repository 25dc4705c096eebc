import { Webhook } from 'svix';
import type { Svix } from 'svix';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { Received } from '../../../scripts/local/receiver/receiver-log.ts';
import { freshOrganization } from '../../support/client.ts';
import type { Organization } from '../../support/client.ts';
import { listenTo, managementClient } from '../../support/listening.ts';
import { eventually } from '../../support/poll.ts';
import { bodyOf, headersOf, hookUrl, webhooks } from '../../support/receiver.ts';

/** Four retries, as fast as the queue delivers them. */
const FOUR_RETRIES = { retrySchedule: [0.1, 0.1, 0.1, 0.1] };

let management: Svix;

beforeAll(async () => {
  management = await managementClient();
});

const settings = async ({ managementUrl, orgId }: Organization, changes: object) => {
  const response = await fetch(`${managementUrl}/organization/${orgId}/settings`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${inject('stack').managementToken}` },
    body: JSON.stringify(changes),
  });
  expect(response.status).toBe(200);
};

/** A customer whose operational webhooks arrive at the receiver under `path`. */
const customerWithListener = async (path: string) => {
  const customer = await freshOrganization();
  const { listener, endpoint } = await listenTo(management, customer, path);
  const { key } = await management.endpoint.getSecret(listener.id, endpoint.id);
  const heard = (count: number) => webhooks({ path }, count);
  return { customer, listener, key, heard };
};

const parsed = (received: readonly Received[]) =>
  received.map((webhook) => JSON.parse(bodyOf(webhook)) as { type: string; data: Record<string, unknown> });
const sortedTypes = (received: readonly Received[]) =>
  parsed(received)
    .map(({ type }) => type)
    .toSorted();

describe('operational webhooks', () => {
  it('report that an endpoint was created, updated and deleted, signed and in that order', async () => {
    const { customer, listener, key, heard } = await customerWithListener('/op-life');
    const app = await customer.svix.application.create({ name: 'Acme', uid: 'acme' });
    const { id } = await customer.svix.endpoint.create('acme', { url: hookUrl('/op-x'), uid: 'mine' });
    await customer.svix.endpoint.patch('acme', id, { description: 'new' });
    await customer.svix.endpoint.patchHeaders('acme', id, { headers: { 'X-Quiet': 'yes' } });
    await customer.svix.endpoint.rotateSecret('acme', id, {});
    await customer.svix.endpoint.delete('acme', id);
    const received = await heard(4);
    for (const webhook of received) new Webhook(key).verify(bodyOf(webhook), headersOf(webhook));
    expect(parsed(received).find(({ type }) => type === 'endpoint.deleted')).toEqual({
      type: 'endpoint.deleted',
      data: { appId: app.id, appUid: 'acme', endpointId: id, endpointUid: 'mine' },
    });
    const { data } = await management.message.list(listener.id);
    expect(data.map(({ eventType }) => eventType).toReversed()).toEqual([
      'endpoint.created',
      'endpoint.updated',
      'endpoint.updated',
      'endpoint.deleted',
    ]);
  });

  it('report that a message is failing and then that it is exhausted', async () => {
    const { customer, heard } = await customerWithListener('/op-exhausted');
    await settings(customer, FOUR_RETRIES);
    const app = await customer.svix.application.create({ name: 'Acme' });
    const endpoint = await customer.svix.endpoint.create(app.id, { url: hookUrl('/op-fails?status=503') });
    const message = await customer.svix.message.create(app.id, {
      ...{ eventType: 'invoice.paid', eventId: 'evt-1', payload: {} },
    });
    const received = await heard(3);
    const events = parsed(received);
    expect(sortedTypes(received)).toEqual([
      'endpoint.created',
      'message.attempt.exhausted',
      'message.attempt.failing',
    ]);
    expect(events.find(({ type }) => type === 'message.attempt.exhausted')?.data).toEqual({
      ...{ appId: app.id, appUid: null, msgId: message.id, msgEventId: 'evt-1', endpointId: endpoint.id },
      lastAttempt: {
        id: expect.stringMatching(/^atmpt_/),
        responseStatusCode: 503,
        timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
        cause: 'status_5xx',
      },
    });
  });

  it('report that a message recovered on its fifth attempt', async () => {
    const { customer, heard } = await customerWithListener('/op-recovered');
    await settings(customer, FOUR_RETRIES);
    const app = await customer.svix.application.create({ name: 'Acme' });
    await customer.svix.endpoint.create(app.id, { url: hookUrl('/op-flaps?flap=4') });
    await customer.svix.message.create(app.id, { eventType: 'invoice.paid', payload: {} });
    expect(sortedTypes(await heard(3))).toEqual([
      'endpoint.created',
      'message.attempt.failing',
      'message.attempt.recovered',
    ]);
  });

  it('report that an endpoint was disabled after a 410, with its uid and failSince', async () => {
    const { customer, heard } = await customerWithListener('/op-gone');
    const app = await customer.svix.application.create({ name: 'Acme' });
    await customer.svix.endpoint.create(app.id, { url: hookUrl('/op-410?status=410'), uid: 'old' });
    await customer.svix.message.create(app.id, { eventType: 'invoice.paid', payload: {} });
    const received = await heard(3);
    expect(sortedTypes(received)).toEqual([
      'endpoint.created',
      'endpoint.disabled',
      'message.attempt.exhausted',
    ]);
    const disabled = parsed(received).find(({ type }) => type === 'endpoint.disabled');
    expect(disabled?.data).toMatchObject({ endpointUid: 'old', failSince: expect.stringMatching(/Z$/) });
  });

  it('are not published for an organization whose setting operationalWebhooks is false', async () => {
    const off = await customerWithListener('/op-off');
    await settings(off.customer, { operationalWebhooks: false });
    const on = await customerWithListener('/op-on');
    for (const { customer } of [off, on]) {
      const app = await customer.svix.application.create({ name: 'Acme' });
      await customer.svix.endpoint.create(app.id, { url: hookUrl('/op-x') });
    }
    await on.heard(1);
    expect((await management.message.list(off.listener.id)).data).toEqual([]);
  });

  it('have event types that the management organization can list and filter by from the first deployment on', async () => {
    const { data } = await management.eventType.list();
    const names = data.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['endpoint.created', 'endpoint.disabled', 'message.attempt.recovered']),
    );
    const listener = await management.application.create({ name: 'Filtered' });
    const filtered = { url: hookUrl('/op-filtered'), filterTypes: names.slice(0, 7) };
    await eventually(() => management.endpoint.create(listener.id, filtered));
  });
});
