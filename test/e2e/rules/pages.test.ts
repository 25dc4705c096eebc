import { beforeAll, describe, expect, it } from 'vitest';
import { column, complaints, freshTenant } from '../../support/api.ts';
import type { Body, Tenant } from '../../support/api.ts';

/** Lists: pages, iterators, time ranges, filters. */
let tenant: Tenant;
let apps: string[];
let messages: Body[];

beforeAll(async () => {
  tenant = await freshTenant();
  apps = [];
  for (let index = 0; index < 5; index += 1) {
    const { id } = await tenant.ask('POST', '/app', { name: String(index), uid: `app-${index}` });
    apps.push(String(id));
  }
  messages = [];
  for (let index = 0; index < 5; index += 1) {
    messages.push(
      await tenant.ask('POST', '/app/app-0/msg', {
        eventType: `type.${index % 2}`,
        channels: index % 2 === 0 ? ['even'] : ['odd', 'any'],
        payload: { index },
      }),
    );
    // The time in an id has a resolution of 4 ms, and the tests need messages with different times.
    while (Date.now() - Date.parse(String(messages.at(-1)?.['timestamp'])) < 8);
  }
});

const list = (query: string) => tenant.ask('GET', `/app?${query}`);
const ids = (page: Body) => column(page, 'id');
const indexes = async (query: string): Promise<unknown[]> => {
  const page = await tenant.ask('GET', `/app/app-0/msg?${query}`);
  const data: Body[] = page['data'];
  return data.map(({ payload }): unknown => payload.index);
};
const at = (index: number) => encodeURIComponent(String(messages[index]?.['timestamp']));
const message = (index: number) => String(messages[index]?.['id']);

describe('pagination', () => {
  it('has a limit between 0 and 250', async () => {
    expect(complaints(await tenant.send('GET', '/app?limit=251'))).toEqual(['query/limit/limit value_error']);
    expect((await list('limit=250'))['data']).toHaveLength(5);
    expect((await list('limit=0'))['data']).toEqual([]);
    const bad = await tenant.send('GET', '/app?limit=-1');
    expect([bad.status, bad.json.code]).toEqual([400, 'generic_error']);
  });

  it('returns the last id as iterator and the first, after a minus, as prevIterator; an empty page has neither', async () => {
    const page = await list('limit=2');
    expect([page['iterator'], page['prevIterator']]).toEqual([apps[1], `-${apps[0]!}`]);
    const empty = await list(`iterator=${apps[4]!}`);
    expect(empty).toEqual({ data: [], iterator: null, done: true });
  });

  it.each([
    ['ascending', [0, 1, 2, 3, 4]],
    ['descending', [4, 3, 2, 1, 0]],
  ])(
    'in %s order works in both directions, and done refers to the direction of the request',
    async (order, places) => {
      const expected = places.map((index) => apps[index]);
      const first = await list(`order=${order}&limit=2`);
      const second = await list(`order=${order}&limit=2&iterator=${String(first['iterator'])}`);
      const third = await list(`order=${order}&limit=2&iterator=${String(second['iterator'])}`);
      expect([ids(first), ids(second), ids(third)]).toEqual([
        expected.slice(0, 2),
        expected.slice(2, 4),
        expected.slice(4),
      ]);
      expect([first['done'], second['done'], third['done']]).toEqual([false, false, true]);
      const back = await list(`order=${order}&limit=2&iterator=${String(third['prevIterator'])}`);
      expect([ids(back), back['done']]).toEqual([expected.slice(2, 4), false]);
      const start = await list(`order=${order}&limit=2&iterator=${String(back['prevIterator'])}`);
      expect([ids(start), start['done']]).toEqual([expected.slice(0, 2), true]);
    },
  );

  it('lists applications in ascending order by default, endpoints and messages in descending order', async () => {
    expect(ids(await list(''))).toEqual(apps);
    const made: unknown[] = [];
    for (let index = 0; index < 3; index += 1) {
      made.push((await tenant.ask('POST', '/app/app-0/endpoint', { url: 'https://e.com' }))['id']);
    }
    expect(ids(await tenant.ask('GET', '/app/app-0/endpoint'))).toEqual(made.toReversed());
    expect(await indexes('')).toEqual([4, 3, 2, 1, 0]);
  });
});

