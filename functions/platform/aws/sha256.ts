import { createHash, createHmac, createSecretKey } from 'node:crypto';
import type { Hash } from 'node:crypto';
import type { Checksum, SourceData } from '@smithy/types';

const bytesOf = (data: SourceData): string | Uint8Array => {
  if (typeof data === 'string') return data;
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
};

/**
 * SHA-256 for the SDK's signer, or HMAC-SHA-256 with a secret. Bytes of a secret are made a key first: Node's `createHmac`
 * throws and catches an error for each secret that it gets as bytes, which takes five times as long.
 */
export class Sha256 implements Checksum {
  readonly #secret: SourceData | undefined;
  #hash: Hash | ReturnType<typeof createHmac>;

  constructor(secret?: SourceData) {
    this.#secret = secret;
    this.#hash = this.#begin();
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    this.#hash = this.#begin();
  }

  #begin(): Hash | ReturnType<typeof createHmac> {
    if (this.#secret === undefined) return createHash('sha256');
    const secret = bytesOf(this.#secret);
    return createHmac('sha256', typeof secret === 'string' ? secret : createSecretKey(secret));
  }
}
