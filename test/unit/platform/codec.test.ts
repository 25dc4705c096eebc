import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pack, unpack } from '../../../functions/platform/codec/codec.ts';

describe('byte codec', () => {
  it('restores the exact bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), fc.nat({ max: 50 }), (bytes, times) => {
        const body = Buffer.concat(Array<Uint8Array>(times).fill(bytes));
        expect(Buffer.from(unpack(pack(body))).equals(body)).toBe(true);
      }),
    );
  });

  it('compresses when that saves bytes and adds at most one byte otherwise', () => {
    const text = Buffer.from(JSON.stringify(Array(200).fill({ amount: 12.5, currency: 'EUR' })));
    expect(pack(text).length).toBeLessThan(text.length / 10);
    for (const size of [0, 1, 255, 256, 9_000]) {
      expect(pack(randomBytes(size)).length).toBeLessThanOrEqual(size + 1);
    }
  });

  it('refuses bytes of an unknown compression', () => {
    expect(() => unpack(Uint8Array.of(9, 1, 2))).toThrow('unknown compression 9');
    expect(() => unpack(new Uint8Array(0))).toThrow('unknown compression');
  });
});
