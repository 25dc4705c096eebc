import { describe, expect, it } from 'vitest';
import { LockLost } from '../../../functions/idempotency/run-once.flow.ts';
import { makeClient, token } from './client.ts';
import type { Answer } from './client.ts';
import { NOW } from './fakes.ts';

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
    expect([...second.headers]).toEqual([...first.headers, ['idempotency-replayed', 'true']].toSorted());
  });

  it('replays an answer that has no body', async () => {
    const { send, simulation } = await makeClient();
    await send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
    const { json } = await send('POST', '/api/v1/app/acme/endpoint', { url: 'https://x.test' });
    const path = `/api/v1/app/acme/endpoint/${json.id}/secret/rotate`;
    const answers = [await send('POST', path, {}, KEY), await send('POST', path, {}, KEY)];
    expect(answers.map(({ status, text }) => [status, text])).toEqual([
      [204, ''],
      [204, ''],
    ]);
    expect([...simulation.endpoints.values()][0]?.oldSecrets).toHaveLength(1);
  });

  it('replays the stored answer for any later body, even one that is not JSON', async () => {
    const { send } = await makeClient();
    const first = await send('POST', '/api/v1/app', { name: 'Acme' }, KEY);
    expect((await send('POST', '/api/v1/app', { name: 'Other' }, KEY)).text).toBe(first.text);
    expect((await send('POST', '/api/v1/app', 'no JSON', KEY)).text).toBe(first.text);
  });

  it.each([
    ['another body', { eventType: 'b', payload: {} }],
    ['a body that is not JSON', 'no JSON'],
    ['a body that breaks a rule', { eventType: 'a', payload: {}, eventId: 'msg_x' }],
  ])('replays an accepted publish for a repeat with %s', async (_, body) => {
    const { send, simulation } = await makeClient();
    await send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
    const first = await send('POST', '/api/v1/app/acme/msg', { eventType: 'a', payload: { n: 1 } }, KEY);
    simulation.applications.clear();
    const second = await send('POST', '/api/v1/app/acme/msg/', body, KEY);
    expect([second.status, second.json.id]).toEqual([202, first.json.id]);
    expect(second.json.payload).toEqual({ n: 1 });
    const other = await send('POST', '/api/v1/app/acme/msg?with_content=false', 'no JSON', KEY);
    expect(other.status).toBe(422);
  });

  it('replays the creation of an application that was deleted since', async () => {
    const { send } = await makeClient();
    const first = await send('POST', '/api/v1/app', { name: 'Acme' }, KEY);
    await send('DELETE', `/api/v1/app/${first.json.id}`);
    expect((await send('POST', '/api/v1/app', { name: 'Acme' }, KEY)).text).toBe(first.text);
  });

  it.each([
    ['another key', '/api/v1/app', { 'idempotency-key': 'other' }],
    ['another query string', '/api/v1/app?x', KEY],
    ['no key', '/api/v1/app', {}],
    ['a key with characters that no header may have', '/api/v1/app', { 'idempotency-key': 'é' }],
  ])('does not replay for %s', async (_, path, headers) => {
    const { send } = await makeClient();
    const first = await send('POST', '/api/v1/app', { name: 'Acme' }, KEY);
    const second = await send('POST', path, { name: 'Acme' }, headers);
    expect([second.status, second.text === first.text]).toEqual([201, false]);
  });

  it.each(['', ' ', ' \t ', '   '])('is ignored when it is blank: %j', async (key) => {
    const { send, simulation } = await makeClient();
    const headers = { 'idempotency-key': key };
    const first = await send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' }, headers);
    expect((await send('POST', '/api/v1/app', { name: 'Acme' }, headers)).json.id).not.toBe(first.json.id);
    await send('POST', '/api/v1/app/acme/msg', { eventType: 'a', payload: {} }, headers);
    await send('POST', '/api/v1/app/acme/msg', { eventType: 'b', payload: {} }, headers);
    expect(simulation.published.map(({ eventType, idempotency }) => [eventType, idempotency])).toEqual([
      ['a', null],
      ['b', null],
    ]);
  });

  it.each([
    ['/api/v1/app', { name: 'Acme' }, 201],
    ['/api/v1/app/acme/msg', { eventType: 'a', payload: {} }, 202],
    ['/api/v1/app/acme/endpoint/ep/secret/rotate', {}, 204],
    ['/api/v1/app/acme/endpoint/ep/send-example', { eventType: 'svix.ping' }, 200],
    ['/api/v1/app/acme/endpoint/ep/recover', { since: '2026-11-22T00:00:00Z' }, 202],
    ['/api/v1/auth/app-portal-access/acme', {}, 200],
  ])(
    'marks replayed answers of POST %s, and marks a mismatch when the body differs',
    async (path, body, status) => {
      const { send, simulation } = await makeClient();
      await send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
      await send('POST', '/api/v1/app/acme/endpoint', { url: 'https://x.test', uid: 'ep' });
      const marks = ({ headers }: Answer) => [
        headers.get('idempotency-replayed'),
        headers.get('idempotency-mismatch'),
      ];
      const first = await send('POST', path, body, KEY);
      expect([first.status, marks(first)]).toEqual([status, [null, null]]);
      // A repeated publish needs its stored answer only when the new body is invalid; publish.test.ts covers the rest.
      const again = path.endsWith('/msg') ? 'no JSON' : body;
      const same = await send('POST', path, again, KEY);
      expect([same.status, marks(same)]).toEqual([status, ['true', again === body ? null : 'true']]);
      const other = await send('POST', path, 'other', KEY);
      expect([other.status, other.text, marks(other)]).toEqual([status, first.text, ['true', 'true']]);
      expect(simulation.published.length).toBeLessThan(2);
    },
  );

  it('of a publish to a deleted and recreated application is new, so an invalid body gets 422', async () => {
    const { send, simulation } = await makeClient();
    await send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
    const path = '/api/v1/app/acme/msg';
    expect((await send('POST', path, { eventType: 'a', payload: {} }, KEY)).status).toBe(202);
    expect((await send('POST', path, 'no JSON', KEY)).status).toBe(202);
    simulation.applications.clear();
    await send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
    expect((await send('POST', path, 'no JSON', KEY)).status).toBe(422);
  });

  it('of a request that is still running gets 503 with Retry-After', async () => {
    const { send } = await makeClient({ runOnce: () => Promise.resolve({ kind: 'busy' }) });
    const { status, json, headers } = await send('POST', '/api/v1/app', { name: 'Acme' }, KEY);
    expect([status, json.code, headers.get('retry-after')]).toEqual([503, 'request_in_progress', '1']);
  });

  it('whose lock was taken over runs the request again with the body already read', async () => {
    let runs = 0;
    const { send, simulation } = await makeClient({
      runOnce: async (key, run) => {
        runs += 1;
        const lock = { ...key, holder: 'me' };
        await expect(run(lock)).rejects.toThrow(LockLost);
        await simulation.idempotency.start(lock, NOW);
        return { kind: 'ran', result: (await run(lock)).result };
      },
    });
    const { status, json } = await send('POST', '/api/v1/app', { name: 'Acme' }, KEY);
    expect([status, json.name, runs, simulation.applications.size]).toEqual([201, 'Acme', 1, 1]);
  });

  it('is scoped to the organization of its token', async () => {
    const { send } = await makeClient();
    const first = await send('POST', '/api/v1/app', { name: 'Acme' }, KEY);
    const authorization = `Bearer ${await token({ sub: 'org_other' })}`;
    const second = await send('POST', '/api/v1/app', { name: 'Acme' }, { ...KEY, authorization });
    expect(second.json.id).not.toBe(first.json.id);
  });

  it('can be used again after a 4xx answer', async () => {
    const { send } = await makeClient();
    expect((await send('POST', '/api/v1/app', {}, KEY)).status).toBe(422);
    expect((await send('POST', '/api/v1/app/a/endpoint', { url: 'https://x.test' }, KEY)).status).toBe(404);
    expect((await send('POST', '/api/v1/app', { name: 'Acme' }, KEY)).status).toBe(201);
  });

  it('makes fifty concurrent requests create one application', async () => {
    const { send, simulation } = await makeClient();
    const all = Array.from({ length: 50 }, () => send('POST', '/api/v1/app', { name: 'Acme' }, KEY));
    const answers = await Promise.all(all);
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(simulation.applications.size).toBe(1);
  });

  it('is ignored for methods other than POST', async () => {
    const { send } = await makeClient();
    const made = await send('PUT', '/api/v1/app/x', { name: 'Acme' }, KEY);
    const again = await send('PUT', '/api/v1/app/x', { name: 'Acme' }, KEY);
    expect(again.json.id).not.toBe(made.json.id);
  });
});
