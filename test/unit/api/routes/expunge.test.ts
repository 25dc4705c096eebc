import { describe, expect, it } from 'vitest';
import { column, token } from '../client.ts';
import { startDelivering } from '../deliveries.ts';

const CONTENT = '/api/v1/app/acme/msg/evt1/content';

describe('expunging a message', () => {
  it('answers 204 every time, and the payload then reads as expired', async () => {
    const { send } = await startDelivering();
    for (const path of [CONTENT, `${CONTENT}/`]) {
      const { status, text } = await send('DELETE', path);
      expect([status, text]).toEqual([204, '']);
    }
    expect((await send('GET', '/api/v1/app/acme/msg/evt1')).json).toMatchObject({
      eventId: 'evt1',
      payload: { expired: true },
    });
    expect((await send('GET', '/api/v1/app/acme/msg')).json.data[0].payload).toEqual({ expired: true });
  });

  it.each(['/api/v1/app/acme/msg/nope/content', '/api/v1/app/nope/msg/evt1/content'])(
    'answers 404 to %s',
    async (path) => {
      const { send } = await startDelivering();
      const { status, json } = await send('DELETE', path);
      expect([status, json]).toEqual([404, { code: 'not_found', detail: 'Entity not found' }]);
    },
  );
});

describe('expunging an attempt', () => {
  it('answers 204, and every list then shows the response as EXPUNGED', async () => {
    const { send, recordAttempt } = await startDelivering();
    const attempt = `/api/v1/app/acme/msg/evt1/attempt/${recordAttempt().id}`;
    const { status, text } = await send('DELETE', `${attempt}/content`);
    expect([status, text]).toEqual([204, '']);
    expect((await send('GET', attempt)).json.response).toBe('EXPUNGED');
    expect((await send('GET', '/api/v1/app/acme/attempt/msg/evt1')).json.data[0].response).toBe('EXPUNGED');
  });

  it('names whether the message or the attempt was not found', async () => {
    const { send, recordAttempt } = await startDelivering();
    const { id } = recordAttempt();
    const answer = async (path: string): Promise<unknown> =>
      (await send('DELETE', `/api/v1/app/acme/msg/${path}/content`)).json;
    expect(await answer(`nope/attempt/${id}`)).toEqual({ code: 'not_found', detail: 'Message not found' });
    for (const wrong of ['nope', 'atmpt_1srOrx2ZWZBpBUvZwXKQmoEYga2']) {
      expect(await answer(`evt1/attempt/${wrong}`)).toMatchObject({ detail: 'Message attempt not found' });
    }
  });
});

it('an application token may not expunge messages or attempts', async () => {
  const { send, recordAttempt, simulation } = await startDelivering();
  const post = (path: string, authorization: string) =>
    send('POST', `/api/v1/app/acme/msg/${path}`, { ids: ['evt1'] }, { authorization });
  const [app] = [...simulation.applications.values()];
  const authorization = `Bearer ${await token({ sub: app?.id, org: app?.orgId })}`;
  for (const path of [CONTENT, `/api/v1/app/acme/msg/evt1/attempt/${recordAttempt().id}/content`]) {
    const { status, json } = await send('DELETE', path, undefined, { authorization });
    expect([status, json.code]).toEqual([403, 'insufficient access']);
  }
  for (const path of ['bulk-expunge', 'expunge-all-contents'])
    expect((await post(path, authorization)).status).toBe(403);
});

