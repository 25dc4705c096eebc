import { describe, expect, it } from 'vitest';
import { parseInstant } from '../../../functions/platform/wire/dates.ts';
import { complaints, column, makeClient, token } from './client.ts';
import { ORG } from './fakes.ts';

/** Behaviour observed on the open-source server that differs from its documentation or is not documented. */

const DECODE = 'value_error.jsondecode';
const EP = '/api/v1/app/acme/endpoint';

const start = async () => {
  const client = await makeClient();
  await client.send('POST', '/api/v1/app', { name: 'Acme', uid: 'acme' });
  await client.send('POST', EP, { url: 'https://example.com', uid: 'ep1' });
  return client;
};

describe('event type list iterator', () => {
  it.each(['é', 'a b', 'a/b', '-é', '', '-', 'x'.repeat(257)])(
    'refuses %j, which cannot be an event type name',
    async (iterator) => {
      const { send } = await start();
      const answer = await send('GET', `/api/v1/event-type?iterator=${encodeURIComponent(iterator)}`);
      expect([answer.status, complaints(answer)]).toEqual([422, ['query/iterator/__all__ value_error']]);
    },
  );

  it('accepts names with characters that only PUT allows, so that paging can continue', async () => {
    const { send } = await start();
    for (const name of ['a', 'a%20b', 'b'])
      await send('PUT', `/api/v1/event-type/${name}`, { description: '' });
    const first = await send('GET', '/api/v1/event-type?limit=2');
    expect([column(first, 'name'), first.json.iterator]).toEqual([['a', 'a b'], 'a b']);
    const next = await send(
      'GET',
      `/api/v1/event-type?iterator=${encodeURIComponent(String(first.json.iterator))}`,
    );
    expect(column(next, 'name')).toEqual(['b']);
  });

  it('accepts the name of an event type that does not exist', async () => {
    const { send } = await start();
    expect((await send('GET', '/api/v1/event-type?iterator=nope')).status).toBe(200);
  });
});

describe('event_types query parameter', () => {
  const lists = ['/api/v1/app/acme/msg', '/api/v1/app/acme/attempt/endpoint/ep1', `${EP}/ep1/msg`];

  it.each(['', 'a,', ',a', 'a,,b', ','])('refuses %j, which contains an empty name', async (value) => {
    const { send } = await start();
    for (const list of lists) {
      const answer = await send('GET', `${list}?event_types=${value}`);
      expect([answer.status, [...new Set(complaints(answer))]]).toEqual([422, ['query/__all__ value_error']]);
      expect(answer.json.detail[0].msg).toMatch(/event_types: .*at least one character/);
    }
  });

  it('reports wrong characters at the query as a whole', async () => {
    const { send } = await start();
    const answer = await send('GET', '/api/v1/app/acme/msg?event_types=a%20b');
    expect(complaints(answer)).toEqual(['query/__all__ value_error']);
  });

  it.each(['event_types[x]', 'event_types[]', 'event_types[0]', 'event_types%5Bx%5D', 'event_types[x y]'])(
    'filters when it is spelled %s',
    async (name) => {
      const { send } = await start();
      for (const eventType of ['a', 'b'])
        await send('POST', '/api/v1/app/acme/msg', { eventType, payload: {} });
      expect(column(await send('GET', `/api/v1/app/acme/msg?${name}=a`), 'eventType')).toEqual(['a']);
    },
  );
});

describe('numbers in a query', () => {
  it.each([
    ['18446744073709551615', 422],
    ['9007199254740993', 422],
    ['251', 422],
    ['00000000000000000000000250', 200],
    ['18446744073709551616', 400],
    ['99999999999999999999999999', 400],
  ])('limit=%s is answered with %i', async (limit, status) => {
    const { send } = await start();
    const answer = await send('GET', `/api/v1/app?limit=${limit}`);
    expect(answer.status).toBe(status);
    if (status === 422) expect(complaints(answer)).toEqual(['query/limit/limit value_error']);
  });
});

