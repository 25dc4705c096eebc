import type { Bytes } from './bytes.ts';
import { fromBase64, fromHex, fromUrlAlphabet, utf8 } from './bytes.ts';

/**
 * What often happens to the parts of a signed request between the wire and the code that verifies it. The checker
 * undoes one after the other until the signature matches, so the code of the variation that matches names the fault.
 */

export type Part = 'id' | 'timestamp' | 'body' | 'secret' | 'signature';

export const VARIATION_CODES = {
  id: ['whitespace', 'other_id', 'id_of_reference'],
  timestamp: ['whitespace', 'milliseconds', 'not_seconds', 'other_time', 'time_of_reference'],
  body: [
    ...['reserialized', 'trailing_newline', 'whitespace', 'line_endings', 'byte_order_mark'],
    ...[
      'base64',
      'quoted',
      'escaped_unicode',
      'escaped_slashes',
      'percent_encoded',
      'html_entities',
      'body_of_reference',
    ],
  ],
  secret: ['whitespace', 'quotes', 'without_decoding', 'prefix_twice', 'url_alphabet', 'other_secret'],
  signature: ['whitespace', 'plus_became_space', 'percent_encoded', 'hex', 'no_version', 'url_alphabet'],
} as const satisfies Readonly<Record<Part, readonly string[]>>;

export type VariationCode<P extends Part = Part> = (typeof VARIATION_CODES)[P][number];

export interface Candidate<T, P extends Part = Part> {
  /** Undefined: as given. */
  readonly code?: VariationCode<P>;
  readonly value: T;
}

const distinct = <T, P extends Part>(
  candidates: readonly (Candidate<T, P> | undefined)[],
  key: (value: T) => string,
): readonly Candidate<T, P>[] => {
  const seen = new Set<string>();
  return candidates.flatMap((candidate) => {
    if (candidate === undefined) return [];
    const text = key(candidate.value);
    if (seen.has(text)) return [];
    seen.add(text);
    return [candidate];
  });
};

const same = (text: string): string => text;

const ID = /\b(?:msg|evt)_[0-9A-Za-z]{8,64}\b/g;

export const idCandidates = (
  given: string,
  { around, reference }: { readonly around: string; readonly reference: string | undefined },
): readonly Candidate<string, 'id'>[] =>
  distinct<string, 'id'>(
    [
      { value: given },
      { code: 'whitespace', value: given.trim() },
      ...(reference === undefined ? [] : [{ code: 'id_of_reference' as const, value: reference }]),
      ...[...new Set(around.match(ID) ?? [])]
        .slice(0, 10)
        .map((value) => ({ code: 'other_id' as const, value })),
    ],
    same,
  );

/** Seconds around the given time that are tried, and whole and half hours of a wrong time zone. */
const NEAR_SECONDS = 300;
const HALF_HOURS = 28;

const near = (seconds: number): readonly number[] => [
  ...Array.from({ length: NEAR_SECONDS }, (_, index) => [seconds - index - 1, seconds + index + 1]).flat(),
  ...Array.from({ length: HALF_HOURS }, (_, index) => [
    seconds - (index + 1) * 1800,
    seconds + (index + 1) * 1800,
  ]).flat(),
];

const SECONDS = /^\d{1,11}$/;

/** The instant of the header in seconds, whatever its format; undefined: none can be read from it. */
export const secondsOf = (given: string): number | undefined => {
  const text = given.trim();
  if (SECONDS.test(text)) return Number(text);
  if (/^\d{12,14}$/.test(text)) return Math.floor(Number(text) / 1000);
  if (/^\d+\.\d+$/.test(text)) return Math.floor(Number(text));
  const parsed = Date.parse(text);
  return Number.isNaN(parsed) ? undefined : Math.floor(parsed / 1000);
};

/** Few candidates first: those are combined with the candidates of other parts. */
export const timestampCandidates = (
  given: string,
  references: readonly number[],
): readonly Candidate<string, 'timestamp'>[] => {
  const seconds = secondsOf(given);
  const format = /^\d{12,14}$/.test(given.trim()) ? 'milliseconds' : 'not_seconds';
  return distinct<string, 'timestamp'>(
    [
      { value: given },
      { code: 'whitespace', value: given.trim() },
      ...(seconds === undefined ? [] : [{ code: format, value: String(seconds) } as const]),
      ...references.slice(0, 50).map((at) => ({ code: 'time_of_reference' as const, value: String(at) })),
    ],
    same,
  );
};

