import { beforeAll, describe, expect, it } from 'vitest';
import { column } from '../../support/api.ts';
import type { Body } from '../../support/api.ts';
import { freshSender } from '../../support/delivering.ts';
import type { Sender } from '../../support/delivering.ts';
import { eventually } from '../../support/poll.ts';

/**
 * Lists of attempts: `good` answers 200, deliveries to `bad` are exhausted, one to `again` waits for its retry. The
 * message `one` has a channel, `two` another event type.
 */
let sender: Sender;
const ids = new Map<unknown, string>();

beforeAll(async () => {
  sender = await freshSender({ retrySchedule: [] });
  await sender.endpoint('good', '/lists/good?body=fine');
  await sender.endpoint('bad', '/lists/bad?status=503&body=busy');
  const publish = async (name: string, fields: object) => {
    const { id } = await sender.publish({ eventId: name, ...fields });
    ids.set(id, name);
    await sender.destinations(String(id), 2);
  };
  await publish('one', { channels: ['eu'] });
  await publish('two', { eventType: 'order.sent' });
  await sender.settings({ retrySchedule: [600] });
  await sender.ask('PATCH', '/app/acme/endpoint/good', { disabled: true });
  await sender.ask('PATCH', '/app/acme/endpoint/bad', { disabled: true });
  await sender.endpoint('again', '/lists/again?status=500');
  await publishToEndpointWithRetry();
});

/** Publishes message `three`, which only `again` gets. */
const publishToEndpointWithRetry = async () => {
  const { id } = await sender.publish({ eventId: 'three' });
  ids.set(id, 'three');
  await sender.attempts(String(id));
};

/** Names of the messages on a page, newest first, once the read models have `count` of them. */
const named = async (path: string, field: string, count: number): Promise<unknown[]> => {
  const page = await eventually(
    () => sender.ask('GET', `/app/acme${path}`),
    ({ data }) => (data as Body[]).length === count,
  );
  return column(page, field).map((id) => ids.get(id));
};
const attempts = (query: string, count: number, endpoint = 'bad') =>
  named(`/attempt/endpoint/${endpoint}?${query}`, 'msgId', count);
const messages = (query: string, count: number, endpoint = 'bad') =>
  named(`/endpoint/${endpoint}/msg?${query}`, 'id', count);

describe('the attempts of an endpoint', () => {
  it('are listed newest first', async () => {
    expect(await attempts('', 2)).toEqual(['two', 'one']);
  });

  it('are filtered by their recorded status, which is success or fail', async () => {
    expect(await attempts('status=2', 2)).toEqual(['two', 'one']);
    expect(await attempts('status=0', 0)).toEqual([]);
    expect(await attempts('status=0', 2, 'good')).toEqual(['two', 'one']);
    for (const status of [1, 3, 4]) expect(await attempts(`status=${status}`, 0, 'again')).toEqual([]);
  });

  it('are filtered by status_code_class', async () => {
    expect(await attempts('status_code_class=500', 2)).toEqual(['two', 'one']);
    expect(await attempts('status_code_class=200', 0)).toEqual([]);
    expect(await attempts('status_code_class=0', 0)).toEqual([]);
  });

  it('are filtered by channel and event type of their message', async () => {
    expect(await attempts('channel=eu', 1)).toEqual(['one']);
    expect(await attempts('event_types=order.sent', 1)).toEqual(['two']);
  });

  it('are paginated by iterator and prevIterator', async () => {
    const page = await sender.ask('GET', '/app/acme/attempt/endpoint/bad?limit=1');
    expect(page['done']).toBe(false);
    expect(await attempts(`limit=1&iterator=${String(page['iterator'])}`, 1)).toEqual(['one']);
    const older = await sender.ask(
      'GET',
      `/app/acme/attempt/endpoint/bad?iterator=${String(page['iterator'])}`,
    );
    expect(await attempts(`iterator=${String(older['prevIterator'])}`, 1)).toEqual(['two']);
  });

  it('are listed without the response when with_content is false', async () => {
    const { data } = await sender.ask('GET', '/app/acme/attempt/endpoint/bad?with_content=false');
    expect(column({ data }, 'response')).toEqual(['{}', '{}']);
    const full = await sender.ask('GET', '/app/acme/attempt/endpoint/bad?expanded_statuses=true');
    expect(column(full, 'response')).toEqual(['busy', 'busy']);
  });
});

