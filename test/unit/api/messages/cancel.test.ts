import { describe, expect, it } from 'vitest';
import { CANCEL_LEAD_MS } from '../../../../functions/publish/cancel-message.flow.ts';
import { NOW, ORG } from '../fakes.ts';
import { makeClient, token } from '../client.ts';

const APP = '/api/v1/app/acme';
const at = (ms: number) => new Date(NOW + ms).toISOString();
const HOUR = 3_600_000;

const start = async (deliverAt: string | null = at(HOUR)) => {
  const client = await makeClient();
  const { send } = client;
  await send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
  await send('POST', `${APP}/endpoint`, { url: 'https://x.test', uid: 'ep1' });
  const body = { eventType: 'a', eventId: 'evt1', payload: { n: 1 }, deliverAt };
  const message = (await send('POST', `${APP}/msg`, body)).json;
  return { ...client, message, cancel: (id = 'evt1') => send('POST', `${APP}/msg/${id}/cancel`) };
};

describe('canceling a message', () => {
  it('answers with the instant, again to a repeat, and the message shows it', async () => {
    const { send, message, cancel } = await start();
    expect(message).not.toHaveProperty('canceledAt');
    const expected = { id: message.id, canceledAt: at(0) };
    for (const id of ['evt1', String(message.id)]) {
      const { status, json } = await cancel(id);
      expect([status, json]).toEqual([200, expected]);
    }
    const canceled = { ...message, canceledAt: at(0) };
    expect((await send('GET', `${APP}/msg/evt1`)).json).toEqual(canceled);
    expect((await send('GET', `${APP}/msg`)).json.data).toEqual([canceled]);
  });

  it('keeps the message from being resent', async () => {
    const { send, cancel, simulation } = await start();
    await cancel();
    const { status, json } = await send('POST', `${APP}/msg/evt1/endpoint/ep1/resend`);
    expect([status, json.code]).toEqual([400, 'message_canceled']);
    expect(simulation.queued).toEqual([]);
  });

  it('answers 409 for a message that is due at once or too soon', async () => {
    // A deliverAt is at least a minute ahead when the message is published.
    expect(CANCEL_LEAD_MS).toBeLessThan(60_000);
    const { cancel, simulation, send } = await start(null);
    expect((await cancel()).status).toBe(409);
    const [message] = simulation.messages.all();
    simulation.messages.replace({ ...message!, deliverAt: NOW + CANCEL_LEAD_MS });
    const { status, json } = await cancel();
    expect([status, json.code]).toEqual([409, 'conflict']);
    expect(json.detail).toContain(`${CANCEL_LEAD_MS / 1000} seconds`);
    simulation.messages.replace({ ...message!, deliverAt: NOW + CANCEL_LEAD_MS + 1 });
    expect((await cancel()).status).toBe(200);
    expect((await send('GET', `${APP}/msg/evt1`)).json.canceledAt).toBe(at(0));
  });

  it('is for the organization of the message alone', async () => {
    const { send, cancel, message, simulation } = await start();
    expect((await cancel('nope')).status).toBe(404);
    await send('POST', '/api/v1/app', { name: 'Other', uid: 'other' });
    for (const id of ['evt1', message.id])
      expect((await send('POST', `/api/v1/app/other/msg/${id}/cancel`)).status).toBe(404);
    const foreign = { authorization: `Bearer ${await token({ sub: 'org_other' })}` };
    expect((await send('POST', `${APP}/msg/evt1/cancel`, undefined, foreign)).status).toBe(404);
    const [app] = [...simulation.applications.values()];
    const own = { authorization: `Bearer ${await token({ sub: app?.id, org: ORG })}` };
    expect((await send('POST', `${APP}/msg/evt1/cancel`, undefined, own)).status).toBe(403);
    expect(simulation.messages.all().some(({ canceledAt }) => canceledAt !== undefined)).toBe(false);
  });
});