/** Other instants near the given one, to be tried alone. */
export const otherTimes = (given: string): readonly Candidate<string, 'timestamp'>[] => {
  const seconds = secondsOf(given);
  if (seconds === undefined) return [];
  return near(seconds).map((value) => ({ code: 'other_time', value: String(value) }));
};

// Whitespace and separators outside of JSON strings. Numbers and strings stay as written, unlike with JSON.parse.
const JSON_TOKEN = /"(?:[^"\\]|\\.)*"|\s+|[:,]|[^\s",:]+/g;

const rewritten = (text: string, separators: { readonly colon: string; readonly comma: string }): string =>
  text.replace(JSON_TOKEN, (token) => {
    if (token === ':') return separators.colon;
    if (token === ',') return separators.comma;
    return /^\s/.test(token) ? '' : token;
  });

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
};

const escapedUnicode = (text: string): string =>
  text.replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

const unescapedUnicode = (text: string): string =>
  text.replace(/\\u([0-9a-fA-F]{4})/g, (whole, hex: string) => {
    const code = Number.parseInt(hex, 16);
    return code < 0x80 ? whole : String.fromCharCode(code);
  });

const reserialized = (text: string): readonly Candidate<string, 'body'>[] => {
  const value = parsed(text);
  if (value === undefined) return [];
  const code = 'reserialized';
  return [
    { code, value: rewritten(text, { colon: ':', comma: ',' }) },
    { code, value: rewritten(text, { colon: ': ', comma: ', ' }) },
    { code, value: JSON.stringify(value) },
    { code, value: JSON.stringify(value, null, 2) },
    { code, value: JSON.stringify(value, null, 4) },
    { code, value: JSON.stringify(value, null, '\t') },
    { code, value: JSON.stringify(sorted(value)) },
    { code: 'escaped_unicode', value: unescapedUnicode(rewritten(text, { colon: ':', comma: ',' })) },
    { code: 'escaped_unicode', value: escapedUnicode(rewritten(text, { colon: ':', comma: ',' })) },
    { code: 'escaped_unicode', value: escapedUnicode(rewritten(text, { colon: ': ', comma: ', ' })) },
  ];
};

const ENTITIES: Readonly<Record<string, string>> = {
  quot: '"',
  amp: '&',
  lt: '<',
  gt: '>',
  '#39': "'",
  '#34': '"',
};

const decoded = (decode: () => string): string | undefined => {
  try {
    return decode();
  } catch {
    return undefined;
  }
};

const unquoted = (text: string): string | undefined => {
  const value = parsed(text.trim());
  return typeof value === 'string' ? value : undefined;
};

const decodedBase64 = (text: string): string | undefined => {
  const bare = text.trim();
  const bytes = bare.length < 4 ? undefined : fromBase64(bare);
  return bytes && decoded(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes));
};

const given = (
  code: VariationCode<'body'>,
  value: string | undefined,
): readonly Candidate<string, 'body'>[] => (value === undefined ? [] : [{ code, value }]);

/** Bodies beyond this are only compared as given and with the simplest variations. */
const MOST_VARIED = 512 * 1024;