describe('attempts by message', () => {
  it.each(['a%20b', '', '%C3%A9', 'x'.repeat(257)])('refuse endpoint_id=%s', async (endpoint) => {
    const { send } = await start();
    const answer = await send('GET', `/api/v1/app/acme/attempt/msg/nope?endpoint_id=${endpoint}`);
    expect([answer.status, complaints(answer)]).toEqual([422, ['query/endpoint_id/__all__ value_error']]);
  });
});

describe('date and time parser', () => {
  const list = (instant: string) => `/api/v1/app/acme/msg?before=${encodeURIComponent(instant)}`;

  it.each([
    ['2026-11-22T24:00:00Z', 400],
    ['2026-11-22T23:60:00Z', 400],
    ['2026-11-22T23:59:61Z', 400],
    ['2026-11-22T23:00:00+24:00', 400],
    ['2026-11-22T23:00:00+00:60', 400],
    ['2016-12-31T23:59:60Z', 200],
    ['2026-11-22T12:30:60.5Z', 200],
  ])('answers %s in a query with %i', async (instant, status) => {
    const { send } = await start();
    expect((await send('GET', list(instant))).status).toBe(status);
  });

  it('reads a leap second as the following instant', () => {
    expect(parseInstant('2016-12-31T23:59:60Z')).toBe(Date.parse('2017-01-01T00:00:00Z'));
    expect(parseInstant('2016-12-31 23:59:60.25 UTC')).toBe(Date.parse('2017-01-01T00:00:00.250Z'));
    expect(parseInstant('2026-11-22T12:00:00.123456789-01:30')).toBe(Date.parse('2026-11-22T13:30:00.123Z'));
  });

  it('reads an instant whose year in UTC has no four digits as the nearest one that has', () => {
    expect(parseInstant('9999-12-31T23:59:59-12:00')).toBe(Date.parse('9999-12-31T23:59:59.999Z'));
    expect(parseInstant('0000-01-01T00:00:00+12:00')).toBe(Date.parse('0000-01-01T00:00:00Z'));
    expect(parseInstant('9999-12-31T23:59:59.999Z')).toBe(Date.parse('9999-12-31T23:59:59.999Z'));
  });

  it('refuses an invalid date in a body with its location', async () => {
    const { send } = await start();
    const answer = await send('POST', `${EP}/ep1/recover`, { since: '2026-11-22T24:00:00Z' });
    expect(complaints(answer)).toEqual([`body/since ${DECODE}`]);
    expect((await send('POST', `${EP}/ep1/recover`, { since: '2026-11-22T23:59:60Z' })).status).toBe(202);
  });
});

describe('order of validation', () => {
  const unknownTypes = { url: 'https://example.com', eventTypes: ['nope'] };

  it.each<[string, string, unknown, number]>([
    ['PATCH', '/api/v1/app/nope', 'no JSON', 404],
    ['PATCH', '/api/v1/app/nope', { name: '' }, 404],
    ['PATCH', '/api/v1/app/a%20b', { name: '' }, 404],
    ['PUT', '/api/v1/app/nope', { name: '' }, 422],
    ['POST', '/api/v1/app/nope/endpoint', 'no JSON', 404],
    ['PUT', '/api/v1/app/nope/endpoint/nope', 'no JSON', 404],
    ['PATCH', `${EP}/nope`, { eventTypes: ['nope'] }, 422],
    ['PATCH', `${EP}/nope`, 'no JSON', 422],
    ['PATCH', `${EP}/nope`, {}, 404],
    ['PUT', `${EP}/nope`, unknownTypes, 422],
    ['PUT', `${EP}/nope/headers`, { headers: { 'a b': '' } }, 422],
    ['PUT', '/api/v1/app/nope/endpoint/nope/headers', { headers: { 'a b': '' } }, 404],
    ['POST', `${EP}/nope/secret/rotate`, 'no JSON', 422],
    ['POST', `${EP}/nope/recover`, {}, 422],
    ['POST', `${EP}/nope/send-example`, {}, 422],
    ['POST', '/api/v1/app/nope/msg', {}, 422],
    ['PATCH', '/api/v1/event-type/nope', { schemas: { 1: 5 } }, 422],
    ['PATCH', '/api/v1/event-type/nope', {}, 404],
    ['GET', '/api/v1/app/nope/msg?limit=300', undefined, 422],
    ['GET', `${EP}/nope/stats?since=x`, undefined, 400],
  ])('%s %s with %j is answered with %i', async (method, path, body, status) => {
    const { send } = await start();
    expect((await send(method, path, body)).status).toBe(status);
  });

  it('answers 403 to application tokens on organization routes before any other check', async () => {
    const { send, simulation } = await start();
    const [app] = simulation.applications.values();
    const authorization = `Bearer ${await token({ sub: app!.id, org: ORG })}`;
    for (const path of ['/api/v1/app/nope', '/api/v1/app/acme']) {
      expect((await send('PATCH', path, 'no JSON', { authorization })).status).toBe(403);
    }
  });
});

