import { expect, it } from 'vitest';
import { column } from '../../support/api.ts';
import type { Body } from '../../support/api.ts';
import { freshSender } from '../../support/delivering.ts';
import type { Sender } from '../../support/delivering.ts';

/** Which endpoints fan-out selects for a message. */

/** Publishes a message, then one that every endpoint gets; returns the uids of the endpoints that got the first by then. */
const reached = async (
  sender: Sender,
  fields: object,
  everybody: object,
  count: number,
): Promise<string[]> => {
  const message = await sender.publish(fields);
  const last = await sender.publish(everybody);
  await sender.destinations(String(last['id']), count);
  return [...(await sender.destinations(String(message['id']), 0))];
};

it('fan-out: an endpoint with eventTypes gets messages of those types only', async () => {
  const sender = await freshSender();
  for (const name of ['order.paid', 'order.sent']) {
    await sender.ask('POST', '/event-type', { name, description: '' });
  }
  await sender.endpoint('all', '/matching');
  await sender.endpoint('paid', '/matching', { eventTypes: ['order.paid'] });
  await sender.endpoint('sent', '/matching', { eventTypes: ['order.sent'] });
  expect(await reached(sender, { eventType: 'order.paid' }, { eventType: 'order.sent' }, 2)).toEqual([
    'all',
    'paid',
  ]);
});

it('fan-out: an endpoint with channels gets messages that share a channel, and none without channels', async () => {
  const sender = await freshSender();
  await sender.endpoint('all', '/matching');
  await sender.endpoint('eu', '/matching', { channels: ['eu', 'de'] });
  await sender.endpoint('us', '/matching', { channels: ['us'] });
  const everybody = { channels: ['eu', 'us'] };
  expect(await reached(sender, { channels: ['de', 'x'] }, everybody, 3)).toEqual(['all', 'eu']);
  expect(await reached(sender, {}, everybody, 3)).toEqual(['all']);
});

it('fan-out: disabled and deleted endpoints get no message', async () => {
  const sender = await freshSender();
  await sender.endpoint('on', '/matching');
  await sender.endpoint('off', '/matching', { disabled: true });
  await sender.endpoint('gone', '/matching');
  await sender.send('DELETE', '/app/acme/endpoint/gone');
  expect(await reached(sender, {}, {}, 1)).toEqual(['on']);
});

it('fan-out: messages of unknown and archived event types are accepted and delivered', async () => {
  const sender = await freshSender();
  await sender.ask('POST', '/event-type', { name: 'old', description: '' });
  await sender.endpoint('all', '/matching');
  await sender.endpoint('old', '/matching', { eventTypes: ['old'] });
  await sender.send('DELETE', '/event-type/old');
  expect(await reached(sender, { eventType: 'unknown' }, { eventType: 'old' }, 2)).toEqual(['all']);
  expect((await sender.publish({ eventType: 'old' }))['eventType']).toBe('old');
});

it('an endpoint cannot be filtered by an archived event type until that is created again', async () => {
  const sender = await freshSender();
  const type = (description: string) => sender.send('POST', '/event-type', { name: 'old', description });
  await type('first');
  await sender.send('DELETE', '/event-type/old');
  const filtered = () =>
    sender.send('POST', '/app/acme/endpoint', { url: 'https://example.com', eventTypes: ['old'] });
  expect((await filtered()).status).toBe(422);
  expect((await type('second')).status).toBe(201);
  expect(await sender.ask('GET', '/event-type/old')).toMatchObject({
    description: 'second',
    archived: false,
  });
  expect((await filtered()).status).toBe(201);
});

it('a feature flag hides an event type from application tokens without the flag, and from no other token', async () => {
  const sender = await freshSender();
  await sender.ask('POST', '/event-type', { name: 'open', description: '' });
  await sender.ask('POST', '/event-type', { name: 'beta', description: '', featureFlag: 'beta' });
  const { id } = await sender.ask('GET', '/app/acme');
  const portal = await sender.as(String(id));
  expect(column((await portal('GET', '/event-type')).json as Body, 'name')).toEqual(['open']);
  expect((await portal('GET', '/event-type/beta')).status).toBe(404);
  expect(column(await sender.ask('GET', '/event-type'), 'name')).toEqual(['beta', 'open']);
  const hidden = { url: 'https://example.com', eventTypes: ['beta'] };
  expect((await portal('POST', '/app/acme/endpoint', hidden)).status).toBe(201);
});

it('an application token with the feature flag reads the event type behind it', async () => {
  const sender = await freshSender();
  await sender.ask('POST', '/event-type', { name: 'beta', description: '', featureFlag: 'beta' });
  const { token } = await sender.ask('POST', '/auth/app-portal-access/acme', { featureFlags: ['beta'] });
  const answer = await sender.send('GET', '/event-type/beta', undefined, {
    authorization: `Bearer ${String(token)}`,
  });
  expect([answer.status, answer.json.featureFlag]).toEqual([200, 'beta']);
});

it.each([
  ['disabling the endpoint', { disabled: true }],
  ['filtering the message out', { channels: ['none'] }],
])('%s stops the planned retries', async (_name, change) => {
  const sender = await freshSender({ retrySchedule: [2, 2, 2] });
  await sender.endpoint('ep', '/stopped?status=500');
  const { id } = await sender.publish();
  await sender.attempts(String(id));
  await sender.ask('PATCH', '/app/acme/endpoint/ep', change);
  // One more attempt may already be in flight.
  const most = (await sender.received(String(id))).length + 1;
  // Waits as long as three attempts of another endpoint take.
  await sender.endpoint('witness', '/witness?script=500,500,200');
  const later = await sender.publish();
  await sender.received(String(later['id']), 3);
  expect((await sender.received(String(id))).length).toBeLessThanOrEqual(most);
});