export const bodyCandidates = (
  body: string,
  reference: string | undefined,
): readonly Candidate<string, 'body'>[] => {
  const simple: readonly Candidate<string, 'body'>[] = [
    { value: body },
    { code: 'trailing_newline', value: body.replace(/\r?\n$/, '') },
    { code: 'trailing_newline', value: `${body}\n` },
    { code: 'trailing_newline', value: `${body}\r\n` },
    // Before whitespace, which for JavaScript includes the byte order mark.
    { code: 'byte_order_mark', value: body.replace(/^\ufeff/, '') },
    { code: 'whitespace', value: body.trim() },
  ];
  // Last, since it names no particular fault.
  const last = given('body_of_reference', reference);
  if (body.length > MOST_VARIED) return distinct([...simple, ...last], same);
  return distinct<string, 'body'>(
    [
      ...simple,
      ...given('line_endings', body.replace(/\r\n/g, '\n')),
      ...given('line_endings', body.replace(/\r?\n/g, '\r\n')),
      ...given('byte_order_mark', `\ufeff${body}`),
      ...given('escaped_slashes', body.replaceAll('\\/', '/')),
      ...given('escaped_slashes', body.replaceAll(/(?<!\\)\//g, '\\/')),
      ...given('base64', decodedBase64(body)),
      ...given('quoted', unquoted(body)),
      ...given('percent_encoded', body.includes('%') ? decoded(() => decodeURIComponent(body)) : undefined),
      ...given(
        'html_entities',
        body.replace(/&(quot|amp|lt|gt|#39|#34);/g, (_, name: string) => ENTITIES[name] ?? ''),
      ),
      ...reserialized(body),
      ...last,
    ],
    same,
  );
};

export interface Secret {
  readonly kind: 'hmac' | 'ed25519';
  readonly key: Bytes;
}

const SYMMETRIC = 'whsec_';
const PUBLIC = 'whpk_';
const PRIVATE = 'whsk_';
const SEED_BYTES = 32;

/** The secret as the verifiers read it; undefined: it is not base64 after its prefix. */
export const readSecret = (text: string): Secret | undefined => {
  if (text.startsWith(PUBLIC) || text.startsWith(PRIVATE)) {
    const key = fromBase64(text.slice(PUBLIC.length));
    const publicKey = text.startsWith(PRIVATE) ? key?.slice(SEED_BYTES) : key;
    return publicKey?.length === SEED_BYTES ? { kind: 'ed25519', key: publicKey } : undefined;
  }
  const key = fromBase64(text.startsWith(SYMMETRIC) ? text.slice(SYMMETRIC.length) : text);
  return key === undefined || key.length === 0 ? undefined : { kind: 'hmac', key };
};

const asText = (text: string): Secret => ({ kind: 'hmac', key: utf8(text) });

const secretText = (
  code: VariationCode<'secret'> | undefined,
  text: string,
): readonly Candidate<Secret, 'secret'>[] => {
  const value = readSecret(text);
  if (value === undefined) return [];
  return [code === undefined ? { value } : { code, value }];
};

export const secretCandidates = (
  given: string,
  references: readonly string[],
): readonly Candidate<Secret, 'secret'>[] => {
  const trimmed = given.trim();
  const bare = trimmed.replace(/^["'`]+|["'`]+$/g, '').trim();
  const body = bare.replace(/^(?:whsec_)+/, '');
  return distinct<Secret, 'secret'>(
    [
      ...secretText(undefined, given),
      ...secretText('whitespace', trimmed.replace(/\s+/g, '')),
      ...secretText('quotes', bare),
      ...secretText('prefix_twice', body),
      ...secretText('url_alphabet', `whsec_${fromUrlAlphabet(body)}`),
      ...references.flatMap((reference) => secretText('other_secret', reference)),
      ...(trimmed === '' ? [] : [{ code: 'without_decoding' as const, value: asText(body) }]),
      ...(trimmed === '' ? [] : [{ code: 'without_decoding' as const, value: asText(trimmed) }]),
    ],
    ({ kind, key }) => `${kind} ${key.join()}`,
  );
};

export interface Signatures {
  readonly hmac: readonly Bytes[];
  readonly ed25519: readonly Bytes[];
}

const readSignatures = (text: string, decode: (value: string) => Bytes | undefined): Signatures => {
  const all = text.split(/\s+/).map((entry) => entry.split(','));
  const of = (version: string) =>
    all.flatMap(([name, value = '']) => (name === version ? (decode(value) ?? []) : []));
  return { hmac: of('v1'), ed25519: of('v1a') };
};

const isEmpty = ({ hmac, ed25519 }: Signatures): boolean => hmac.length + ed25519.length === 0;

export const signatureCandidates = (given: string): readonly Candidate<Signatures, 'signature'>[] => {
  const strict = (text: string) => (text.length % 4 === 0 ? fromBase64(text) : undefined);
  const read = (code: VariationCode<'signature'>, text: string, decode = strict) => ({
    code,
    value: readSignatures(text, decode),
  });
  return distinct<Signatures, 'signature'>(
    [
      { value: readSignatures(given, strict) },
      read('whitespace', given.trim().replace(/\s*,\s*/g, ',')),
      read('whitespace', given.trim(), fromBase64),
      read('plus_became_space', given.replace(/ (?!v\d)/g, '+')),
      read('percent_encoded', decoded(() => decodeURIComponent(given)) ?? ''),
      read('url_alphabet', fromUrlAlphabet(given), fromBase64),
      read('hex', given, fromHex),
      read('no_version', `v1,${given.trim()}`),
      read('hex', `v1,${given.trim()}`, fromHex),
    ],
    ({ hmac, ed25519 }) => `${hmac.join(' ')} ${ed25519.join(' ')}`,
  ).filter(({ code, value }) => code === undefined || !isEmpty(value));
};
