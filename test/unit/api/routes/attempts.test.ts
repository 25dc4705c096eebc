import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../../../functions/deliver/attempts/attempt.domain.ts';
import { attempt } from '../../../support/simulation/builders.ts';
import { column, makeClient } from '../client.ts';
import { NOW } from '../fakes.ts';

/** One message to one endpoint: a failed attempt that will be retried, then a resend that succeeded. */
const start = async () => {
  const client = await makeClient();
  const app = (await client.send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' })).json;
  const endpoint = (await client.send('POST', '/api/v1/app/acme/endpoint', { url: 'https://x', uid: 'ep1' }))
    .json;
  const body = { eventType: 'order.paid', payload: {}, eventId: 'evt1' };
  const message = (await client.send('POST', '/api/v1/app/acme/msg', body)).json;
  const first = attempt({
    ...{ appId: app.id, messageId: message.id, endpointId: endpoint.id, url: 'https://x/' },
    ...{ id: client.simulation.deps.ids.attempt(NOW), at: NOW, decision: { kind: 'retry', at: NOW + 5000 } },
    ...{ succeeded: false, responseStatusCode: 500, response: 'boom', responseDurationMs: 25 },
    ...{ eventType: 'order.paid', eventId: 'evt1' },
  });
  const second: Attempt = {
    ...first,
    id: client.simulation.deps.ids.attempt(NOW),
    trigger: { kind: 'manual', request: 'r' },
    ...{ succeeded: true, responseStatusCode: 200, response: 'fine', decision: { kind: 'succeeded' } },
  };
  client.simulation.record(first);
  client.simulation.record(second);
  return { ...client, attempt: first, second };
};

const BY_ENDPOINT = '/api/v1/app/acme/attempt/endpoint/ep1';
const BY_MESSAGE = '/api/v1/app/acme/attempt/msg/evt1';

describe('attempts API', () => {
  it('returns a single attempt', async () => {
    const { send, attempt } = await start();
    const { json } = await send('GET', `/api/v1/app/acme/msg/evt1/attempt/${attempt.id}/`);
    expect(json).toEqual({
      url: 'https://x/',
      response: 'boom',
      responseStatusCode: 500,
      responseDurationMs: 25,
      status: 2,
      statusText: 'fail',
      triggerType: 0,
      msgId: attempt.messageId,
      endpointId: attempt.endpointId,
      id: attempt.id,
      timestamp: '2026-11-23T04:19:56.838Z',
    });
  });

  it('lists attempts by endpoint and by message, newest first', async () => {
    const { send } = await start();
    const both = await send('GET', `${BY_ENDPOINT}?with_content=false&expanded_statuses=true`);
    expect(column(both, 'statusText')).toEqual(['success', 'fail']);
    expect(column(both, 'response')).toEqual(['{}', '{}']);
    expect(column(both, 'triggerType')).toEqual([1, 0]);
    expect(column(await send('GET', `${BY_MESSAGE}?endpoint_id=ep1`), 'response')).toEqual(['fine', 'boom']);
    const first = await send('GET', `${BY_MESSAGE}?limit=1`);
    expect([first.json.iterator, first.json.done]).toEqual([first.json.data[0].id, false]);
  });

  it.each([
    ['status=0', ['success']],
    ['status=2', ['fail']],
    ['status=1', []],
    ['status=3', []],
    ['status=4', []],
  ])('filters attempts by ?%s', async (query, found) => {
    const { send } = await start();
    expect(column(await send('GET', `${BY_ENDPOINT}?${query}`), 'statusText')).toEqual(found);
  });

  it('passes status code class, channel, tag and event types to the attempt reader', async () => {
    const { send, simulation } = await start();
    await send(
      'GET',
      `${BY_ENDPOINT}?status_code_class=400&channel=eu&tag=vip&event_types=a,b&limit=7&cause=status_4xx&cause=gone`,
    );
    expect(simulation.attemptQueries[0]).toMatchObject({
      limit: 7,
      statusCodes: { from: 400, to: 499 },
      channel: 'eu',
      tag: 'vip',
      eventTypes: ['a', 'b'],
      outcomes: null,
      causes: ['status_4xx', 'gone'],
    });
  });

  it('lists the attempts of one message at an endpoint with ?msg_id', async () => {
    const { send, simulation, attempt, second } = await start();
    simulation.record({
      ...attempt,
      id: simulation.deps.ids.attempt(NOW),
      messageId: simulation.deps.ids.message(NOW),
    });
    expect(column(await send('GET', BY_ENDPOINT), 'id')).toHaveLength(3);
    for (const named of ['evt1', attempt.messageId]) {
      const found = column(await send('GET', `${BY_ENDPOINT}?msg_id=${named}`), 'id');
      expect(found).toEqual([second.id, attempt.id]);
    }
    const { status, json } = await send('GET', `${BY_ENDPOINT}?msg_id=nope`);
    expect([status, json.data, json.done]).toEqual([200, [], true]);
  });

  it('refuses an unknown cause', async () => {
    const { send } = await start();
    const { status, json } = await send('GET', `${BY_ENDPOINT}?cause=status_5xx,nope`);
    expect([status, json.detail[0].loc]).toEqual([422, ['query', 'cause']]);
  });

  it('includes the messages that still exist in a list by endpoint with with_msg', async () => {
    const { send, simulation, attempt, second } = await start();
    simulation.record({
      ...attempt,
      id: simulation.deps.ids.attempt(NOW),
      messageId: 'msg_gone' as never,
    });
    const plain = await send('GET', BY_ENDPOINT);
    expect(plain.text).not.toContain('"msg":');
    const full = await send('GET', `${BY_ENDPOINT}?with_msg=true`);
    const message = { id: second.messageId, eventId: 'evt1', eventType: 'order.paid', payload: {} };
    expect(column(full, 'msg')).toMatchObject([undefined, message, message]);
    const [, withheld] = column(await send('GET', `${BY_ENDPOINT}?with_msg=true&with_content=false`), 'msg');
    expect(withheld).toMatchObject({ payload: {} });
    expect((await send('GET', `${BY_ENDPOINT}?with_msg=1`)).status).toBe(400);
  });

  it.each(['status=5', 'status=x', 'status_code_class=150'])('refuses ?%s', async (query) => {
    const { send } = await start();
    const { status, json } = await send('GET', `${BY_ENDPOINT}?${query}`);
    expect([status, json.code]).toEqual([400, 'generic_error']);
  });

  it.each([
    '/api/v1/app/acme/attempt/endpoint/nope',
    '/api/v1/app/acme/attempt/msg/nope',
    `${BY_MESSAGE}?endpoint_id=nope`,
    '/api/v1/app/acme/msg/evt1/attempt/nope',
    '/api/v1/app/acme/msg/evt1/attempt/atmpt_1srOrx2ZWZBpBUvZwXKQmoEYga2',
  ])('answers 404 for what does not exist: %s', async (path) => {
    const { send } = await start();
    expect((await send('GET', path)).json).toEqual({ code: 'not_found', detail: 'Entity not found' });
  });
});
