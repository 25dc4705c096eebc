import { describe, expect, it } from 'vitest';
import { makeClient, token } from './client.ts';

const KEY = { 'idempotency-key': 'k' };

describe('an idempotency key', () => {
  it.each([
    ['/api/v1/app', { name: 'Acme' }, 201],
    ['/api/v1/event-type', { name: 'order.paid', description: '' }, 201],
    ['/api/v1/app/first/endpoint', { url: 'https://x.test' }, 201],
    ['/api/v1/auth/app-portal-access/first', {}, 200],
  ])('replays status, headers and body of POST %s', async (path, body, status) => {
    const { send } = await makeClient();
    await send('POST', '/api/v1/app', { name: 'First', uid: 'first' });
    const first = await send('POST', path, body, KEY);
    const second = await send('POST', `${path}/`, body, KEY);
    expect(first.status).toBe(status);
    expect([second.status, second.text]).toEqual([first.status, first.text]);
    expect([...second.headers]).toEqual([...first.headers]);
  });

  it('replays an answer without a body', async () => {
    const { send, world } = await makeClient();
    await send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
    const { json } = await send('POST', '/api/v1/app/acme/endpoint', { url: 'https://x.test' });
    const path = `/api/v1/app/acme/endpoint/${json.id}/secret/rotate`;
    const answers = [await send('POST', path, {}, KEY), await send('POST', path, {}, KEY)];
    expect(answers.map(({ status, text }) => [status, text])).toEqual([
      [204, ''],
      [204, ''],
    ]);
    expect([...world.endpoints.values()][0]?.oldSecrets).toHaveLength(1);
  });

  it('replays whatever the body says, also one that is no JSON', async () => {
    const { send } = await makeClient();
    const first = await send('POST', '/api/v1/app', { name: 'Acme' }, KEY);
    expect((await send('POST', '/api/v1/app', { name: 'Other' }, KEY)).text).toBe(first.text);
    expect((await send('POST', '/api/v1/app', 'no JSON', KEY)).text).toBe(first.text);
  });

  it.each([
    ['another body', { eventType: 'b', payload: {} }],
    ['a body that is no JSON', 'no JSON'],
    ['a body that breaks a rule', { eventType: 'a', payload: {}, eventId: 'msg_x' }],
  ])('replays a publish with %s', async (_, body) => {
    const { send, world } = await makeClient();
    await send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
    const first = await send('POST', '/api/v1/app/acme/msg', { eventType: 'a', payload: { n: 1 } }, KEY);
    world.applications.clear();
    const second = await send('POST', '/api/v1/app/acme/msg/', body, KEY);
    expect([second.status, second.json.id]).toEqual([202, first.json.id]);
    expect(second.json.payload).toEqual({ n: 1 });
    const other = await send('POST', '/api/v1/app/acme/msg?with_content=false', 'no JSON', KEY);
    expect(other.status).toBe(422);
  });

  it('replays the creation of what was deleted since', async () => {
    const { send } = await makeClient();
    const first = await send('POST', '/api/v1/app', { name: 'Acme' }, KEY);
    await send('DELETE', `/api/v1/app/${first.json.id}`);
    expect((await send('POST', '/api/v1/app', { name: 'Acme' }, KEY)).text).toBe(first.text);
  });

  it.each([
    ['another key', '/api/v1/app', { 'idempotency-key': 'other' }],
    ['a query', '/api/v1/app?x', KEY],
    ['no key', '/api/v1/app', {}],
    ['a key that is no header text', '/api/v1/app', { 'idempotency-key': 'é' }],
  ])('does not replay for %s', async (_, path, headers) => {
    const { send } = await makeClient();
    const first = await send('POST', '/api/v1/app', { name: 'Acme' }, KEY);
    const second = await send('POST', path, { name: 'Acme' }, headers);
    expect([second.status, second.text === first.text]).toEqual([201, false]);
  });

  it('counts when it is empty', async () => {
    const { send } = await makeClient();
    const headers = { 'idempotency-key': '' };
    const first = await send('POST', '/api/v1/app', { name: 'Acme' }, headers);
    expect((await send('POST', '/api/v1/app', { name: 'Acme' }, headers)).text).toBe(first.text);
  });

  it('belongs to its token', async () => {
    const { send } = await makeClient();
    const first = await send('POST', '/api/v1/app', { name: 'Acme' }, KEY);
    const authorization = `Bearer ${await token({ sub: 'org_other' })}`;
    const second = await send('POST', '/api/v1/app', { name: 'Acme' }, { ...KEY, authorization });
    expect(second.json.id).not.toBe(first.json.id);
  });

  it('is free again after a refusal', async () => {
    const { send } = await makeClient();
    expect((await send('POST', '/api/v1/app', {}, KEY)).status).toBe(422);
    expect((await send('POST', '/api/v1/app/a/endpoint', { url: 'https://x.test' }, KEY)).status).toBe(404);
    expect((await send('POST', '/api/v1/app', { name: 'Acme' }, KEY)).status).toBe(201);
  });

  it('makes one of fifty requests at once', async () => {
    const { send, world } = await makeClient();
    const all = Array.from({ length: 50 }, () => send('POST', '/api/v1/app', { name: 'Acme' }, KEY));
    const answers = await Promise.all(all);
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(world.applications.size).toBe(1);
  });

  it('says nothing to methods other than POST', async () => {
    const { send } = await makeClient();
    const made = await send('PUT', '/api/v1/app/x', { name: 'Acme' }, KEY);
    const again = await send('PUT', '/api/v1/app/x', { name: 'Acme' }, KEY);
    expect(again.json.id).not.toBe(made.json.id);
  });
});
