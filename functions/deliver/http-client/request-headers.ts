type Header = readonly [name: string, value: string];

/** Who we are to receivers; the version is the package's, and a test holds the two together. */
export const USER_AGENT = 'Posthorn/0.1.0';

/**
 * The headers of a delivery as undici takes them: name, value, name, value. undici itself adds Host in front
 * and the length at the end. What the caller gives replaces built-in headers and earlier ones of the same name.
 */
export function requestHeaders(url: URL, given: readonly Header[]): string[] {
  const builtIn: Header[] = [
    ['Accept', '*/*'],
    ['Content-Type', 'application/json'],
    ['User-Agent', USER_AGENT],
    ...basicCredentials(url),
  ];
  const last = new Map<string, Header>();
  for (const header of [...builtIn, ...given]) {
    const name = header[0].toLowerCase();
    last.delete(name);
    last.set(name, header);
  }
  return [...last.values()].flat();
}

function basicCredentials({ username, password }: URL): Header[] {
  if (username === '' && password === '') return [];
  const bytes = Buffer.from(`${percentDecode(username)}:${percentDecode(password)}`, 'latin1');
  return [['Authorization', `Basic ${bytes.toString('base64')}`]];
}

/** Byte for byte, as latin1: decodeURIComponent throws on what is not UTF-8. */
function percentDecode(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_match, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
