import type { KeyObject } from 'node:crypto';
import { createHmac, createSecretKey, sign } from 'node:crypto';
import type { SigningKey } from './endpoint-secret.ts';
import { importSeed } from './endpoint-secret.ts';
import { signedHeaderNames } from './header-names.domain.ts';

export interface SignatureInput {
  /** Which family of header names: `svix-*`, or the unbranded `webhook-*`. */
  prefix: 'svix' | 'webhook';
  messageId: string;
  timestampSeconds: number;
  /** The body as sent. `<id>.<timestamp>.<body>` is signed. */
  body: Uint8Array;
  /** The current key first, then rotated ones in their grace period. */
  keys: readonly SigningKey[];
}

/** The three headers that a receiver verifies (Standard Webhooks), in the order in which they are sent. */
export function signatureHeaders(input: SignatureInput): [name: string, value: string][] {
  const signed = Buffer.concat([Buffer.from(`${input.messageId}.${input.timestampSeconds}.`), input.body]);
  const [id, timestamp, signatures] = signedHeaderNames(input.prefix);
  return [
    [id, input.messageId],
    [timestamp, String(input.timestampSeconds)],
    [
      signatures,
      byKind(input.keys)
        .map((key) => signature(key, signed))
        .join(' '),
    ],
  ];
}

/** Every `v1` before every `v1a`, as in the contract; within a kind in the order given. */
function byKind(keys: readonly SigningKey[]): readonly SigningKey[] {
  return [...keys.filter(({ kind }) => kind === 'hmac256'), ...keys.filter(({ kind }) => kind === 'ed25519')];
}

function signature(key: SigningKey, content: Uint8Array): string {
  switch (key.kind) {
    case 'hmac256':
      return `v1,${createHmac('sha256', importedKey(key)).update(content).digest('base64')}`;
    case 'ed25519':
      return `v1a,${sign(null, content, importedKey(key)).toString('base64')}`;
  }
}

// Importing a key costs more than signing with it, and so does signing with its bytes. An entry lives as long as its key.
const imported = new WeakMap<SigningKey, KeyObject>();

const importKey = (key: SigningKey): KeyObject =>
  key.kind === 'hmac256' ? createSecretKey(key.key) : importSeed(key.pair.subarray(0, 32));

function importedKey(key: SigningKey): KeyObject {
  const known = imported.get(key) ?? importKey(key);
  imported.set(key, known);
  return known;
}