describe('the time range of a list', () => {
  it('excludes before and includes after', async () => {
    expect(await indexes(`before=${at(3)}`)).toEqual([2, 1, 0]);
    expect(await indexes(`after=${at(3)}`)).toEqual([4, 3]);
    expect(await indexes(`after=${at(1)}&before=${at(4)}`)).toEqual([3, 2, 1]);
  });

  it('with after only begins with the page of the oldest messages, newest first within the page', async () => {
    const page = await tenant.ask('GET', `/app/app-0/msg?limit=2&after=${at(1)}`);
    expect([ids(page), page['done']]).toEqual([[message(2), message(1)], false]);
  });

  it('can be combined with an iterator', async () => {
    expect(await indexes(`iterator=${message(4)}&after=${at(1)}`)).toEqual([3, 2, 1]);
    expect(await indexes(`iterator=-${message(0)}&before=${at(3)}`)).toEqual([2, 1]);
  });

  it('reaches back 90 days from its end', async () => {
    const ago = (days: number) => encodeURIComponent(new Date(Date.now() - days * 86_400_000).toISOString());
    const ahead = encodeURIComponent(new Date(Date.now() + 91 * 86_400_000).toISOString());
    expect(await indexes(`before=${ago(1)}`)).toEqual([]);
    expect(await indexes(`before=${ahead}`)).toEqual([]);
    expect(await indexes(`after=${ago(91)}`)).toEqual([]);
    expect(await indexes(`after=${ago(89)}`)).toHaveLength(5);
  });

  it.each([
    (iso: string) => iso.replace('T', ' '),
    (iso: string) => iso.replace('T', ' ').replace('Z', ' UTC'),
    (iso: string) => iso.replace('Z', '000000 UTC').replace('T', ' '),
    (iso: string) => iso.replace('Z', '+00:00'),
    (iso: string) => iso.replace('T', 't').replace('Z', 'z'),
  ])('accepts dates in the format of %s', async (form) => {
    const written = encodeURIComponent(form(String(messages[3]?.['timestamp'])));
    expect(await indexes(`after=${written}`)).toEqual([4, 3]);
  });

  it('with an invalid date gets 400', async () => {
    const bad = await tenant.send('GET', '/app/app-0/msg?before=2026-02-30T00:00:00Z');
    expect([bad.status, bad.json.code]).toEqual([400, 'generic_error']);
  });
});

describe('a list of messages is filtered', () => {
  it.each([
    'event_types=type.0&event_types=x',
    'event_types=type.0,x',
    'event_types[]=type.0',
    'event_types[0]=type.0',
  ])('by event types given as %s', async (query) => {
    expect(await indexes(query)).toEqual([4, 2, 0]);
  });

  it('by channel, also with a limit', async () => {
    expect(await indexes('channel=any')).toEqual([3, 1]);
    expect(await indexes('channel=even&limit=2')).toEqual([4, 2]);
    expect(await indexes(`channel=even&limit=2&iterator=${message(2)}`)).toEqual([0]);
  });

  it('by tag; query parameters that the list does not have are ignored', async () => {
    expect(await indexes('expanded_statuses=true')).toHaveLength(5);
    expect(await indexes('tag=x')).toEqual([]);
    await tenant.ask('POST', '/app/app-0/endpoint', { url: 'https://e.com' });
    expect(ids(await list('exclude_apps_with_no_endpoints=true'))).toEqual([apps[0]]);
  });
});

describe('a query string', () => {
  it.each(['with_content=', 'with_content=1', 'with_content=True', 'limit=1&limit=1', 'limit=+1', 'limit='])(
    'with %s gets 400',
    async (query) => {
      const bad = await tenant.send('GET', `/app/app-0/msg?${query}`);
      expect([bad.status, bad.json.code]).toEqual([400, 'generic_error']);
    },
  );

  it('with limit=01 has limit 1; limit[] is an unknown parameter and ignored', async () => {
    expect(await indexes('limit=01')).toHaveLength(1);
    expect(await indexes('limit[]=1')).toHaveLength(5);
  });
});
