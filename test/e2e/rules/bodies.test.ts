import { beforeAll, describe, expect, it } from 'vitest';
import { complaints, freshTenant } from '../../support/api.ts';
import type { Tenant } from '../../support/api.ts';

/** How request bodies are decoded, and which locations a 422 names. */
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

describe('a body is accepted that has', () => {
  it.each([
    ['text after the first value', APP, '{"name":"x"} x', 201],
    ['a second object', APP, '{"name":"x"}{"name":5}', 201],
    ['unknown fields, even duplicate ones', APP, '{"name":"x","n":1,"n":2}', 201],
    ['a duplicate key in a map', APP, '{"name":"x","metadata":{"a":"1","a":"2"}}', 201],
    ['null in optional fields', APP, '{"name":"x","uid":null,"metadata":null,"throttleRate":null}', 201],
    [
      'six channels, two of them equal',
      MSG,
      '{"eventType":"a","payload":{},"channels":["a","b","c","d","e","a"]}',
      202,
    ],
    [
      'eleven channels, two of them equal',
      EP,
      JSON.stringify({ url: 'https://e.com', channels: 'a,b,c,d,e,f,g,h,i,j,a'.split(',') }),
      201,
    ],
    ['data instead of payload', MSG, '{"eventType":"a","data":{}}', 202],
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

describe('a body gets 422 with a decoding error if it has', () => {
  it.each([
    ['a byte order mark in front', APP, '\ufeff{"name":"x"}', 'body//'],
    ['an object without its end', APP, '{"name":"x"', 'body/?'],
    ['a trailing comma', APP, '{"name":"x",}', 'body/?'],
    ['single quotes', APP, "{'name':'x'}", 'body/?'],
    ['no required field', APP, '{}', 'body//'],
    ['a duplicate field', APP, '{"name":"x","name":"y"}', 'body//'],
    ['a number instead of an object', APP, '5', 'body//'],
    ['an empty list instead of an object', APP, '[]', 'body//'],
    ['a list of fields instead of an object', APP, '["x",null,null,null,{}]', 'body//'],
    ['a list instead of an object, whose first item is of a wrong type', APP, '[{}]', 'body/[0]'],
    ['a wrong type', APP, '{"name":5}', 'body/name'],
    ['a wrong type in a map', APP, '{"name":"x","metadata":{"a":5}}', 'body/metadata/a'],
    ['an integer with a decimal point', APP, '{"name":"x","throttleRate":1.0}', 'body/throttleRate'],
    ['an integer with an exponent', APP, '{"name":"x","throttleRate":1e2}', 'body/throttleRate'],
    ['an integer that is negative zero', APP, '{"name":"x","throttleRate":-0}', 'body/throttleRate'],
    ['an integer above its maximum', APP, '{"name":"x","throttleRate":65536}', 'body/throttleRate'],
    [
      'both eventTypes and filterTypes',
      EP,
      '{"url":"https://e.com","eventTypes":null,"filterTypes":null}',
      'body//',
    ],
    ['both payload and data', MSG, '{"eventType":"a","payload":{},"data":{}}', 'body//'],
    ['a wrong type in a list', MSG, '{"eventType":"a","payload":{},"channels":[5]}', 'body/channels[0]'],
  ])('%s', async (_name, path, body, place) => {
    const answer = await post(path, body);
    expect([answer.status, complaints(answer)]).toEqual([422, [`${place} ${DECODE}`]]);
  });

  it('more than 4,096 bytes of metadata, and then no error about its values is reported', async () => {
    const fits = { a: 'x'.repeat(4_096 - '{"a":""}'.length) };
    expect((await post(APP, { name: 'x', metadata: fits })).status).toBe(201);
    const answer = await post(APP, { name: '', metadata: { a: `${fits.a}x` } });
    expect(complaints(answer)).toEqual([`body/metadata ${DECODE}`]);
  });
});

describe('a body gets 422 with the location of each invalid value if it has', () => {
  it.each([
    ['control characters in a name', APP, { name: 'a\u0001' }, ['body/name']],
    ['an id as uid', APP, { name: 'x', uid: 'app_1' }, ['body/uid/__all__']],
    ['a uid of 257 characters', APP, { name: 'x', uid: 'u'.repeat(257) }, ['body/uid/__all__']],
    ['two invalid values', APP, { name: '', throttleRate: 0 }, ['body/name', 'body/throttle_rate']],
    [
      'an invalid eventId, which the error calls uid',
      MSG,
      { eventType: 'a', payload: {}, eventId: 'a b' },
      ['body/uid/__all__'],
    ],
    ['a payload that is not an object', MSG, { eventType: 'a', payload: 'x' }, ['body/payload']],
  ])('%s', async (_name, path, body, places) => {
    const answer = await post(path, body);
    expect([answer.status, complaints(answer)]).toEqual([422, places.map((place) => `${place} ${VALUE}`)]);
  });
});

it('a body of 2,097,152 bytes is accepted on every route and one of a byte more gets 413', async () => {
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
