import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pack, unpack } from '../../../functions/platform/codec/codec.ts';

describe('stored bytes', () => {
  it('come back exactly as they were', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), fc.nat({ max: 50 }), (bytes, times) => {
        const body = Buffer.concat(Array<Uint8Array>(times).fill(bytes));
        expect(Buffer.from(unpack(pack(body))).equals(body)).toBe(true);
      }),
    );
  });

  it('are smaller where packing helps, and one byte longer at most where not', () => {
    const text = Buffer.from(JSON.stringify(Array(200).fill({ amount: 12.5, currency: 'EUR' })));
    expect(pack(text).length).toBeLessThan(text.length / 10);
    for (const size of [0, 1, 255, 256, 9_000]) {
      expect(pack(randomBytes(size)).length).toBeLessThanOrEqual(size + 1);
    }
  });

  it('of an unknown packing are refused', () => {
    expect(() => unpack(Uint8Array.of(9, 1, 2))).toThrow('unknown compression 9');
    expect(() => unpack(new Uint8Array(0))).toThrow('unknown compression');
  });
});
