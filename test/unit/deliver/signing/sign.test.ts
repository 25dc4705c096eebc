import { createPublicKey, verify } from 'node:crypto';
import fc from 'fast-check';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { describe, expect, it } from 'vitest';
import type { SigningKey } from '../../../../functions/deliver/signing/endpoint-secret.ts';
import { formatPrivate, generateSecret } from '../../../../functions/deliver/signing/endpoint-secret.ts';
import { signatureHeaders } from '../../../../functions/deliver/signing/sign.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const symmetric = (fill: number): SigningKey =>
  generateSecret('hmac256', (size) => new Uint8Array(size).fill(fill));
const soon = () => Math.floor(Date.now() / 1000);

function headersOf(
  prefix: 'svix' | 'webhook',
  body: Uint8Array,
  keys: SigningKey[],
  timestampSeconds = soon(),
) {
  const headers = signatureHeaders({
    prefix,
    messageId: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestampSeconds,
    body,
    keys,
  });
  return Object.fromEntries(headers) as Record<string, string>;
}

describe('signature headers', () => {
  it('list all v1 signatures before all v1a signatures, each in the order of the keys', () => {
    const [first, second] = [symmetric(1), symmetric(2)];
    const pair = generateSecret('ed25519', (size) => new Uint8Array(size).fill(3));
    const of = (keys: SigningKey[]) =>
      headersOf('svix', utf8('{}'), keys, 1_614_265_330)['svix-signature']?.split(' ') ?? [];
    const [v1, v2, v1a] = [of([first]), of([second]), of([pair])];
    expect(of([pair, first, second])).toEqual([...v1, ...v2, ...v1a]);
    expect(of([second, pair, first])).toEqual([...v2, ...v1, ...v1a]);
  });

  it('match the published test vector', () => {
    const key: SigningKey = {
      kind: 'hmac256',
      key: Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64'),
    };
    expect(headersOf('svix', utf8('{"test": 2432232314}'), [key], 1614265330)).toEqual({
      'svix-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'svix-timestamp': '1614265330',
      'svix-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('are accepted by the standardwebhooks and svix verifiers for any JSON body', () => {
    const key = symmetric(1);
    fc.assert(
      fc.property(fc.json(), (json) => {
        const value: unknown = JSON.parse(json);
        const standard = new StandardWebhook(formatPrivate(key));
        expect(standard.verify(json, headersOf('webhook', utf8(json), [key]))).toEqual(value);
        new SvixWebhook(formatPrivate(key)).verify(json, headersOf('svix', utf8(json), [key])); // throws if it refuses
      }),
    );
  });

  it('are accepted with the current and with the rotated secret while both sign', () => {
    const [current, old] = [symmetric(1), symmetric(2)];
    const headers = headersOf('svix', utf8('{"a":1.0}'), [current, old]);
    for (const key of [current, old]) {
      expect(() => new SvixWebhook(formatPrivate(key)).verify('{"a":1.0}', headers)).not.toThrow();
    }
    expect(headers['svix-signature']?.split(' ')[0]).toBe(
      headersOf('svix', utf8('{"a":1.0}'), [current])['svix-signature'],
    );
  });

  it('are refused by the verifiers for another body or secret', () => {
    const headers = headersOf('svix', utf8('{"a":1}'), [symmetric(1)]);
    expect(() => new SvixWebhook(formatPrivate(symmetric(1))).verify('{"a":2}', headers)).toThrow(
      'signature',
    );
    expect(() => new SvixWebhook(formatPrivate(symmetric(3))).verify('{"a":1}', headers)).toThrow(
      'signature',
    );
  });

  it('have an ed25519 signature that the public key verifies, even over bytes that are not text', () => {
    const key = generateSecret('ed25519', (size) => new Uint8Array(size).fill(9));
    const x = Buffer.from(key.kind === 'ed25519' ? key.pair.subarray(32) : []).toString('base64url');
    const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    const body = Uint8Array.of(0xff, 0x00, 0xc3);
    const [version, signature = ''] = headersOf('webhook', body, [key], 5)['webhook-signature']!.split(',');
    const signed = Buffer.concat([utf8('msg_p5jXN8AQM9LWM0D4loKWxJek.5.'), body]);
    expect(version).toBe('v1a');
    expect(verify(null, signed, publicKey, Buffer.from(signature, 'base64'))).toBe(true);
  });
});
