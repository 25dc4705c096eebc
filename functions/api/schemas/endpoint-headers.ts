import * as z from 'zod';
import { HEADERS_BYTES, HEADER_VALUE_BYTES, MOST_HEADERS } from '../../platform/limits/requests.domain.ts';
import { signedHeaderNames } from '../../deliver/signing/header-names.domain.ts';
import { wireRules } from '../../platform/wire/wire-rules.ts';
import { component } from '../wire/component.ts';
import type { ValueOf } from '../wire/component.ts';

/**
 * The contract's lists of headers that an endpoint may not set (FORBIDDEN) or whose values are not returned
 * (SENSITIVE).
 */
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
/** Headers of the connection, which HTTP clients do not send. They are not in the contract's list. */
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
/** A header value of RFC 9110, section 5.5, each character as one byte. */
const SENDABLE = /^[\t\x20-\x7e\u0080-\u00ff]*$/;

export const HEADERS_TOO_LONG = `headers must have at most ${HEADERS_BYTES} bytes together.`;

type Headers = Readonly<Record<string, string | null>>;

/**
 * Whether headers contain a signature header of the prefix in force. As in the contract, those of the other prefix are
 * allowed.
 */
export const setsSignedHeader = (headers: Headers, prefix: 'svix' | 'webhook'): boolean => {
  const signed = new Set<string>(signedHeaderNames(prefix));
  return Object.entries(headers).some(([name, value]) => value !== null && signed.has(name.toLowerCase()));
};

const nameProblem = (name: string): string | undefined => {
  const lower = name.toLowerCase();
  if (!TOKEN.test(name)) return "a name must match the pattern [A-Za-z0-9!#$%&'*+\\-.^_`|~]+";
  if (FORBIDDEN.has(lower) || OF_CONNECTION.has(lower)) return 'Header is forbidden: the sender sets it.';
  const prefix = FORBIDDEN_PREFIXES.find((one) => lower.startsWith(one));
  return prefix === undefined ? undefined : `Header starts with a forbidden prefix: ${prefix}`;
};

const valueProblem = (value: string): string | undefined => {
  if (!SENDABLE.test(value)) {
    return 'a value must contain only tabs and the characters U+0020 to U+00FF without U+007F.';
  }
  return Buffer.byteLength(value) > HEADER_VALUE_BYTES
    ? `a value must have at most ${HEADER_VALUE_BYTES} bytes.`
    : undefined;
};

const NAME_SHOWN = 80;

/** The first error in a set of headers; undefined: none. A null value removes a header, so only its name is checked. */
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

/** The headers in a PUT of headers and in the creation of an endpoint. Invalid ones are decoding errors. */
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

/** Removes headers whose names differ only in case; the last one stays. */
export const distinctHeaders = (headers: Readonly<Record<string, string>>): Record<string, string> => {
  const byName = new Map<string, [string, string]>();
  for (const entry of Object.entries(headers)) byName.set(entry[0].toLowerCase(), entry);
  return Object.fromEntries(byName.values());
};

export const endpointHeadersIn = component('EndpointHeadersIn', () => ({ headers: allHeaders() }));

export const endpointHeadersPatchIn = component('EndpointHeadersPatchIn', () => ({
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
}));

/** Applies a patch: null and `deleted` remove a header, other values set it. Names are compared without case. */
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

export const endpointHeadersOut = component('EndpointHeadersOut', () => ({
  headers: z.record(z.string(), z.string()),
  sensitive: z.array(z.string()),
}));

/** Whether the values of a header are not returned. */
export const isSensitive = (name: string): boolean => SENSITIVE.has(name.toLowerCase());

/** Prints headers. Sensitive ones are listed by name only. */
export const printHeaders = (
  headers: Readonly<Record<string, string>>,
): ValueOf<typeof endpointHeadersOut> => {
  const entries = Object.entries(headers);
  return {
    headers: Object.fromEntries(entries.filter(([name]) => !isSensitive(name))),
    sensitive: entries.map(([name]) => name).filter(isSensitive),
  };
};
