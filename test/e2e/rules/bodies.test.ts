import { beforeAll, describe, expect, it } from 'vitest';
import { complaints, freshTenant } from '../../support/api.ts';
import type { Tenant } from '../../support/api.ts';

/** How bodies are read, and what the complaints of a 422 name. */
let tenant: Tenant;

beforeAll(async () => {
  tenant = await freshTenant();
  await tenant.ask('POST', '/app', { name: 'Acme', uid: 'acme' });
});

const DECODE = 'value_error.jsondecode';
const VALUE = 'value_error';

const post = (path: string, body: unknown) => tenant.send('POST', path, body);
const APP = '/app';
const EP = '/app/acme/endpoint';
const MSG = '/app/acme/msg';

describe('is accepted:', () => {
  it.each([
    ['text after the first value', APP, '{"name":"x"} x', 201],
    ['a second object', APP, '{"name":"x"}{"name":5}', 201],
    ['unknown fields, also twice', APP, '{"name":"x","n":1,"n":2}', 201],
    ['a key twice in a map', APP, '{"name":"x","metadata":{"a":"1","a":"2"}}', 201],
    [
      'null where a value is optional',
      APP,
      '{"name":"x","uid":null,"metadata":null,"throttleRate":null}',
      201,
    ],
    ['fields by position', APP, '["x",null,null,null,{}]', 201],
    [
      'six channels with a twin',
      MSG,
      '{"eventType":"a","payload":{},"channels":["a","b","c","d","e","a"]}',
      202,
    ],
    [
      'eleven channels with a twin',
      EP,
      JSON.stringify({ url: 'https://e.com', channels: 'a,b,c,d,e,f,g,h,i,j,a'.split(',') }),
      201,
    ],
    ['data for payload', MSG, '{"eventType":"a","data":{}}', 202],
    [
      '200 levels of nesting',
      MSG,
      `{"eventType":"a","payload":${'{"a":'.repeat(200)}1${'}'.repeat(200)}}`,
      202,
    ],
    ['a lone surrogate in a payload', MSG, '{"eventType":"a","payload":{"a":"\\ud800"}}', 202],
  ])('%s', async (_name, path, body, status) => {
    const answer = await post(path, body);
    expect([answer.status, answer.text]).toEqual([status, expect.anything()]);
  });
});

describe('cannot be decoded:', () => {
  it.each([
    ['a byte order mark', APP, '\ufeff{"name":"x"}', 'body//'],
    ['a cut off object', APP, '{"name":"x"', 'body/?'],
    ['a trailing comma', APP, '{"name":"x",}', 'body/?'],
    ['single quotes', APP, "{'name':'x'}", 'body/?'],
    ['a missing field', APP, '{}', 'body//'],
    ['a field twice', APP, '{"name":"x","name":"y"}', 'body//'],
    ['no object', APP, '5', 'body//'],
    ['an empty list', APP, '[]', 'body//'],
    ['a wrong type by position', APP, '[{}]', 'body/[0]'],
    ['a wrong type', APP, '{"name":5}', 'body/name'],
    ['a wrong type in a map', APP, '{"name":"x","metadata":{"a":5}}', 'body/metadata/a'],
    ['a whole number with a point', APP, '{"name":"x","throttleRate":1.0}', 'body/throttleRate'],
    ['a whole number with an exponent', APP, '{"name":"x","throttleRate":1e2}', 'body/throttleRate'],
    ['a negative zero', APP, '{"name":"x","throttleRate":-0}', 'body/throttleRate'],
    ['a number that is too large', APP, '{"name":"x","throttleRate":65536}', 'body/throttleRate'],
    [
      'eventTypes and filterTypes',
      EP,
      '{"url":"https://e.com","eventTypes":null,"filterTypes":null}',
      'body//',
    ],
    ['payload and data', MSG, '{"eventType":"a","payload":{},"data":{}}', 'body//'],
    ['a wrong type in a list', MSG, '{"eventType":"a","payload":{},"channels":[5]}', 'body/channels[0]'],
  ])('%s', async (_name, path, body, place) => {
    const answer = await post(path, body);
    expect([answer.status, complaints(answer)]).toEqual([422, [`${place} ${DECODE}`]]);
  });

  it('metadata of more than 4,096 bytes, which hides what is wrong with values', async () => {
    const fits = { a: 'x'.repeat(4_096 - '{"a":""}'.length) };
    expect((await post(APP, { name: 'x', metadata: fits })).status).toBe(201);
    const answer = await post(APP, { name: '', metadata: { a: `${fits.a}x` } });
    expect(complaints(answer)).toEqual([`body/metadata ${DECODE}`]);
  });
});

describe('has wrong values:', () => {
  it.each([
    ['control characters', APP, { name: 'a\u0001' }, ['body/name']],
    ['an id as uid', APP, { name: 'x', uid: 'app_1' }, ['body/uid/__all__']],
    ['a uid of 257 letters', APP, { name: 'x', uid: 'u'.repeat(257) }, ['body/uid/__all__']],
    ['two things at once', APP, { name: '', throttleRate: 0 }, ['body/name', 'body/throttle_rate']],
    [
      'an eventId, by its stored name',
      MSG,
      { eventType: 'a', payload: {}, eventId: 'a b' },
      ['body/uid/__all__'],
    ],
    ['a payload that is no object', MSG, { eventType: 'a', payload: 'x' }, ['body/payload']],
  ])('%s', async (_name, path, body, places) => {
    const answer = await post(path, body);
    expect([answer.status, complaints(answer)]).toEqual([422, places.map((place) => `${place} ${VALUE}`)]);
  });
});

it('2,097,152 bytes pass on every route, one more is 413', async () => {
  const padded = (bytes: number, body: object) => {
    const empty = JSON.stringify({ ...body, padding: '' }).length;
    return JSON.stringify({ ...body, padding: 'x'.repeat(bytes - empty) });
  };
  const routes: [string, string, object, number][] = [
    ['POST', '/app', { name: 'x' }, 201],
    ['POST', MSG, { eventType: 'a', payload: {} }, 202],
    ['PATCH', '/app/acme', {}, 200],
    ['PUT', '/event-type/large', { description: '' }, 201],
  ];
  for (const [method, path, body, status] of routes) {
    expect((await tenant.send(method, path, padded(2_097_152, body))).status).toBe(status);
    const refused = await tenant.send(method, path, padded(2_097_153, body));
    expect([refused.status, refused.json.code]).toEqual([413, 'payload_too_large']);
  }
});
