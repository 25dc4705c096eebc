import { describe, expect, it } from 'vitest';
import { token } from '../client.ts';
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
  const [app] = [...simulation.applications.values()];
  const authorization = `Bearer ${await token({ sub: app?.id, org: app?.orgId })}`;
  for (const path of [CONTENT, `/api/v1/app/acme/msg/evt1/attempt/${recordAttempt().id}/content`]) {
    const { status, json } = await send('DELETE', path, undefined, { authorization });
    expect([status, json.code]).toEqual([403, 'insufficient access']);
  }
});
