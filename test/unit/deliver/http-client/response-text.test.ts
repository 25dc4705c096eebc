import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { responseText } from '../../../../functions/deliver/http-client/response-text.domain.ts';
import type { ResponseBytes } from '../../../../functions/deliver/http-client/response-text.domain.ts';

const textOf = (bytes: Uint8Array, some: Partial<ResponseBytes> = {}) =>
  responseText({ bytes, complete: true, contentType: undefined, contentEncoding: undefined, ...some });
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const LATIN1 = Buffer.from('café', 'latin1');

describe('the stored text of a response', () => {
  it('that was cut off ends between characters, wherever the cut is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.nat(), (text, cut) => {
        const all = Buffer.from(text);
        const kept = textOf(all.subarray(0, cut % (all.length + 1)), { complete: false });
        expect(Buffer.from(text).toString().startsWith(kept)).toBe(true);
        expect((cut % (all.length + 1)) - Buffer.byteLength(kept)).toBeLessThan(4);
      }),
    );
  });

  it('that is complete and ends inside a character is not UTF-8', () => {
    const bytes = Buffer.from('é').subarray(0, 1);
    expect(textOf(bytes)).toBe(base64(bytes));
  });

  it.each<[string, string, string]>([
    ['iso-8859-1', 'text/plain; charset=ISO-8859-1', 'café'],
    ['a quoted charset', 'text/html;charset="windows-1252"', 'café'],
    ['text without a charset', 'text/plain', 'caf\ufffd'],
    ['JSON', 'application/problem+json', 'caf\ufffd'],
    ['text with an unknown charset', 'text/plain; charset=klingon', 'caf\ufffd'],
    ['text that is said to be UTF-8', 'application/json; charset=utf-8', 'caf\ufffd'],
  ])('is text if its content type declares text: %s', (_what, contentType, text) => {
    expect(textOf(LATIN1, { contentType })).toBe(text);
  });

  it('in a two-byte charset may be cut off inside a character', () => {
    const bytes = Buffer.from('héllo', 'utf16le').subarray(0, 5);
    expect(textOf(bytes, { complete: false, contentType: 'text/plain; charset=utf-16le' })).toBe('hé');
    const kanji = Buffer.from([0x93, 0xfa, 0x96, 0x7b, 0x8c]);
    expect(textOf(kanji, { complete: false, contentType: 'text/plain; charset=shift_jis' })).toBe('日本');
  });

  it('is base64 if it is not declared as text, or compressed', () => {
    const zipped = Buffer.from('1f8b0800000000000003', 'hex');
    expect(textOf(LATIN1)).toBe(base64(LATIN1));
    expect(textOf(zipped, { contentType: 'application/octet-stream' })).toBe(base64(zipped));
    expect(textOf(zipped, { contentType: 'text/plain', contentEncoding: 'gzip' })).toBe(base64(zipped));
    expect(textOf(LATIN1, { contentType: 'image/png; charset=binary' })).toBe(base64(LATIN1));
  });

  it('never fails, whatever the bytes and their type', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), fc.boolean(), (bytes, contentType, complete) => {
        expect(typeof textOf(bytes, { contentType, complete })).toBe('string');
      }),
    );
  });
});
