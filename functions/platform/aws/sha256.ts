import { createHmac, hash } from 'node:crypto';

type Data = string | ArrayBuffer | ArrayBufferView;

const bytesOf = (data: Data): Buffer => {
  if (typeof data === 'string') return Buffer.from(data);
  if (data instanceof ArrayBuffer) return Buffer.from(data);
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
};

/**
 * SHA-256, or HMAC-SHA-256 with a secret, for signing calls to AWS: four digests a call. The SDK's own class makes two hash
 * objects for a digest; Node's one-shot hash makes none.
 */
export class Sha256 {
  readonly #secret: Buffer | undefined;
  #parts: Buffer[] = [];

  constructor(secret?: Data) {
    this.#secret = secret === undefined ? undefined : bytesOf(secret);
  }

  update(data: Data): void {
    this.#parts.push(bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    const [first = Buffer.alloc(0), ...others] = this.#parts;
    const all = others.length === 0 ? first : Buffer.concat(this.#parts);
    const digest =
      this.#secret === undefined
        ? hash('sha256', all, 'buffer')
        : createHmac('sha256', this.#secret).update(all).digest();
    return Promise.resolve(digest);
  }

  reset(): void {
    this.#parts = [];
  }
}
