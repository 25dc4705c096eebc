/** JSON text that goes into an answer as it is: numbers, key order and spaces of a payload survive. */
export class RawJson {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Json =
  | string
  | number
  | boolean
  | null
  | RawJson
  | readonly Json[]
  | { readonly [name: string]: Json | undefined };

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** The JSON text of a value; fields that are undefined are left out. */
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

/** An instant (ms since 1970) as answers print it. */
export const instant = (atMs: number): string => new Date(atMs).toISOString();

const EXPIRED = new RawJson('{"expired":true}');
export const WITHHELD = new RawJson('{}');

/**
 * A stored body as it reads back: what is gone prints as expired. A raw payload that is no JSON is the text in an
 * object, since clients of typed languages read nothing else.
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
