import { describe, expect, it } from 'vitest';
import { NOW, ORG } from '../fakes.ts';
import { makeClient, token } from '../client.ts';

/** An application with an endpoint that filters on one channel, and a message without channels. */
const start = async () => {
  const client = await makeClient();
  await client.send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
  const url = 'https://x.test';
  const { json } = await client.send('POST', '/api/v1/app/acme/endpoint', {
    url,
    uid: 'ep1',
    channels: ['eu'],
  });
  const message = await client.send('POST', '/api/v1/app/acme/msg', {
    eventType: 'order.paid',
    eventId: 'evt1',
    payload: { n: 1 },
  });
  const messageId: string = message.json.id;
  const path = `/api/v1/app/acme/msg/${messageId}/endpoint/${json.id}/resend`;
  return { ...client, endpointId: json.id as string, messageId, path };
};

describe('resend', () => {
  it('queues one manual delivery and answers an empty object', async () => {
    const { send, simulation, path, messageId, endpointId } = await start();
    const { status, text } = await send('POST', `${path}/`);
    expect([status, text]).toEqual([202, '{}']);
    expect(simulation.queued).toEqual([
      {
        delivery: {
          orgId: ORG,
          appId: expect.stringMatching(/^app_/),
          messageId,
          endpointId,
          trigger: { kind: 'manual', request: expect.stringMatching(/^[\w-]{32}$/) },
          schedule: [],
        },
        delaySeconds: 0,
      },
    ]);
  });

  it('accepts an eventId, a uid and a token of the same application', async () => {
    const { send, simulation } = await start();
    const [app] = simulation.applications.values();
    const authorization = `Bearer ${await token({ sub: app!.id, org: ORG })}`;
    const path = '/api/v1/app/acme/msg/evt1/endpoint/ep1/resend';
    expect((await send('POST', path, undefined, { authorization })).status).toBe(202);
  });

  it('derives the delivery from the idempotency key, so that a repeat is the same delivery', async () => {
    const { send, simulation, path } = await start();
    const headers = { 'idempotency-key': 'k' };
    await send('POST', path, undefined, headers);
    await send('POST', path, undefined, headers);
    expect(simulation.queued).toHaveLength(1);
    await send('POST', path, undefined, { 'idempotency-key': 'other' });
    expect(new Set(simulation.queued.map(({ delivery }) => JSON.stringify(delivery.trigger))).size).toBe(2);
  });

  it('to a disabled endpoint is refused and queues nothing', async () => {
    const { send, simulation, path } = await start();
    await send('PATCH', '/api/v1/app/acme/endpoint/ep1', { disabled: true });
    const { status, json } = await send('POST', path);
    expect([status, json.code]).toEqual([400, 'endpoint_disabled']);
    expect(json.detail).toEqual(expect.any(String));
    expect(simulation.queued).toEqual([]);
  });

  it('of a message without a payload is refused', async () => {
    const { send, simulation, path } = await start();
    const [stored] = simulation.messages.all();
    simulation.messages.replace({ ...stored!, payloadExpiresAt: NOW });
    const { status, json } = await send('POST', path);
    expect([status, json.code]).toEqual([400, 'missing_payload']);
    expect(simulation.queued).toEqual([]);
  });

  it.each([
    '/api/v1/app/nope/msg/evt1/endpoint/ep1/resend',
    '/api/v1/app/acme/msg/nothing/endpoint/ep1/resend',
    '/api/v1/app/acme/msg/evt1/endpoint/nope/resend',
  ])('answers 404 to POST %s', async (path) => {
    const { send } = await start();
    const { status, json } = await send('POST', path);
    expect([status, json.code]).toEqual([404, 'not_found']);
  });
});
