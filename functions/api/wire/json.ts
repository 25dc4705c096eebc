import { RawJson } from '../../platform/wire/raw-json.ts';

export { RawJson };

export type Json =
  | string
  | number
  | boolean
  | null
  | RawJson
  | readonly Json[]
  | { readonly [name: string]: Json | undefined };

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** The JSON text of a value, without undefined fields. */
export const stringify = (value: Json): string => {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (value instanceof RawJson) return value.text;
  if (isList(value)) return `[${value.map(stringify).join(',')}]`;
  const fields: string[] = [];
  for (const [name, field] of Object.entries(value)) {
    if (field !== undefined) fields.push(`${JSON.stringify(name)}:${stringify(field)}`);
  }
  return `{${fields.join(',')}}`;
};

/** An instant (ms since 1970) as printed in responses. */
export const instant = (atMs: number): string => new Date(atMs).toISOString();

const EXPIRED = new RawJson('{"expired":true}');
export const WITHHELD = new RawJson('{}');

/**
 * Prints a stored payload; null prints as expired. A raw payload that is not JSON prints as the text in an object, because
 * clients in typed languages decode nothing else.
 */
export const storedPayload = (body: Uint8Array | null): RawJson => {
  if (body === null) return EXPIRED;
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  try {
    JSON.parse(text);
    return new RawJson(text);
  } catch {
    return new RawJson(JSON.stringify({ rawPayload: text }));
  }
};
