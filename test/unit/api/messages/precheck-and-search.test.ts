import { describe, expect, it } from 'vitest';
import { NOW, ORG } from '../fakes.ts';
import { column, complaints, makeClient, token } from '../client.ts';
import { startDelivering } from '../deliveries.ts';

const PRECHECK = '/api/v1/app/acme/msg/precheck/active';
const SEARCH = '/api/v1/app/acme/msg/search';

const start = async (...endpoints: readonly object[]) => {
  const client = await makeClient();
  await client.send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
  await client.send('POST', '/api/v1/event-type', { name: 'a', description: '' });
  for (const endpoint of endpoints)
    await client.send('POST', '/api/v1/app/acme/endpoint', {
      url: 'https://x.test',
      uid: 'ep1',
      ...endpoint,
    });
  const active = async (body: object): Promise<unknown> => {
    const { status, json } = await client.send('POST', PRECHECK, body);
    return status === 200 ? json.active : status;
  };
  return { ...client, active };
};

describe('precheck', () => {
  it('answers as fan-out would match, by event type and channel', async () => {
    const { active } = await start({ eventTypes: ['a'], channels: ['eu'] });
    expect(await active({ eventType: 'a', channels: ['us', 'eu'] })).toBe(true);
    expect(await active({ eventType: 'b', channels: ['eu'] })).toBe(false);
    expect(await active({ eventType: 'a', channels: ['us'] })).toBe(false);
    expect(await active({ eventType: 'a' })).toBe(false);
    expect(await active({ eventType: 'a', channels: null })).toBe(false);
  });

  it('is false without an endpoint, and for a disabled one, from the moment of the change', async () => {
    const none = await start();
    expect(await none.active({ eventType: 'a' })).toBe(false);
    const { active, send } = await start({});
    const headers = { 'idempotency-key': 'same' };
    expect((await send('POST', PRECHECK, { eventType: 'a' }, headers)).json).toEqual({ active: true });
    await send('PATCH', '/api/v1/app/acme/endpoint/ep1', { disabled: true });
    expect(await active({ eventType: 'a' })).toBe(false);
    // An answer of before would be wrong now, so the key is ignored.
    const repeat = await send('POST', PRECHECK, { eventType: 'a' }, headers);
    expect([repeat.json, repeat.headers.get('idempotency-replayed')]).toEqual([{ active: false }, null]);
  });

  it('makes no message', async () => {
    const { active, simulation } = await start({});
    expect(await active({ eventType: 'a', payload: {}, anything: 1 })).toBe(true);
    expect(simulation.messages.all()).toEqual([]);
  });

  it('refuses what is no event type and no set of one to ten channels', async () => {
    const { active } = await start();
    const channels = (count: number) => Array.from({ length: count }, (_, index) => `c${index}`);
    expect(await active({ eventType: 'a', channels: channels(10) })).toBe(false);
    for (const body of [
      {},
      { eventType: 'a b' },
      { eventType: 'a', channels: [] },
      { eventType: 'a', channels: channels(11) },
      { eventType: 'a', channels: ['a b'] },
    ])
      expect([body, await active(body)]).toEqual([body, 422]);
  });

  it('is 404 for an unknown application and for one of another organization, and 403 for application tokens', async () => {
    const { send, simulation } = await start({});
    const body = { eventType: 'a' };
    expect((await send('POST', '/api/v1/app/nope/msg/precheck/active', body)).status).toBe(404);
    const foreign = { authorization: `Bearer ${await token({ sub: 'org_other' })}` };
    expect((await send('POST', PRECHECK, body, foreign)).status).toBe(404);
    const [app] = [...simulation.applications.values()];
    const own = { authorization: `Bearer ${await token({ sub: app?.id, org: ORG })}` };
    expect((await send('POST', PRECHECK, body, own)).status).toBe(403);
  });
});

const publish = async (send: Awaited<ReturnType<typeof start>>['send'], ...messages: readonly object[]) => {
  for (const message of messages)
    await send('POST', '/api/v1/app/acme/msg', { eventType: 'a', payload: { n: 1 }, ...message });
};

describe('search', () => {
  it('finds messages by tag, channel, event types and time', async () => {
    const { send } = await start();
    await publish(
      send,
      { eventId: 'one', tags: ['vip'], channels: ['eu'] },
      { eventId: 'two', tags: ['vip'], eventType: 'b' },
      { eventId: 'three', channels: ['eu'], eventType: 'b' },
    );
    const found = async (body: object) => column(await send('POST', SEARCH, body), 'eventId');
    expect(await found({})).toEqual(['three', 'two', 'one']);
    expect(await found({ tag: 'vip' })).toEqual(['two', 'one']);
    expect(await found({ channel: 'eu' })).toEqual(['three', 'one']);
    expect(await found({ event_types: ['b', 'c'] })).toEqual(['three', 'two']);
    expect(await found({ tag: 'vip', channel: 'eu', event_types: ['a'] })).toEqual(['one']);
    const hour = 3_600_000;
    const at = (ms: number) => new Date(NOW + ms).toISOString();
    expect(await found({ before: at(-hour) })).toEqual([]);
    expect(await found({ after: at(-hour), before: at(hour) })).toEqual(['three', 'two', 'one']);
    const nulls = { channel: null, tag: null, event_types: null, before: null, after: null, iterator: null };
    expect(await found(nulls)).toEqual(['three', 'two', 'one']);
  });

  it('answers in pages like the list, without contents unless asked', async () => {
    const { send } = await start();
    await publish(send, { eventId: 'one' }, { eventId: 'two' }, { eventId: 'three' });
    const first = await send('POST', SEARCH, { limit: 2 });
    expect([column(first, 'eventId'), first.json.done]).toEqual([['three', 'two'], false]);
    expect(column(first, 'payload')).toEqual([{}, {}]);
    const rest = await send('POST', SEARCH, { iterator: first.json.iterator, with_content: true });
    expect([column(rest, 'eventId'), column(rest, 'payload')]).toEqual([['one'], [{ n: 1 }]]);
    const listed = await send('GET', '/api/v1/app/acme/msg?limit=2&with_content=false');
    expect(listed.json).toEqual(first.json);
  });

  it('refuses values that the list refuses too', async () => {
    const { send } = await start();
    expect(complaints(await send('POST', SEARCH, { limit: 251 }))).toEqual(['body/limit value_error']);
    expect(complaints(await send('POST', SEARCH, { iterator: 'ep_1' }))).toHaveLength(1);
    for (const body of [{ limit: 0 }, { tag: 'a b' }, { before: 'soon' }, { event_types: [] }])
      expect([body, (await send('POST', SEARCH, body)).status]).toEqual([body, 422]);
  });

  it('is open to tokens of the application, and to no other', async () => {
    const { send, simulation } = await startDelivering();
    await send('POST', '/api/v1/app', { name: 'Other', uid: 'other' });
    const [app, other] = [...simulation.applications.values()];
    const as = async (sub: string | undefined) => ({
      authorization: `Bearer ${await token({ sub, org: ORG, capabilities: ['ViewBase'] })}`,
    });
    expect(column(await send('POST', SEARCH, {}, await as(app?.id)), 'eventId')).toEqual(['evt1']);
    expect((await send('POST', SEARCH, {}, await as(other?.id))).status).toBe(404);
    const foreign = { authorization: `Bearer ${await token({ sub: 'org_other' })}` };
    expect((await send('POST', SEARCH, {}, foreign)).status).toBe(404);
  });
});
