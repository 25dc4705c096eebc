/** A header field of a response by its name in lower case; null: the value is never stored. */
export type ResponseHeader = readonly [name: string, value: string | null];

/** Header fields as they are stored; `truncated`: some are missing. */
export interface ResponseHeaders {
  readonly fields: readonly ResponseHeader[];
  readonly truncated: boolean;
}

/** The most bytes of header fields that are stored: enough for those of a usual server behind a CDN. */
const MOST_BYTES = 4_096;
/** Sessions of the receiver are none of ours. */
const NEVER_STORED = new Set(['set-cookie', 'set-cookie2']);

/** One line without its end. A field without value has no colon. */
const lineOf = ([name, value]: ResponseHeader): string => (value === null ? name : `${name}: ${value}`);

const fieldOf = (line: string): ResponseHeader => {
  const colon = line.indexOf(': ');
  return colon === -1 ? [line, null] : [line.slice(0, colon), line.slice(colon + 2)];
};

/** The leading fields whose lines have at most so many bytes. */
export const shortenedTo = ({ fields, truncated }: ResponseHeaders, mostBytes: number): ResponseHeaders => {
  let bytes = 0;
  const end = fields.findIndex((field) => {
    bytes += Buffer.byteLength(lineOf(field)) + 1;
    return bytes > mostBytes + 1; // the last line needs no end
  });
  return end === -1 ? { fields, truncated } : { fields: fields.slice(0, end), truncated: true };
};

/** The header fields of a response as they are stored: bounded, and without secrets of the receiver. */
export const responseHeaders = (received: ReadonlyMap<string, string>): ResponseHeaders => {
  const fields = [...received].map(([name, value]): ResponseHeader => [
    name,
    NEVER_STORED.has(name) ? null : value,
  ]);
  return shortenedTo({ fields, truncated: false }, MOST_BYTES);
};

export const headersText = ({ fields }: ResponseHeaders): string => fields.map(lineOf).join('\n');

export const parseHeadersText = (text: string): readonly ResponseHeader[] =>
  text === '' ? [] : text.split('\n').map(fieldOf);
