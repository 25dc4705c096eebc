/** Letters that the text does not have, to stand for a `^` while its path is normalized. */
const standIn = (text: string): string => {
  let letters = 'caret';
  while (text.includes(letters)) letters += 'x';
  return letters;
};

/** Its path as WHATWG normalizes it, but for `^`, which stays: newer editions of the standard alone encode it. */
const pathOf = (text: string, { pathname }: URL): string => {
  if (!text.includes('^') || !pathname.includes('%5E')) return pathname;
  const letters = standIn(text);
  return URL.parse(text.replaceAll('^', letters))?.pathname.replaceAll(letters, '^') ?? pathname;
};

/** An absolute URL as it is stored: as WHATWG normalizes it, with `^` in its path as it was given. */
export const normalizeUrl = (text: string): string => {
  const url = new URL(text);
  const { href, protocol, pathname } = url;
  const start = href.indexOf('/', protocol.length + '//'.length);
  return `${href.slice(0, start)}${pathOf(text, url)}${href.slice(start + pathname.length)}`;
};

/** Path and query as a request for the URL names them (RFC 9112, section 3.2.1), with the same `^`. */
export const requestTarget = (text: string): string => {
  const url = new URL(text);
  return `${pathOf(text, url)}${url.search}`;
};