describe('error locations', () => {
  it.each([
    ['POST', '/api/v1/event-type', { name: 'a', description: '', featureFlag: '' }, 'body/featureFlag'],
    ['POST', '/api/v1/event-type', { name: 'a', description: '', featureFlag: 'a b' }, 'body/featureFlag'],
    ['PATCH', '/api/v1/event-type/a', { featureFlag: '' }, 'body/featureFlag'],
    ['POST', '/api/v1/auth/app-portal-access/acme', { featureFlags: ['a', ''] }, 'body/featureFlags[1]'],
  ])('name a wrong feature flag as a decoding error: %s %s %j', async (method, path, body, place) => {
    const { send } = await start();
    expect(complaints(await send(method, path, body))).toEqual([`${place} ${DECODE}`]);
  });

  it('name app_id_or_uid for a path segment that cannot be an application', async () => {
    const { send } = await start();
    const answer = await send('POST', '/api/v1/app/a%20b/msg', { eventType: 'a', payload: {} });
    expect(complaints(answer)).toEqual(['path/app_id_or_uid/__all__ value_error']);
  });
});

describe('dashboard-access', () => {
  it.each(['', 'null', 'no JSON', '{"featureFlags":["a b"]}', '[]', '{"application":5}'])(
    'ignores its body: %s',
    async (body) => {
      const { send } = await start();
      expect((await send('POST', '/api/v1/auth/dashboard-access/acme', body)).status).toBe(200);
    },
  );
});

describe('event type schema validation', () => {
  const create = async (schema: unknown) =>
    (await start()).send('POST', '/api/v1/event-type', {
      name: 'a',
      description: '',
      schemas: { 1: schema },
    });

  it.each([
    { enum: [] },
    { properties: { a: { enum: [] } } },
    { enum: [1, 1, { a: 1 }] },
    true,
    false,
    { items: false },
  ])('accepts %j as draft 7', async (schema) => {
    const { status, json } = await create(schema);
    expect([status, json.schemas]).toEqual([201, { 1: schema }]);
  });

  it.each([{ enum: 5 }, { enum: null }, { type: 'nothing' }, { type: [] }, { pattern: '(' }])(
    'refuses %j',
    async (schema) => {
      expect((await create(schema)).status).toBe(422);
    },
  );

  it.each([
    [1_000, 201],
    [60_000, 422],
  ])('of an enum with %i values is answered with %i without comparing all pairs', async (count, expected) => {
    const many = Array.from({ length: count }, (_, index) => `value-${index}`);
    const { status } = await create({ enum: many });
    expect(status).toBe(expected);
  });
});

describe('endpoint URL', () => {
  it.each([
    ['https://example.com/a^b', 'https://example.com/a^b'],
    ['https://EXAMPLE.com/a^b/%5E/é?q=^&x#^', 'https://example.com/a^b/%5E/%C3%A9?q=^&x#^'],
    ['https://u^:p^@example.com/x^/../^y', 'https://u%5E:p%5E@example.com/^y'],
    ['https://example.com/caret^', 'https://example.com/caret^'],
    ['https://example.com/%5E', 'https://example.com/%5E'],
    ['https://example.com/?^', 'https://example.com/?^'],
    ['https://example.com^', undefined],
    ['https://exa^mple.com/a^b', undefined],
  ])('%s is stored as %s', async (url, kept) => {
    const { send } = await start();
    const { status, json } = await send('POST', EP, { url });
    expect([status, json.url]).toEqual(kept === undefined ? [422, undefined] : [201, kept]);
  });
});
