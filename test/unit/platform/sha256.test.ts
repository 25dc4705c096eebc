import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Sha256 } from '../../../functions/platform/aws/sha256.ts';

const digestOf = async (hash: Sha256, ...parts: readonly (string | ArrayBuffer | ArrayBufferView)[]) => {
  for (const part of parts) hash.update(part);
  return Buffer.from(await hash.digest()).toString('hex');
};

const BYTES = Buffer.from('prefix bytes suffix');

describe('Sha256', () => {
  it('hashes text, bytes, views and nothing as Node does', async () => {
    const expected = createHash('sha256').update('a€').update('bytes').update(BYTES).digest('hex');
    const view = new DataView(BYTES.buffer, BYTES.byteOffset + 7, 5);
    const whole = new Uint8Array(BYTES).buffer;
    expect(await digestOf(new Sha256(), 'a€', view, whole)).toBe(expected);
    expect(await digestOf(new Sha256())).toBe(createHash('sha256').digest('hex'));
  });

  it.each(['secret', BYTES.subarray(7, 12), ''])('signs with a secret as Node does (%s)', async (secret) => {
    const expected = createHmac('sha256', secret).update('text').digest('hex');
    expect(await digestOf(new Sha256(secret), 'text')).toBe(expected);
  });

  it('begins again after reset', async () => {
    const hash = new Sha256();
    hash.update('dropped');
    hash.reset();
    expect(await digestOf(hash, 'kept')).toBe(createHash('sha256').update('kept').digest('hex'));
  });
});
