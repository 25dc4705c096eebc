import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bodyDecoder } from '../../../functions/api/wire/decode.ts';
import { Invalid } from '../../../functions/api/errors.ts';
import { messageIn } from '../../../functions/api/schemas/message.ts';

const schema = z.object({
  name: z.string(),
  count: z.int().nullish(),
  tags: z.array(z.string()).optional(),
  metadata: z.record(z.string(), z.string()).optional(),
  inner: z.object({ flag: z.boolean() }).optional(),
});
const decode = bodyDecoder(schema);

const locOf = (body: string | Uint8Array): string => {
  try {
    decode(typeof body === 'string' ? Buffer.from(body) : body);
  } catch (thrown) {
    if (thrown instanceof Invalid) return thrown.errors.map(({ loc }) => loc.join('|')).join(' ');
    throw thrown;
  }
  return 'fine';
};

describe('body decoder', () => {
  it.each([
    ['{"name":"x"} x', 'what follows the first value is ignored'],
    ['{"name":"x"}{"name":5}', 'a second object is ignored'],
    [' \n\t{ "name" : "x" , "other" : [1e5, {"a":null}] }', 'spaces and unknown fields are ignored'],
    [
      '{"name":"x","other":1,"other":2,"metadata":{"a":"1","a":"2"}}',
      'unknown keys and keys of maps may repeat',
    ],
    ['{"na\\u006de":"x"}', 'keys may be escaped'],
  ])('accepts %s, because %s', (body) => {
    expect(locOf(body)).toBe('fine');
  });

  it.each([
    ['', 'body||'],
    ['nope', 'body||'],
    ['5', 'body||'],
    ['null', 'body||'],
    ['{}', 'body||'],
    ['[]', 'body||'],
    ['["x"]', 'body||'],
    ['[{}]', 'body|[0]'],
    ['["x",null,[],{},{"flag":true}]', 'body||'],
    ['\ufeff{"name":"x"}', 'body||'],
    ['{', 'body|?'],
    ["{'name':'x'}", 'body|?'],
    ['{"name":"x"', 'body|?'],
    ['{"name":"x",}', 'body|?'],
    ['{"name":"x" "count":1}', 'body|?'],
    ['{"name":"x"/* c */}', 'body|?'],
    ['{"name":}', 'body|name'],
    ['{"name":tru}', 'body|name'],
    ['{"name":"a\nb"}', 'body|name'],
    ['{"name":"\\x"}', 'body|name'],
    ['{"name":"\\ud800"}', 'body|name'],
    ['{"name":01}', 'body|name'],
    ['{"name":"x","name":"y"}', 'body||'],
    ['{"name":null}', 'body|name'],
    ['{"name":"x","count":1.0}', 'body|count'],
    ['{"name":"x","count":1e2}', 'body|count'],
    ['{"name":"x","count":-0}', 'body|count'],
    ['{"name":"x","count":01}', 'body|?'],
    ['{"name":"x","count":"1"}', 'body|count'],
    ['{"name":"x","tags":["a",1]}', 'body|tags[1]'],
    ['{"name":"x","tags":["a",]}', 'body|tags[1]'],
    ['{"name":"x","metadata":{"a":1}}', 'body|metadata|a'],
    ['{"name":"x","metadata":{"a":"b",}}', 'body|metadata|?'],
    ['{"name":"x","inner":{}}', 'body|inner'],
    ['{"name":"x","inner":[true]}', 'body|inner'],
    ['{"name":"x","inner":{"flag":true,"flag":true}}', 'body|inner'],
    ['{"other":{"a":[1,}', 'body|other'],
    ['{"count":"first","name":5}', 'body|count'],
  ])('refuses %s with the location %s', (body, loc) => {
    expect(locOf(body)).toBe(loc);
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(locOf(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]))).toBe('body||');
  });

  it('treats __proto__ as an ordinary key and leaves prototypes unchanged', () => {
    const decoded = decode(Buffer.from('{"name":"x","metadata":{"a":"b"},"__proto__":{"z":1}}'));
    expect(decoded).toEqual({ name: 'x', metadata: { a: 'b' } });
    expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
    expect(locOf('{"name":"x","metadata":{"__proto__":"y","a":"b"}}')).toBe('body|metadata|__proto__');
  });
});

describe('payload decoder', () => {
  const read = (payload: string) =>
    bodyDecoder(messageIn())(Buffer.from(`{"eventType":"a","payload":${payload}}`)).payload.text;

  it.each([
    '{}',
    '{ "a" : [ 1 , 2.50 , -0 , 1e400 ] , "b" : { } }',
    '{"a":{"b":{"c":[[[]]]}},"d":"}]\\"{"}',
    `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`,
  ])('keeps the exact text of %s', (payload) => {
    expect(read(payload)).toBe(payload);
  });

  it.each([
    '{"a":}',
    '{"a" 1}',
    '{"a":1,}',
    '{a:1}',
    '{"a":[1 2]}',
    '{"a":1',
    '{"a":NaN}',
    '[',
    '{"a":"\t"}',
  ])('refuses %s, which is not JSON', (payload) => {
    expect(() => read(payload)).toThrow(Invalid);
  });

  it('refuses a payload nested a million levels deep without overflowing the stack', () => {
    expect(() => read('['.repeat(1_000_000))).toThrow(Invalid);
    expect(() => read('{"a":'.repeat(400_000))).toThrow(Invalid);
  });
});

describe('JSON reader compared with JSON.parse', () => {
  const isJson = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  const accepts = (text: string) => locOf(`{"name":"x","other":${text}}`) === 'fine';
  /** Whether the text closes the enclosing object early, which makes it a different text that may be valid. */
  const closesEarly = (text: string) =>
    [...`${text}}`.matchAll(/}/g)].some(({ index }) => isJson(`{"a":${text.slice(0, index)}}`));
  /** JSON with one character dropped, doubled or replaced at a random place. */
  const nearlyJson = fc
    .tuple(
      fc.json(),
      fc.nat(),
      fc.constantFrom('', ',', ':', '"', '{', ']', '0', '-', '.', 'e', '\\', ' ', '/'),
    )
    .map(([text, at, insert]) => {
      const position = at % (text.length + 1);
      return text.slice(0, position) + insert + text.slice(position + (at % 2));
    })
    .filter((text) => isJson(text) || !closesEarly(text));

  it('accepts all JSON', () => {
    fc.assert(fc.property(fc.json({ maxDepth: 5 }), (text) => accepts(text)));
  });

  it('accepts damaged JSON exactly when JSON.parse does', () => {
    fc.assert(
      fc.property(nearlyJson, (text) => accepts(text) === isJson(text)),
      { numRuns: 500 },
    );
  });

  it('throws nothing but Invalid for random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => typeof locOf(bytes) === 'string'));
  });
});
