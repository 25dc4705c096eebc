import type { KeyObject } from 'node:crypto';
import { createPrivateKey, createPublicKey } from 'node:crypto';

/** The key that signs an endpoint's messages. `pair`: 64 bytes, an ed25519 seed and its public key. */
export type SigningKey = { kind: 'hmac256'; key: Uint8Array } | { kind: 'ed25519'; pair: Uint8Array };

/** `malformed` (prefix, base64, key pair) and `wrongLength` get different errors from the API. */
export type ParsedSecret =
  | { kind: 'ok'; key: SigningKey }
  | { kind: 'malformed'; reason: string }
  | { kind: 'wrongLength'; reason: string };

const SYMMETRIC = 'whsec_';
const PRIVATE = 'whsk_';
const PUBLIC = 'whpk_';

// The Svix contract: 24 to 75 bytes are accepted, 24 are generated.
const MIN_BYTES = 24;
const MAX_BYTES = 75;
const SEED_BYTES = 32;
const PAIR_BYTES = 64;

/** RFC 8410: the bytes before the 32-byte seed in a PKCS#8 ed25519 key. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
/** RFC 8410: the number of bytes before the 32-byte public key in an SPKI ed25519 key. */
const SPKI_PREFIX_BYTES = 12;

/** Parses `whsec_…` (symmetric) or `whsk_…` (ed25519, private form), both with padded standard base64. */
export function parseSecret(text: string): ParsedSecret {
  if (text.startsWith(SYMMETRIC)) return parseSymmetric(text.slice(SYMMETRIC.length));
  if (text.startsWith(PRIVATE)) return parsePair(text.slice(PRIVATE.length));
  return { kind: 'malformed', reason: `a secret starts with ${SYMMETRIC} or ${PRIVATE}` };
}

/** The whole secret as text, which `parseSecret` parses. Never show it for ed25519. */
export function formatPrivate(key: SigningKey): string {
  return key.kind === 'hmac256' ? SYMMETRIC + base64(key.key) : PRIVATE + base64(key.pair);
}

/** What the owner of the endpoint may read to verify signatures: `whsec_…`, or `whpk_…` for ed25519. */
export function formatReadable(key: SigningKey): string {
  return key.kind === 'hmac256' ? formatPrivate(key) : PUBLIC + base64(key.pair.subarray(SEED_BYTES));
}

/** A new key from `random(size)` bytes, which must come from a cryptographic source. */
export function generateSecret(kind: SigningKey['kind'], random: (size: number) => Uint8Array): SigningKey {
  if (kind === 'hmac256') return { kind, key: random(MIN_BYTES) };
  const seed = random(SEED_BYTES);
  return { kind, pair: Buffer.concat([seed, publicHalf(seed)]) };
}

/** The node:crypto private key of an ed25519 seed (32 bytes). */
export function importSeed(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
}

function parseSymmetric(encoded: string): ParsedSecret {
  const key = decodeBase64(encoded);
  if (key === undefined) return { kind: 'malformed', reason: 'not padded standard base64' };
  if (key.length < MIN_BYTES || key.length > MAX_BYTES) {
    return {
      kind: 'wrongLength',
      reason: `a secret has ${MIN_BYTES} to ${MAX_BYTES} bytes, this has ${key.length}`,
    };
  }
  return { kind: 'ok', key: { kind: 'hmac256', key } };
}

function parsePair(encoded: string): ParsedSecret {
  const pair = decodeBase64(encoded);
  if (pair === undefined) return { kind: 'malformed', reason: 'not padded standard base64' };
  if (pair.length !== PAIR_BYTES) {
    return {
      kind: 'wrongLength',
      reason: `an ed25519 secret has ${PAIR_BYTES} bytes, this has ${pair.length}`,
    };
  }
  if (!publicHalf(pair.subarray(0, SEED_BYTES)).equals(pair.subarray(SEED_BYTES))) {
    return { kind: 'malformed', reason: 'the public key does not belong to the seed' };
  }
  return { kind: 'ok', key: { kind: 'ed25519', pair } };
}

function publicHalf(seed: Uint8Array): Buffer {
  const spki = createPublicKey(importSeed(seed)).export({ format: 'der', type: 'spki' });
  return spki.subarray(SPKI_PREFIX_BYTES);
}

/** Node ignores invalid base64 characters, so accept only text that encodes back to itself. */
function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
