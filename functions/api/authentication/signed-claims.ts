import { isFields } from '../../platform/json-values.domain.ts';
import type { Fields } from '../../platform/json-values.domain.ts';
import { isUtf8 } from 'node:buffer';
import { createHash, webcrypto } from 'node:crypto';
import { compactVerify, decodeJwt, errors } from 'jose';
import { LRUCache } from 'lru-cache';
import { isName } from '../../platform/wire/fields.ts';

/** The claims of a token with a valid signature. Their content is not validated. */
export type Claims = Fields;

export interface Signed {
  readonly kind: 'signed';
  readonly claims: Claims;
  /** The claim `jti`; a digest of what was signed if there is none that can be part of a key. */
  readonly id: string;
}

export type Verified = Signed | { readonly kind: 'foreign' | 'malformed' };

/** Verified tokens to cache per secret: a platform sends the same few tokens with every request. */
const MOST_CACHED_TOKENS = 1_000;

/** Secrets in use at a time: the current one and those of its rotations. */
const MOST_SIGNERS = 10;

interface Signer {
  readonly key: Promise<webcrypto.CryptoKey>;
  readonly cache: LRUCache<string, Signed>;
}

const signers = new LRUCache<string, Signer>({ max: MOST_SIGNERS });

const signerOf = (secret: string): Signer => {
  const signer = signers.get(secret) ?? {
    key: importKey(secret),
    cache: new LRUCache({ max: MOST_CACHED_TOKENS }),
  };
  signers.set(secret, signer);
  return signer;
};

const importKey = (secret: string): Promise<webcrypto.CryptoKey> =>
  webcrypto.subtle.importKey('raw', Buffer.from(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'verify',
  ]);

/** Three parts in base64url without padding (RFC 7515). */
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Verifies that one of the secrets signed the token (HS256). The caller must check time claims on every request. */
export const verifySignature = async (token: string, secrets: readonly string[]): Promise<Verified> => {
  if (!COMPACT.test(token)) return { kind: 'malformed' };
  for (const secret of secrets) {
    const { key, cache } = signerOf(secret);
    const known = cache.get(token);
    if (known !== undefined) return known;
    const verified = await verifyWith(token, await key);
    if (verified.kind === 'foreign') continue;
    if (verified.kind === 'signed') cache.set(token, verified);
    return verified;
  }
  return { kind: 'foreign' };
};

const verifyWith = async (token: string, key: webcrypto.CryptoKey): Promise<Verified> => {
  try {
    const { payload, protectedHeader } = await compactVerify(token, key, { algorithms: ['HS256'] });
    const claims: unknown = isUtf8(payload) ? JSON.parse(Buffer.from(payload).toString()) : undefined;
    if (!isJwt(protectedHeader.typ) || !isFields(claims)) return { kind: 'malformed' };
    return { kind: 'signed', claims, id: idOf(token, claims) };
  } catch (thrown) {
    if (thrown instanceof errors.JWSSignatureVerificationFailed) return { kind: 'foreign' };
    if (thrown instanceof errors.JOSEError || thrown instanceof SyntaxError) return { kind: 'malformed' };
    throw thrown;
  }
};

/** Characters of a token's id. Ids are part of rows that every message reads. */
const LONGEST_ID = 64;

/** Without the signature, which has several encodings in base64url. */
const digestOf = (token: string): string =>
  createHash('sha256')
    .update(token.slice(0, token.lastIndexOf('.')))
    .digest('base64url');

const idOf = (token: string, { jti }: Claims): string =>
  typeof jti === 'string' && jti.length <= LONGEST_ID && isName(jti) ? jti : `sha256-${digestOf(token)}`;

/** Reads a token without verifying its signature; undefined: it is none. */
export const readToken = (token: string): Omit<Signed, 'kind'> | undefined => {
  try {
    const claims = decodeJwt(token);
    return { claims, id: idOf(token, claims) };
  } catch {
    return undefined;
  }
};

/** Whether the header's `typ` is absent or `JWT`; it may be any JSON. */
const isJwt = (type: unknown): boolean =>
  type === undefined || type === null || (typeof type === 'string' && type.toUpperCase() === 'JWT');

/** The subject of what a link to the portal holds that works once. It is no access token: the application is in `app`. */
export const LINK_SUBJECT = 'portal-link';

/** The claims of an access token to make of those of a link; undefined: they are not of a link. */
export const accessClaimsOf = ({ sub, app, ...claims }: Claims): Claims | undefined =>
  sub === LINK_SUBJECT ? { ...claims, sub: app } : undefined;
