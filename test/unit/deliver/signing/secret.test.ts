import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SigningKey } from '../../../../functions/deliver/signing/endpoint-secret.ts';
import {
  formatPrivate,
  formatReadable,
  generateSecret,
  parseSecret,
} from '../../../../functions/deliver/signing/endpoint-secret.ts';

const b64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const filled = (size: number) => new Uint8Array(size).fill(7);

describe('an endpoint secret as text', () => {
  it('parses to the same key in its private form, for 24 to 75 bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 24, maxLength: 75 }), (bytes) => {
        const parsed = parseSecret(`whsec_${b64(bytes)}`);
        expect(parsed).toMatchObject({ kind: 'ok', key: { kind: 'hmac256' } });
        if (parsed.kind === 'ok') expect(formatPrivate(parsed.key)).toBe(`whsec_${b64(bytes)}`);
      }),
    );
  });

  it('has the ed25519 pair of node:crypto, and shows only the public key', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const { d = '', x = '' } = privateKey.export({ format: 'jwk' });
    const [seed, publicKey] = [Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')];
    const text = `whsk_${b64(Buffer.concat([seed, publicKey]))}`;
    const parsed = parseSecret(text);
    expect(parsed).toMatchObject({ kind: 'ok', key: { kind: 'ed25519' } });
    const generated = generateSecret('ed25519', () => seed);
    expect(formatPrivate(generated)).toBe(text);
    expect(formatReadable(generated)).toBe(`whpk_${b64(publicKey)}`);
  });

  it.each([23, 76])('has a wrong length with %i bytes, and is not malformed', (size) => {
    expect(parseSecret(`whsec_${b64(filled(size))}`).kind).toBe('wrongLength');
  });

  it.each([
    ['no prefix', b64(filled(24))],
    ['the public prefix', `whpk_${b64(filled(32))}`],
    ['cut off', 'whsec_short'],
    ['padding left out', `whsec_${b64(filled(25)).replaceAll('=', '')}`],
    ['URL-safe base64', `whsec_${b64(new Uint8Array(24).fill(255)).replaceAll('/', '_')}`],
    ['a space inside', `whsec_${b64(filled(24)).slice(0, 16)} ${b64(filled(24)).slice(16)}`],
    ['bits after the end', `whsec_${b64(filled(25)).replace(/.==$/, 'x==')}`],
    ['a public key of another seed', `whsk_${b64(filled(64))}`],
  ])('is malformed with %s', (_what, text) => {
    expect(parseSecret(text).kind).toBe('malformed');
  });

  it('has a wrong length with half an ed25519 pair', () => {
    expect(parseSecret(`whsk_${b64(filled(32))}`).kind).toBe('wrongLength');
  });

  it.each<SigningKey['kind']>(['hmac256', 'ed25519'])('can be generated and parsed: %s', (kind) => {
    const key = generateSecret(kind, filled);
    expect(parseSecret(formatPrivate(key))).toMatchObject({ kind: 'ok', key: { kind } });
  });
});
