import type { VersionedSecret } from './secrets-manager.ts';
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/** Authenticated encryption at rest. `aad` binds a value to where it is stored: opening needs the same `aad`. */
export interface Seal {
  /**
   * To be awaited before `seal` and `open`, with the values that are to be opened: sees to it that retired main secrets are
   * forgotten, and that those of the values are known.
   */
  ready(sealed?: readonly Uint8Array[]): Promise<void>;
  /** Whether the value was sealed with the newest main secret. */
  isNewest(sealed: Uint8Array): boolean;
  seal(plain: Uint8Array, aad: string): Uint8Array;
  /** Throws SealError when the key is unknown, or the bytes or the `aad` differ from what was sealed. */
  open(sealed: Uint8Array, aad: string): Uint8Array;
}

export class SealError extends Error {
  override readonly name = 'SealError';
}

// Layout: version (1), key id (4), IV (12), ciphertext, tag (16). Version and key id are authenticated too.
const VERSION = 1;
const KEY_ID_BYTES = 4;
const IV_BYTES = 12; // NIST SP 800-38D: 96 bits is the length that GCM takes without hashing.
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + KEY_ID_BYTES;

interface SealKey {
  id: string;
  key: Buffer;
}

/**
 * AES-256-GCM with keys derived (HKDF-SHA256, one per `purpose`) from the stage's main secrets, newest first: the first
 * one seals, all of them open. Throws SealError when there is no main secret.
 */
export function makeSeal(
  mainSecrets: readonly string[],
  purpose = 'endpoint-secret',
): Seal & { readonly knows: (sealed: Uint8Array) => boolean } {
  const keys = mainSecrets.map((secret) => deriveKey(secret, purpose));
  const newest = keys[0];
  if (newest === undefined) throw new SealError('a seal needs at least one main secret');
  const byId = new Map(keys.map((key) => [key.id, key]));
  return {
    ready: () => Promise.resolve(),
    isNewest: (sealed) => keyIdOf(sealed) === newest.id,
    knows: (sealed) => byId.has(keyIdOf(sealed)),
    seal: (plain, aad) => sealWith(newest, plain, aad),
    open: (sealed, aad) => openWith(byId, sealed, aad),
  };
}

/** A seal whose main secrets rotate while the function is warm. */
export const makeRotatingSeal = async (main: VersionedSecret, purpose?: string): Promise<Seal> => {
  let versions = await main.current();
  let known = makeSeal(versions, purpose);
  const use = (current: readonly string[]) => {
    if (current === versions) return;
    versions = current;
    known = makeSeal(current, purpose);
  };
  return {
    ready: async (sealed = []) => {
      use(await main.current());
      if (sealed.every((value) => known.knows(value))) return;
      await main.refresh();
      use(await main.current());
    },
    isNewest: (sealed) => known.isNewest(sealed),
    seal: (plain, aad) => known.seal(plain, aad),
    open: (sealed, aad) => known.open(sealed, aad),
  };
};

/** The id of the key that sealed a value: hexadecimal, of the main secret and the purpose. */
export const keyIdOf = (sealed: Uint8Array): string => Buffer.from(sealed).toString('hex', 1, HEAD_BYTES);

function sealWith({ id, key }: SealKey, plain: Uint8Array, aad: string): Uint8Array {
  const head = Buffer.concat([Buffer.of(VERSION), Buffer.from(id, 'hex')]);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.concat([head, Buffer.from(aad)]));
  return Buffer.concat([head, iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function openWith(keys: ReadonlyMap<string, SealKey>, sealed: Uint8Array, aad: string): Uint8Array {
  const bytes = Buffer.from(sealed);
  if (bytes[0] !== VERSION || bytes.length < HEAD_BYTES + IV_BYTES + TAG_BYTES) {
    throw new SealError('not a sealed value of a known version');
  }
  const head = bytes.subarray(0, HEAD_BYTES);
  const id = head.toString('hex', 1);
  const found = keys.get(id);
  if (found === undefined) throw new SealError(`sealed with a main secret that is not listed (key ${id})`);
  const iv = bytes.subarray(HEAD_BYTES, HEAD_BYTES + IV_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', found.key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.concat([head, Buffer.from(aad)]));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const plain = decipher.update(bytes.subarray(HEAD_BYTES + IV_BYTES, -TAG_BYTES));
    return Buffer.concat([plain, decipher.final()]);
  } catch (cause) {
    throw new SealError('sealed with another aad, or changed since', { cause });
  }
}

function deriveKey(mainSecret: string, purpose: string): SealKey {
  const key = Buffer.from(hkdfSync('sha256', mainSecret, '', `posthorn/seal/v1/${purpose}`, 32));
  const id = createHash('sha256')
    .update('key-id')
    .update(key)
    .digest('hex')
    .slice(0, KEY_ID_BYTES * 2);
  return { id, key };
}
