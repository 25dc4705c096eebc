import { isRecord } from '../lib/records.ts';

/** What the fragment of a portal link carries: a token, or a one-time token that is exchanged for one. */
export interface PortalKey {
  readonly appId: string;
  readonly credential: { readonly kind: 'token' | 'one-time-token'; readonly value: string };
  /** Where the API is, if not beside the page. Used only if the stage allows it. */
  readonly serverUrl: string | null;
}

/** Longer fragments are not read. */
const KEY_CHARACTERS = 16_384;

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

const percentDecoded = (value: string): string => {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
};

/** Decodes base64 or base64url, with or without padding. Throws for anything else. */
const fromBase64 = (value: string): string => {
  const plain = value.replaceAll('-', '+').replaceAll('_', '/').replaceAll(/=+$/g, '');
  const bytes = Uint8Array.from(atob(plain), (character) => character.codePointAt(0) ?? 0);
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
};

const parseJson = (key: string): unknown => {
  try {
    const parsed: unknown = JSON.parse(fromBase64(key));
    return parsed;
  } catch {
    return null;
  }
};

const keyParameter = (hash: string): string | null => {
  const pair = hash
    .replace(/^#/, '')
    .split('&')
    .find((part) => part.startsWith('key='));
  return pair === undefined ? null : pair.slice('key='.length);
};

/** Whether a location's hash carries a key, readable or not. */
export const carriesKey = (hash: string): boolean => keyParameter(hash) !== null;

/** The key in a location's hash (`#key=...`); null: there is none, or it cannot be read. */
export const parsePortalKey = (hash: string): PortalKey | null => {
  const encoded = keyParameter(hash);
  if (encoded === null || encoded.length > KEY_CHARACTERS) return null;
  const parsed = parseJson(percentDecoded(encoded));
  if (!isRecord(parsed)) return null;
  const appId = textOf(parsed['appId']);
  const token = textOf(parsed['token']);
  const oneTimeToken = textOf(parsed['oneTimeToken']);
  const value = token ?? oneTimeToken;
  if (appId === null || value === null) return null;
  const kind = token === null ? 'one-time-token' : 'token';
  return { appId, credential: { kind, value }, serverUrl: textOf(parsed['serverUrl']) };
};