describe('the messages of an endpoint', () => {
  it.each([
    ['good', '', 'success', ['two', 'one']],
    ['good', 'status=0', 'success', ['two', 'one']],
    ['good', 'status=2', 'success', []],
    ['bad', '', 'fail', ['two', 'one']],
    ['bad', 'status=2', 'fail', ['two', 'one']],
    ['bad', 'status=3', 'fail', []],
    ['again', '', 'sending', ['three']],
    ['again', 'status=3', 'sending', ['three']],
    ['again', 'status=2', 'sending', []],
    ['again', 'status=1', 'sending', []],
  ])(
    'that is %s, listed with query %j, have status %s: %j',
    async (endpoint, query, statusText, expected) => {
      expect(await messages(query, expected.length, endpoint)).toEqual(expected);
      const page = await sender.ask('GET', `/app/acme/endpoint/${endpoint}/msg?${query}`);
      expect(column(page, 'statusText')).toEqual(expected.map(() => statusText));
    },
  );

  it('are filtered by channel and event type', async () => {
    expect(await messages('channel=eu', 1)).toEqual(['one']);
    expect(await messages('event_types=order.sent', 1)).toEqual(['two']);
  });
});

describe('the destinations of a message', () => {
  it('are listed in ascending order with the status of their latest attempt, and done is true on the last page', async () => {
    const page = await sender.ask('GET', '/app/acme/msg/one/endpoint');
    expect([column(page, 'uid'), column(page, 'statusText'), page['done']]).toEqual([
      ['good', 'bad'],
      ['success', 'fail'],
      true,
    ]);
    const first = await sender.ask('GET', '/app/acme/msg/one/endpoint?limit=1');
    expect([column(first, 'uid'), first['done']]).toEqual([['good'], false]);
    const second = await sender.ask(
      'GET',
      `/app/acme/msg/one/endpoint?limit=1&iterator=${String(first['iterator'])}`,
    );
    expect([column(second, 'uid'), second['done']]).toEqual([['bad'], true]);
  });
});

describe('a deleted endpoint', () => {
  it('gets 404 for its lists and stays among the destinations of its messages', async () => {
    const { id } = await sender.endpoint('gone', '/lists/gone');
    const message = await sender.publish({ eventId: 'four' });
    await sender.destinations(String(message['id']), 2);
    await sender.send('DELETE', '/app/acme/endpoint/gone');
    for (const list of [`/attempt/endpoint/${String(id)}`, `/endpoint/${String(id)}/msg`]) {
      expect((await sender.send('GET', `/app/acme${list}`)).status).toBe(404);
    }
    expect(column(await sender.ask('GET', '/app/acme/msg/four/endpoint'), 'id')).toContain(id);
  });
});

describe('the statistics of an endpoint', () => {
  const stats = (query = '') => sender.send('GET', `/app/acme/endpoint/bad/stats${query}`);
  const day = 86_400_000;
  const at = (ms: number) => encodeURIComponent(new Date(Date.now() + ms).toISOString());

  it('count its attempts by outcome', async () => {
    const counted = await eventually(stats, ({ json }) => json.fail === 2);
    expect(counted.json).toEqual({ success: 0, pending: 0, sending: 0, fail: 2, canceled: 0 });
  });

  it('get 400 for since more than 28 days ago and for until in the future', async () => {
    for (const query of [`?since=${at(-29 * day)}`, `?until=${at(day)}`]) {
      const refused = await stats(query);
      expect([refused.status, refused.json.code]).toEqual([400, 'invalid_range']);
    }
    expect((await stats(`?since=${at(-28 * day)}`)).status).toBe(200);
  });

  it('are zeros for a range that is reversed or begins in the future', async () => {
    for (const query of [`?since=${at(day)}`, `?since=${at(-day)}&until=${at(-2 * day)}`]) {
      expect((await stats(query)).json).toMatchObject({ success: 0, fail: 0 });
    }
  });

  it('get 400 in plain text for an invalid date, before the application is looked up', async () => {
    const refused = await sender.send('GET', '/app/nope/endpoint/nope/stats?since=yesterday');
    expect([refused.status, refused.json]).toEqual([400, undefined]);
    expect(refused.text).not.toBe('');
  });
});
