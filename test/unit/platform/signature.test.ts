import { createHash, createHmac } from 'node:crypto';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import type { SourceData } from '@smithy/types';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Signer } from '../../../functions/platform/aws/signature.ts';

/** The SDK's signer is the oracle. */

class NodeSha256 {
  readonly #hash;

  constructor(secret?: SourceData) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as Uint8Array);
  }

  update(data: Uint8Array) {
    this.#hash.update(data);
  }

  digest() {
    return Promise.resolve(new Uint8Array(this.#hash.digest()));
  }

  reset() {
    throw new Error('unused');
  }
}

const word = fc.stringMatching(/^[A-Za-z0-9+/=._-]{1,40}$/);
const request = fc.record({
  host: word,
  path: fc
    .array(fc.stringMatching(/^[A-Za-z0-9._~-]{1,8}(%20)?$/))
    .map((parts) => `/${parts.filter((part) => !/^\.{1,2}$/.test(part)).join('/')}`),
  contentType: fc.constantFrom('application/x-amz-json-1.0', 'application/x-amz-json-1.1'),
  target: word,
  body: fc.uint8Array(),
  at: fc.date({ min: new Date('2020-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }),
});
const credentials = fc.record(
  { accessKeyId: word, secretAccessKey: word, sessionToken: word },
  { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
);

const theirs = async (
  { host, path, contentType, target, body, at }: typeof request extends fc.Arbitrary<infer R> ? R : never,
  who: { accessKeyId: string; secretAccessKey: string; sessionToken?: string },
) => {
  const signer = new SignatureV4({
    ...{
      service: 'dynamodb',
      region: 'eu-central-1',
      credentials: who,
      sha256: NodeSha256,
      applyChecksum: false,
    },
  });
  const { headers } = await signer.sign(
    new HttpRequest({
      ...{ method: 'POST', protocol: 'https:', hostname: host, path, body },
      headers: { host, 'content-type': contentType, 'x-amz-target': target },
    }),
    { signingDate: at },
  );
  return { date: headers['x-amz-date'], authorization: headers['authorization'] };
};

it('a request is signed as the SDK signs it, also with a key that was derived before', async () => {
  const signer = new Signer('dynamodb', 'eu-central-1');
  await fc.assert(
    fc.asyncProperty(request, credentials, async (one, who) => {
      const signed = await theirs(one, who);
      expect(signer.sign(one, who)).toEqual(signed);
      expect(signer.sign(one, who)).toEqual(signed);
    }),
  );
});
