import { describe, expect, it } from 'vitest';
import { column } from '../client.ts';
import { EXHAUSTED, SUCCEEDED, startDelivering } from '../deliveries.ts';
import { NOW } from '../fakes.ts';

const LIST = '/api/v1/app/acme/endpoint/ep1/msg';

describe('attempted messages of an endpoint', () => {
  it('show each message with its delivery status, which is sending while a retry is planned', async () => {
    const { send, message, recordAttempt } = await startDelivering();
    recordAttempt();
    const { status, json } = await send('GET', `${LIST}/?limit=1`);
    expect([status, json]).toEqual([
      200,
      {
        data: [
          {
            eventId: 'evt1',
            eventType: 'order.paid',
            payload: { n: 1 },
            channels: ['eu'],
            id: message.id,
            timestamp: '2026-11-23T04:19:56.838Z',
            status: 3,
            statusText: 'sending',
            nextAttempt: '2026-11-23T04:20:01.838Z',
          },
        ],
        iterator: message.id,
        prevIterator: `-${message.id}`,
        done: true,
      },
    ]);
  });

  it('omit nextAttempt when no retry is planned and the payload with with_content=false', async () => {
    const { send, recordAttempt } = await startDelivering();
    recordAttempt();
    recordAttempt(SUCCEEDED);
    const [item] = (await send('GET', `${LIST}?with_content=false`)).json.data;
    expect(item).toMatchObject({ status: 0, statusText: 'success', payload: {} });
    expect(item).not.toHaveProperty('nextAttempt');
  });

  it.each([
    ['are being sent', [{}], ['3']],
    ['succeeded', [{}, SUCCEEDED], ['0']],
    ['exhausted their retries', [{}, EXHAUSTED], ['2']],
    ['succeeded before a resend failed', [SUCCEEDED, EXHAUSTED], ['0']],
    ['missed their planned retry a week ago', [{ at: NOW - 8 * 86_400_000 }], []],
  ])('that %s are found only by their own status', async (_, attempts, found) => {
    const { send, recordAttempt } = await startDelivering();
    for (const attempt of attempts) recordAttempt(attempt);
    const lists = await Promise.all(
      ['0', '1', '2', '3', '4'].map(async (status) => ({
        status,
        length: (await send('GET', `${LIST}?status=${status}`)).json.data.length,
      })),
    );
    expect(lists.filter(({ length }) => length > 0).map(({ status }) => status)).toEqual(found);
  });

  it('are filtered by channel, tag, event types and instants', async () => {
    const { send, simulation } = await startDelivering();
    const before = '2026-11-23T00:00:00Z';
    await send(
      'GET',
      `${LIST}?channel=eu&tag=vip&event_types=a&event_types=b&before=${before}&limit=3&status=2`,
    );
    await send('GET', `${LIST}?cause=status_5xx,gone&status_code_class=500`);
    expect(simulation.messageQueries).toEqual([
      {
        ...{ limit: 3, cursor: null, before: Date.parse(before), after: null },
        ...{ channel: 'eu', tag: 'vip', eventTypes: ['a', 'b'], progress: 'unsuccessful' },
        ...{ messageId: null, causes: null, statusCodes: null },
      },
      expect.objectContaining({ causes: ['status_5xx', 'gone'], statusCodes: { from: 500, to: 599 } }),
    ]);
  });

  it('are filtered by message, by id or event id', async () => {
    const { send, message, recordAttempt } = await startDelivering();
    recordAttempt(SUCCEEDED);
    for (const named of [message.id, message.eventId])
      expect(column(await send('GET', `${LIST}?msg_id=${named}`), 'id')).toEqual([message.id]);
    const { status, json } = await send('GET', `${LIST}?msg_id=nope`);
    expect([status, json.data, json.done]).toEqual([200, [], true]);
  });

  it('are listed after the row of the message was deleted', async () => {
    const { send, simulation, message, recordAttempt } = await startDelivering();
    recordAttempt(SUCCEEDED);
    simulation.messages.remove(simulation.messages.all().find(({ id }) => id === message.id)!);
    const list = await send('GET', LIST);
    expect(column(list, 'id')).toEqual([message.id]);
    expect(column(list, 'payload')).toEqual([{ expired: true }]);
    expect(column(list, 'tags')).toEqual([['vip']]);
  });

  it.each(['status=5', 'status=x', 'status=-1'])('refuse ?%s', async (query) => {
    const { send } = await startDelivering();
    const { status, json } = await send('GET', `${LIST}?${query}`);
    expect([status, json.code]).toEqual([400, 'generic_error']);
  });

  it('refuse an iterator of another resource', async () => {
    const { send, endpoint } = await startDelivering();
    const { status, json } = await send('GET', `${LIST}?iterator=${endpoint.id}`);
    expect([status, json.detail[0].loc]).toEqual([422, ['query', 'iterator', '__all__']]);
  });

  it('are 404 for an endpoint that was deleted or never existed', async () => {
    const { send } = await startDelivering();
    await send('DELETE', '/api/v1/app/acme/endpoint/ep1');
    const answers = [await send('GET', LIST), await send('GET', '/api/v1/app/acme/endpoint/nope/msg')];
    for (const { status, json } of answers) expect([status, json.code]).toEqual([404, 'not_found']);
  });
});
