import { describe, expect, it } from 'vitest';
import { complaints, makeClient } from '../client.ts';
import { NOW } from '../fakes.ts';

const ROTATE = '/api/v1/app/acme/endpoint/ep1/secret/rotate';
const SECRET = '/api/v1/app/acme/endpoint/ep1/secret';
const KEY = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const decode = 'value_error.jsondecode';

const start = async () => {
  const client = await makeClient();
  await client.send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
  const { json } = await client.send('POST', '/api/v1/app/acme/endpoint', { url: 'https://x', uid: 'ep1' });
  const id: string = json.id;
  return { ...client, stored: () => client.simulation.endpoints.get(id)! };
};

describe('secret rotation', () => {
  it('generates a secret and keeps the old one for signing for a day', async () => {
    const { send, stored } = await start();
    const before = stored().secret.sealed;
    const { status, text } = await send('POST', ROTATE, {});
    expect([status, text]).toEqual([204, '']);
    expect(stored().oldSecrets).toEqual([{ sealed: before, expiresAt: NOW + 86_400_000 }]);
    expect(stored().secret.sealed).not.toEqual(before);
  });

  it('accepts a secret and a grace period', async () => {
    const { send, stored } = await start();
    await send('POST', ROTATE, { key: KEY, gracePeriodSeconds: 604_800 });
    expect((await send('GET', SECRET)).json).toEqual({ key: KEY });
    expect(stored().oldSecrets[0]?.expiresAt).toBe(NOW + 604_800_000);
    await send('POST', ROTATE, { gracePeriodSeconds: 0 });
    expect(stored().oldSecrets).toHaveLength(1);
  });

  it.each([
    ['svix-libs/2.7.0/python', 200],
    ['svix-libs/3.0.0/rust', 200],
    ['svix-libs/2.6.9/go', 204],
    ['svix-libs/1.99.1/javascript', 204],
    ['curl/8', 204],
  ])('is answered to the client %s with %i', async (agent, status) => {
    const { send } = await start();
    const answer = await send('POST', ROTATE, { key: KEY }, { 'user-agent': agent });
    expect([answer.status, answer.json]).toEqual([status, status === 200 ? { key: KEY } : undefined]);
  });

  it('to the current secret changes nothing and does not count towards the limit', async () => {
    const { send, stored } = await start();
    await send('POST', ROTATE, { key: KEY });
    const before = stored();
    for (let count = 0; count < 12; count += 1) {
      const { status } = await send('POST', ROTATE, { key: KEY }, { 'idempotency-key': `k${count}` });
      expect(status).toBe(204);
    }
    expect(stored()).toBe(before);
    const newest = await send('POST', ROTATE, { key: KEY }, { 'user-agent': 'svix-libs/2.9.1/python' });
    expect([newest.status, newest.json]).toEqual([200, { key: KEY }]);
  });

  it('back to an old secret removes it from the old ones', async () => {
    const { send, stored, simulation } = await start();
    const opened = () =>
      stored().oldSecrets.map(({ sealed }) => simulation.deps.secrets.open(sealed, stored().id));
    await send('POST', ROTATE, { key: KEY });
    const first = opened();
    await send('POST', ROTATE, { key: first[0] });
    expect(opened()).toEqual([KEY]);
  });

  it('is refused while ten old secrets are valid', async () => {
    const { send } = await start();
    for (let count = 0; count < 10; count += 1) expect((await send('POST', ROTATE, {})).status).toBe(204);
    const { status, json } = await send('POST', ROTATE, {});
    expect([status, json.code]).toEqual([400, 'limit_reached']);
  });

  it.each([
    [{ key: 'whsec_short' }, `body/key ${decode}`],
    [{ key: 'whsec_MTIz' }, 'body/key/__all__ value_error'],
    [{ gracePeriodSeconds: 604_801 }, 'body/grace_period_seconds value_error'],
    [{ gracePeriodSeconds: -1 }, `body/gracePeriodSeconds ${decode}`],
    ['', `body// ${decode}`],
  ])('refuses %j', async (body, complaint) => {
    const { send } = await start();
    expect(complaints(await send('POST', ROTATE, body))).toEqual([complaint]);
  });
});
