import { beforeAll, describe, expect, it } from 'vitest';
import { column, complaints, freshTenant } from '../../support/api.ts';
import type { Body, Tenant } from '../../support/api.ts';

/** Lists: pages, cursors, bounds in time. */
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
    // Instants in ids have a grain of 4 ms, and these are told apart by theirs.
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

describe('pages', () => {
  it('limit is 50 by default and 250 at most; 0 is a limit', async () => {
    expect(complaints(await tenant.send('GET', '/app?limit=251'))).toEqual(['query/limit/limit value_error']);
    expect((await list('limit=250'))['data']).toHaveLength(5);
    expect((await list('limit=0'))['data']).toEqual([]);
    const bad = await tenant.send('GET', '/app?limit=-1');
    expect([bad.status, bad.json.code]).toEqual([400, 'generic_error']);
  });

  it('iterator is the last id, prevIterator the first with a minus; an empty page has neither', async () => {
    const page = await list('limit=2');
    expect([page['iterator'], page['prevIterator']]).toEqual([apps[1], `-${apps[0]!}`]);
    const empty = await list(`iterator=${apps[4]!}`);
    expect(empty).toEqual({ data: [], iterator: null, done: true });
  });

  it.each([
    ['ascending', [0, 1, 2, 3, 4]],
    ['descending', [4, 3, 2, 1, 0]],
  ])('%s, both ways; done tells of the direction that was gone', async (order, places) => {
    const wanted = places.map((index) => apps[index]);
    const first = await list(`order=${order}&limit=2`);
    const second = await list(`order=${order}&limit=2&iterator=${String(first['iterator'])}`);
    const third = await list(`order=${order}&limit=2&iterator=${String(second['iterator'])}`);
    expect([ids(first), ids(second), ids(third)]).toEqual([
      wanted.slice(0, 2),
      wanted.slice(2, 4),
      wanted.slice(4),
    ]);
    expect([first['done'], second['done'], third['done']]).toEqual([false, false, true]);
    const back = await list(`order=${order}&limit=2&iterator=${String(third['prevIterator'])}`);
    expect([ids(back), back['done']]).toEqual([wanted.slice(2, 4), false]);
    const start = await list(`order=${order}&limit=2&iterator=${String(back['prevIterator'])}`);
    expect([ids(start), start['done']]).toEqual([wanted.slice(0, 2), true]);
  });

  it('applications ascend by default, endpoints and messages descend', async () => {
    expect(ids(await list(''))).toEqual(apps);
    const made: unknown[] = [];
    for (let index = 0; index < 3; index += 1) {
      made.push((await tenant.ask('POST', '/app/app-0/endpoint', { url: 'https://e.com' }))['id']);
    }
    expect(ids(await tenant.ask('GET', '/app/app-0/endpoint'))).toEqual(made.toReversed());
    expect(await indexes('')).toEqual([4, 3, 2, 1, 0]);
  });
});

describe('bounds in time', () => {
  it('before is exclusive, after is inclusive', async () => {
    expect(await indexes(`before=${at(3)}`)).toEqual([2, 1, 0]);
    expect(await indexes(`after=${at(3)}`)).toEqual([4, 3]);
    expect(await indexes(`after=${at(1)}&before=${at(4)}`)).toEqual([3, 2, 1]);
  });

  it('after alone walks forward: the oldest first pages, newest first in each', async () => {
    const page = await tenant.ask('GET', `/app/app-0/msg?limit=2&after=${at(1)}`);
    expect([ids(page), page['done']]).toEqual([[message(2), message(1)], false]);
  });

  it('they combine with an iterator', async () => {
    expect(await indexes(`iterator=${message(4)}&after=${at(1)}`)).toEqual([3, 2, 1]);
    expect(await indexes(`iterator=-${message(0)}&before=${at(3)}`)).toEqual([2, 1]);
  });

  it('a list looks back 90 days from its upper bound', async () => {
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
  ])('dates are taken in the form of %s', async (form) => {
    const written = encodeURIComponent(form(String(messages[3]?.['timestamp'])));
    expect(await indexes(`after=${written}`)).toEqual([4, 3]);
  });

  it('what is no date is 400', async () => {
    const bad = await tenant.send('GET', '/app/app-0/msg?before=2026-02-30T00:00:00Z');
    expect([bad.status, bad.json.code]).toEqual([400, 'generic_error']);
  });
});

describe('filters', () => {
  it.each([
    'event_types=type.0&event_types=x',
    'event_types=type.0,x',
    'event_types[]=type.0',
    'event_types[0]=type.0',
  ])('%s', async (query) => {
    expect(await indexes(query)).toEqual([4, 2, 0]);
  });

  it('channel, alone and with a limit', async () => {
    expect(await indexes('channel=any')).toEqual([3, 1]);
    expect(await indexes('channel=even&limit=2')).toEqual([4, 2]);
    expect(await indexes(`channel=even&limit=2&iterator=${message(2)}`)).toEqual([0]);
  });

  it('of newer clients are honoured where they are known, and ignored where they are not', async () => {
    expect(await indexes('expanded_statuses=true')).toHaveLength(5);
    expect(await indexes('tag=x')).toEqual([]);
    await tenant.ask('POST', '/app/app-0/endpoint', { url: 'https://e.com' });
    expect(ids(await list('exclude_apps_with_no_endpoints=true'))).toEqual([apps[0]]);
  });
});

describe('query strings', () => {
  it.each(['with_content=', 'with_content=1', 'with_content=True', 'limit=1&limit=1', 'limit=+1', 'limit='])(
    '%s is 400',
    async (query) => {
      const bad = await tenant.send('GET', `/app/app-0/msg?${query}`);
      expect([bad.status, bad.json.code]).toEqual([400, 'generic_error']);
    },
  );

  it('limit=01 is 1, and limit[] is another name', async () => {
    expect(await indexes('limit=01')).toHaveLength(1);
    expect(await indexes('limit[]=1')).toHaveLength(5);
  });
});
