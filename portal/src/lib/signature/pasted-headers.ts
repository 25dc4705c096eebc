/** What a person pasted into the field for headers, read as generously as possible. */

export type HeaderMap = ReadonlyMap<string, string>;

/** Pasted text beyond this is not read: no request head is that long. */
const MOST_CHARACTERS = 100_000;

/** `HTTP_WEBHOOK_ID` of CGI, Rack, Django and PHP is `webhook-id`. */
const plainName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/^http_/, '')
    .replaceAll('_', '-');

const valueText = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return Array.isArray(value) ? valueText(value[0]) : undefined;
};

const fromJson = (text: string): [string, string][] | undefined => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  // `[["webhook-id", "msg_1"]]`, as some frameworks log headers.
  const pairs: [unknown, unknown][] = Array.isArray(parsed)
    ? parsed.map((pair: unknown) => (Array.isArray(pair) ? [pair[0], pair[1]] : [undefined, undefined]))
    : Object.entries(parsed);
  return pairs.flatMap(([name, value]): [string, string][] => {
    const shown = valueText(value);
    return typeof name === 'string' && shown !== undefined ? [[name, shown]] : [];
  });
};

/** A line of a request head, of `curl -H`, of a log or of an object in code. */
const LINE =
  /^\s*(?:[<>]\s+)?(?:(?:-H|--header)\s*)?["']?([A-Za-z][\w-]*)["']?\s*(?::|=>|=)\s*(.*?)\s*\\?\s*$/;

/** Quotes around the whole value, and the comma after it. The comma inside of a signature stays. */
const unquoted = (value: string): string => {
  const bare = value.replace(/,$/, '').trim();
  const quoted = /^(["'])(.*)\1$/.exec(bare) ?? /^()(.*?)["']$/.exec(bare);
  return quoted?.[2] ?? bare;
};

const fromLines = (text: string): [string, string][] =>
  text.split(/\r?\n/).flatMap((line): [string, string][] => {
    const [, name, value] = LINE.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name, unquoted(value)]];
  });

/** Headers by lower-case name; of a name that occurs twice the first value, as most frameworks read it. */
export const parseHeaders = (pasted: string): HeaderMap => {
  const text = pasted.slice(0, MOST_CHARACTERS);
  const headers = new Map<string, string>();
  for (const [name, value] of fromJson(text) ?? fromLines(text)) {
    const plain = plainName(name);
    if (!headers.has(plain)) headers.set(plain, value);
  }
  return headers;
};

export type SignedField = 'id' | 'timestamp' | 'signature';
export const SIGNED_FIELDS: readonly SignedField[] = ['id', 'timestamp', 'signature'];
export type Family = 'webhook' | 'svix';

export interface SignedHeaders {
  readonly family: Family;
  readonly values: Readonly<Record<SignedField, string>>;
}

/** The three signed headers of the family that is more complete, or the names that are missing. */
export const signedHeaders = (
  headers: HeaderMap,
): { readonly found: SignedHeaders } | { readonly missing: readonly string[] } => {
  const missingOf = (family: Family) =>
    SIGNED_FIELDS.map((field) => `${family}-${field}`).filter((name) => (headers.get(name) ?? '') === '');
  const webhook = missingOf('webhook');
  const svix = missingOf('svix');
  const family: Family = svix.length < webhook.length ? 'svix' : 'webhook';
  const missing = family === 'svix' ? svix : webhook;
  if (missing.length > 0) return { missing };
  const value = (field: SignedField) => headers.get(`${family}-${field}`) ?? '';
  return {
    found: {
      family,
      values: { id: value('id'), timestamp: value('timestamp'), signature: value('signature') },
    },
  };
};
