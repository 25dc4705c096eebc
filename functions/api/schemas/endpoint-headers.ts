import * as z from 'zod';
import { HEADERS_BYTES, HEADER_VALUE_BYTES, MOST_HEADERS } from '../../platform/limits/requests.domain.ts';
import { signedHeaderNames } from '../../deliver/signing/header-names.domain.ts';
import { memoize } from '../memoize.ts';
import { wireRules } from '../wire/wire-rules.ts';

/** The contract's lists of names that an endpoint may not set, and of those whose values are never shown. */
const FORBIDDEN = new Set([
  'user-agent',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailers',
  'transfer-encoding',
  'upgrade',
  'age',
  'cache-control',
  'clear-site-data',
  'expires',
  'pragma',
  'warning',
  'content-length',
  'content-type',
  'content-encoding',
  'content-language',
  'content-location',
]);
/** Not in the contract: they belong to the connection, and HTTP clients refuse to send them for us. */
const OF_CONNECTION = new Set(['connection', 'proxy-connection', 'expect', 'trailer']);
const FORBIDDEN_PREFIXES = [
  'x-amz-',
  'x-amzn-',
  'x-google',
  'x-goog-',
  'x-gfe',
  'x-azure-',
  'x-fd-',
  'x-svix-',
  'svix-',
];
const SENSITIVE = new Set([
  'x-auth-token',
  'x-api-key',
  'www-authenticate',
  'authorization',
  'proxy-authenticate',
  'proxy-authorization',
]);

/** A token of RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** What can be sent: RFC 9110, section 5.5, each character as one byte. */
const SENDABLE = /^[\t\x20-\x7e\u0080-\u00ff]*$/;

export const HEADERS_TOO_LONG = `headers have at most ${HEADERS_BYTES} bytes together.`;

type Headers = Readonly<Record<string, string | null>>;

/** Under the prefix in force these are ours. Names of the other prefix are free, as in the contract. */
export const setsSignedHeader = (headers: Headers, prefix: 'svix' | 'webhook'): boolean => {
  const signed = new Set<string>(signedHeaderNames(prefix));
  return Object.entries(headers).some(([name, value]) => value !== null && signed.has(name.toLowerCase()));
};

const nameProblem = (name: string): string | undefined => {
  const lower = name.toLowerCase();
  if (!TOKEN.test(name)) return "a name has letters, digits and !#$%&'*+-.^_`|~ alone, at least one.";
  if (FORBIDDEN.has(lower) || OF_CONNECTION.has(lower)) return 'Header is forbidden: the sender sets it.';
  const prefix = FORBIDDEN_PREFIXES.find((one) => lower.startsWith(one));
  return prefix === undefined ? undefined : `Header starts with a forbidden prefix: ${prefix}`;
};

const valueProblem = (value: string): string | undefined => {
  if (!SENDABLE.test(value)) {
    return 'a value has tabs and the characters U+0020 to U+00FF alone, without U+007F.';
  }
  return Buffer.byteLength(value) > HEADER_VALUE_BYTES
    ? `a value has at most ${HEADER_VALUE_BYTES} bytes.`
    : undefined;
};

const NAME_SHOWN = 80;

/** What is wrong with a set of headers; null values (removals) need a good name alone. */
export const headersProblem = (headers: Headers): string | undefined => {
  const entries = Object.entries(headers);
  if (entries.length > MOST_HEADERS) return `at most ${MOST_HEADERS} headers are allowed.`;
  let total = 0;
  for (const [name, value] of entries) {
    const problem = nameProblem(name) ?? (value === null ? undefined : valueProblem(value));
    if (problem !== undefined) return `${name.slice(0, NAME_SHOWN)}: ${problem}`;
    total += Buffer.byteLength(name) + Buffer.byteLength(value ?? '');
  }
  return total > HEADERS_BYTES ? HEADERS_TOO_LONG : undefined;
};

const COUNT = { maxProperties: MOST_HEADERS };
const headerValue = () => z.string().meta({ maxLength: HEADER_VALUE_BYTES });
const replaced = z.record(z.string(), headerValue());

/** All headers of an endpoint, as `PUT` and the creation of an endpoint take them. Bad ones fail to decode. */
export const allHeaders = () =>
  z
    .record(z.string(), headerValue())
    .meta(COUNT)
    .register(wireRules, {
      refuse: (value) => {
        const headers = replaced.safeParse(value);
        return headers.success ? headersProblem(headers.data) : undefined;
      },
    });

/** Header names are compared without case: of two spellings the last one stays. */
export const distinctHeaders = (headers: Readonly<Record<string, string>>): Record<string, string> => {
  const byName = new Map<string, [string, string]>();
  for (const entry of Object.entries(headers)) byName.set(entry[0].toLowerCase(), entry);
  return Object.fromEntries(byName.values());
};

export const endpointHeadersIn = memoize(() =>
  z.object({ headers: allHeaders() }).meta({ id: 'EndpointHeadersIn' }),
);

export const endpointHeadersPatchIn = memoize(() =>
  z
    .object({
      headers: z
        .record(z.string(), headerValue().nullable())
        .meta(COUNT)
        .superRefine((headers, context) => {
          const message = headersProblem(headers);
          if (message !== undefined) context.addIssue({ code: 'custom', path: ['__all__'], message });
        }),
      deleteHeaders: z
        .array(z.string().meta({ maxLength: HEADERS_BYTES }))
        .max(MOST_HEADERS, `at most ${MOST_HEADERS} deleteHeaders are allowed.`)
        .nullish()
        .meta({ description: 'Names of headers to remove; a header that is set in the same request stays' }),
    })
    .meta({ id: 'EndpointHeadersPatchIn' }),
);

/** Header names are compared without case; null and `deleted` remove a header, others are set as they are spelled. */
export const patchHeaders = (
  current: Readonly<Record<string, string>>,
  patch: Headers,
  deleted: readonly string[] = [],
): Record<string, string> => {
  const removed = new Set(deleted.map((name) => name.toLowerCase()));
  const set: [string, string][] = [];
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) removed.add(name.toLowerCase());
    else set.push([name, value]);
  }
  const kept = Object.entries(current).filter(([name]) => !removed.has(name.toLowerCase()));
  return distinctHeaders(Object.fromEntries([...kept, ...set]));
};

export const endpointHeadersOut = memoize(() =>
  z
    .object({ headers: z.record(z.string(), z.string()), sensitive: z.array(z.string()) })
    .meta({ id: 'EndpointHeadersOut' }),
);

/** Names of sensitive headers are shown, their values never. */
export const printHeaders = (
  headers: Readonly<Record<string, string>>,
): z.output<ReturnType<typeof endpointHeadersOut>> => {
  const entries = Object.entries(headers);
  const isSensitive = ([name]: [string, string]) => SENSITIVE.has(name.toLowerCase());
  return {
    headers: Object.fromEntries(entries.filter((entry) => !isSensitive(entry))),
    sensitive: entries.filter(isSensitive).map(([name]) => name),
  };
};
