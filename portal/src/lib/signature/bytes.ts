/** Bytes in memory of their own, as WebCrypto wants them. */
export type Bytes = Uint8Array<ArrayBuffer>;

export const utf8 = (text: string): Bytes => new Uint8Array(new TextEncoder().encode(text));

export const concat = (...parts: readonly Bytes[]): Bytes => {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

const STANDARD = /^[A-Za-z0-9+/]*={0,2}$/;

/** Decodes padded or unpadded standard base64; undefined: it is none. */
export const fromBase64 = (text: string): Bytes | undefined => {
  const bare = text.replace(/={0,2}$/, '');
  if (!STANDARD.test(text) || bare.length % 4 === 1) return undefined;
  return Uint8Array.from(atob(bare.padEnd(Math.ceil(bare.length / 4) * 4, '=')), (char) =>
    char.charCodeAt(0),
  );
};

/** The base64 of the URL alphabet, in the standard one. */
export const fromUrlAlphabet = (text: string): string => text.replaceAll('-', '+').replaceAll('_', '/');

export const fromHex = (text: string): Bytes | undefined =>
  /^(?:[0-9a-f]{2})+$/i.test(text)
    ? Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
    : undefined;

export const equal = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && left.every((byte, index) => byte === right[index]);
