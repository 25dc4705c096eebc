type Header = readonly [name: string, value: string];

/** The User-Agent. A test keeps its version equal to that of package.json. */
export const USER_AGENT = 'Posthorn/0.1.0';

/** Headers of the connection, of the body's framing and type, and User-Agent: custom headers cannot set them. */
const RESERVED = new Set([
  ...[
    'connection',
    'content-length',
    'expect',
    'keep-alive',
    'proxy-connection',
    'te',
    'trailer',
    'trailers',
  ],
  ...['transfer-encoding', 'upgrade', 'content-type', 'content-encoding', 'user-agent'],
]);

export interface GivenHeaders {
  /** Headers that Posthorn sets: id, timestamp, signature, and the type of a raw payload. */
  readonly signed: readonly Header[];
  /** The endpoint's custom headers. */
  readonly custom: readonly Header[];
}

/** A token (RFC 9110, section 5.6.2), and the characters that one line can carry as latin1. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

/**
 * The header fields of a request in order, Host first and Content-Length last. Custom headers replace Host, Accept, the
 * credentials of the URL and one another by name, but no other header that Posthorn sets.
 */
export function requestHeaders(
  url: URL,
  { signed, custom }: GivenHeaders,
  length: number,
): readonly Header[] {
  const ours = new Set(signed.map(([name]) => name.toLowerCase()));
  const own = custom.filter(([name]) => {
    const lower = name.toLowerCase();
    return !RESERVED.has(lower) && !lower.startsWith('svix-') && !ours.has(lower);
  });
  const host = own.findLast(([name]) => name.toLowerCase() === 'host')?.[1] ?? url.host;
  const last = new Map<string, Header>();
  for (const header of [...builtIn(url), ...signed, ...own]) {
    const name = header[0].toLowerCase();
    last.delete(name);
    last.set(name, header);
  }
  last.delete('host');
  return [['Host', host], ['Connection', 'keep-alive'], ...last.values(), ['Content-Length', String(length)]];
}

const builtIn = (url: URL): readonly Header[] => [
  ['Accept', '*/*'],
  ['Content-Type', 'application/json'],
  ['User-Agent', USER_AGENT],
  ...basicCredentials(url),
];

/** The bytes of a request's head; `target`: path and query. Undefined: a field cannot be sent in HTTP/1.1. */
export function requestHead(target: string, headers: readonly Header[]): Buffer | undefined {
  if (headers.some(([name, value]) => !NAME.test(name) || !VALUE.test(value))) return undefined;
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(`POST ${target} HTTP/1.1\r\n${lines}\r\n`, 'latin1');
}

function basicCredentials({ username, password }: URL): Header[] {
  if (username === '' && password === '') return [];
  const bytes = Buffer.from(`${percentDecode(username)}:${percentDecode(password)}`, 'latin1');
  return [['Authorization', `Basic ${bytes.toString('base64')}`]];
}

/** Decodes byte by byte as latin1: decodeURIComponent throws on bytes that are not UTF-8. */
function percentDecode(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_match, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