describe('expunging several messages', () => {
  const BULK = '/api/v1/app/acme/msg/bulk-expunge';

  it('says of each given id or eventId whether it was expunged', async () => {
    const { send, message } = await startDelivering();
    await send('POST', '/api/v1/app/acme/msg', { eventType: 'a', eventId: '__proto__', payload: { n: 2 } });
    const kept = (await send('POST', '/api/v1/app/acme/msg', { eventType: 'a', payload: { n: 3 } })).json;
    const ids = [message.id, 'evt1', '__proto__', 'nope', 'msg_1srOrx2ZWZBpBUvZwXKQmoEYga2', 'nope'];
    const { status, text } = await send('POST', BULK, { ids });
    const [expunged, missing] = ['expunged', 'not-found'];
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({
      results: Object.fromEntries([
        ...[message.id, 'evt1', '__proto__'].map((id) => [String(id), expunged]),
        ...['nope', 'msg_1srOrx2ZWZBpBUvZwXKQmoEYga2'].map((id) => [id, missing]),
      ]),
    });
    expect(column(await send('GET', '/api/v1/app/acme/msg'), 'payload')).toEqual([
      { n: 3 },
      { expired: true },
      { expired: true },
    ]);
    expect((await send('GET', `/api/v1/app/acme/msg/${kept.id}`)).json.payload).toEqual({ n: 3 });
    expect((await send('POST', BULK, { ids })).json.results[message.id]).toBe(expunged);
  });

  it('takes none to 100 distinct names', async () => {
    const { send } = await startDelivering();
    const names = (count: number) => Array.from({ length: count }, (_, index) => `e${index}`);
    expect((await send('POST', BULK, {})).json).toEqual({ results: {} });
    expect((await send('POST', BULK, { ids: [] })).json).toEqual({ results: {} });
    expect((await send('POST', BULK, { ids: [...names(100), 'e0'] })).status).toBe(200);
    for (const ids of [names(101), ['a b'], [''], 'evt1', null])
      expect([ids, (await send('POST', BULK, { ids })).status]).toEqual([ids, 422]);
  });

  it('does not find the messages of another application or organization', async () => {
    const { send, message } = await startDelivering();
    await send('POST', '/api/v1/app', { name: 'Other', uid: 'other' });
    const answer = await send('POST', '/api/v1/app/other/msg/bulk-expunge', { ids: [message.id, 'evt1'] });
    expect(answer.json.results).toEqual({ [message.id]: 'not-found', evt1: 'not-found' });
    const authorization = `Bearer ${await token({ sub: 'org_other' })}`;
    expect((await send('POST', BULK, { ids: ['evt1'] }, { authorization })).status).toBe(404);
    expect((await send('GET', '/api/v1/app/acme/msg/evt1')).json.payload).toEqual({ n: 1 });
  });
});

describe('expunging all contents', () => {
  const ALL = '/api/v1/app/acme/msg/expunge-all-contents';

  it('answers 202 with a task, once under an idempotency key, and its progress', async () => {
    const { send, simulation } = await startDelivering();
    const key = { 'idempotency-key': 'purge' };
    const { status, json } = await send('POST', ALL, undefined, key);
    expect([status, json]).toEqual([
      202,
      {
        ...{ id: expect.stringMatching(/^qtask_/), status: 'running', task: 'application.purge_content' },
        updatedAt: expect.any(String),
      },
    ]);
    expect((await send('POST', ALL, undefined, key)).json).toEqual(json);
    expect(simulation.tasks.all()).toHaveLength(1);
    const task = (await send('GET', `/api/v1/background-task/${json.id}`)).json;
    expect(task.data).toMatchObject({ messagesPurged: 0, progress: 0 });
    expect(task.data).not.toHaveProperty('endpointId');
    const listed = await send('GET', '/api/v1/background-task?task=application.purge_content');
    expect(listed.json.data).toEqual([task]);
    expect((await send('GET', '/api/v1/app/acme/background-task')).json.data).toEqual([task]);
  });

  it('is neither shown to a token of the application nor cancelled by it', async () => {
    const { send, simulation } = await startDelivering();
    const { id } = (await send('POST', ALL)).json;
    const [app] = [...simulation.applications.values()];
    const as = { authorization: `Bearer ${await token({ sub: app?.id, org: app?.orgId })}` };
    expect((await send('GET', '/api/v1/app/acme/background-task', undefined, as)).json.data).toEqual([]);
    expect((await send('GET', `/api/v1/background-task/${id}`, undefined, as)).status).toBe(404);
    expect((await send('POST', `/api/v1/background-task/${id}/cancel`, undefined, as)).status).toBe(404);
    expect(simulation.tasks.all()[0]?.state).toEqual({ kind: 'running' });
    const cancelled = await send('POST', `/api/v1/background-task/${id}/cancel`);
    expect(cancelled.json).toMatchObject({ status: 'failed', data: { reason: 'cancelled' } });
  });

  it('answers 404 for an application that does not exist', async () => {
    const { send } = await startDelivering();
    expect((await send('POST', '/api/v1/app/nope/msg/expunge-all-contents')).status).toBe(404);
  });
});
