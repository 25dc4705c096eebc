/** Content types whose bytes are text, well-formed or not. */
const TEXT_TYPE = /^(?:text\/|application\/(?:[\w.+-]*\+)?(?:json|xml|javascript|x-www-form-urlencoded)\b)/i;
const CHARSET = /;\s*charset\s*=\s*"?([^\s";]+)/i;

export interface ResponseBytes {
  readonly bytes: Uint8Array;
  /** Whether these are the whole body; if not, they may end inside a character. */
  readonly complete: boolean;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
}

/** Undefined: not valid in that charset, or unknown charset. An incomplete last character of a cut body is left out. */
const decoded = ({ bytes, complete }: ResponseBytes, charset: string, fatal: boolean): string | undefined => {
  try {
    const decoder = new TextDecoder(charset, { fatal, ignoreBOM: true });
    return decoder.decode(bytes, { stream: !complete });
  } catch {
    return undefined;
  }
};

const isPlain = ({ contentEncoding }: ResponseBytes): boolean =>
  contentEncoding === undefined || contentEncoding === '' || contentEncoding.toLowerCase() === 'identity';

/** A body declared as text: in its charset if valid, else as UTF-8 with a replacement character for each invalid byte. */
const declaredText = (response: ResponseBytes): string | undefined => {
  const { contentType } = response;
  if (contentType === undefined || !isPlain(response)) return undefined;
  const charset = CHARSET.exec(contentType)?.[1];
  const inCharset = charset === undefined ? undefined : decoded(response, charset, true);
  if (inCharset !== undefined) return inCharset;
  return TEXT_TYPE.test(contentType.trim()) ? decoded(response, 'utf-8', false) : undefined;
};

/**
 * A response's bytes as text to store: as UTF-8 if valid, else as its content type declares, else as base64 (the Svix
 * contract). NUL is kept: JSON escapes it.
 */
export const responseText = (response: ResponseBytes): string =>
  decoded(response, 'utf-8', true) ??
  declaredText(response) ??
  Buffer.from(response.bytes).toString('base64');
