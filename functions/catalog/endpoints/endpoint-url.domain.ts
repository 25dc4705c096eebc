/** A text that does not occur in `text`, to replace `^` while the path is normalized. */
const placeholderFor = (text: string): string => {
  let placeholder = 'caret';
  while (text.includes(placeholder)) placeholder += 'x';
  return placeholder;
};

/** The path as WHATWG normalizes it, except that `^` stays: only newer editions of the standard encode it. */
const pathOf = (text: string, { pathname }: URL): string => {
  if (!text.includes('^') || !pathname.includes('%5E')) return pathname;
  const placeholder = placeholderFor(text);
  return URL.parse(text.replaceAll('^', placeholder))?.pathname.replaceAll(placeholder, '^') ?? pathname;
};

/** An absolute URL as it is stored: normalized as WHATWG says, except for `^` in its path. */
export const normalizeUrl = (text: string): string => {
  const url = new URL(text);
  const { href, protocol, pathname } = url;
  const start = href.indexOf('/', protocol.length + '//'.length);
  return `${href.slice(0, start)}${pathOf(text, url)}${href.slice(start + pathname.length)}`;
};

/** The request target of a URL, path and query (RFC 9112, section 3.2.1), with `^` unchanged. */
export const requestTarget = (text: string): string => {
  const url = new URL(text);
  return `${pathOf(text, url)}${url.search}`;
};
