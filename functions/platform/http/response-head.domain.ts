/** How the end of a body is found (RFC 9112, section 6.3). */
export type Framing =
  { readonly kind: 'none' | 'chunked' | 'until-close' } | { readonly kind: 'length'; readonly bytes: number };

/** Status and header fields of a response. */
export interface ResponseHead {
  readonly status: number;
  /** By name in lower case; values of repeated fields joined with a comma. */
  readonly fields: ReadonlyMap<string, string>;
  readonly framing: Framing;
  /** Whether the connection may be used again. Never after anything unusual. */
  readonly keepsAlive: boolean;
}

export interface StatusLine {
  readonly major: string;
  readonly minor: string;
  readonly status: number;
}

/** RFC 9112, section 4; the reason phrase and the space before it may be missing. */
const STATUS_LINE = /^HTTP\/(\d{1,3})\.(\d{1,3})[ \t]+(\d{3})(?:[ \t]|$)/;

/** Parses a status line; undefined: it is not one. */
export const parseStatusLine = (text: string): StatusLine | undefined => {
  const [, major, minor, status] = STATUS_LINE.exec(text) ?? [];
  if (major === undefined || minor === undefined || status === undefined) return undefined;
  return { major, minor, status: Number(status) };
};

/** A field name (RFC 9110, section 5.6.2). */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Collects header field lines. Invalid ones are skipped or repaired, and mark the response as unusual. */
export class FieldLines {
  readonly #fields = new Map<string, string>();
  #last: string | undefined;
  #count = 0;
  unusual = false;

  get fields(): ReadonlyMap<string, string> {
    return this.#fields;
  }

  add(line: string): void {
    const first = this.#count === 0;
    this.#count += 1;
    if (line.startsWith(' ') || line.startsWith('\t')) this.#fold(line, first);
    else this.#field(line);
  }

  /** RFC 9112: a folded line continues the value after a space (5.2); right after the status line it is skipped (2.2). */
  #fold(line: string, first: boolean): void {
    this.unusual = true;
    const name = this.#last;
    if (first || name === undefined) return;
    this.#fields.set(name, `${this.#fields.get(name) ?? ''} ${line.trim()}`.trim());
  }

  #field(line: string): void {
    const colon = line.indexOf(':');
    // A space before the colon must not hide a Content-Length that another parser would see (response splitting).
    const written = line.slice(0, Math.max(colon, 0));
    const name = written.trimEnd().toLowerCase();
    this.unusual ||= !TOKEN.test(written);
    this.#last = name === '' ? undefined : name;
    if (name === '') return;
    const value = line.slice(colon + 1).trim();
    const known = this.#fields.get(name);
    this.#fields.set(name, known === undefined ? value : `${known}, ${value}`);
  }
}

const listOf = (value: string | undefined): readonly string[] =>
  (value ?? '').split(',').flatMap((item) => (item.trim() === '' ? [] : [item.trim().toLowerCase()]));

/** The length if all values of Content-Length agree; undefined: invalid (RFC 9112, section 6.3, rule 5). */
const agreedLength = (value: string): number | undefined => {
  const lengths = new Set(listOf(value).map((item) => (/^\d+$/.test(item) ? Number(item) : Number.NaN)));
  const [length] = lengths;
  return lengths.size === 1 && length !== undefined && !Number.isNaN(length) ? length : undefined;
};

const hasNoBody = (status: number): boolean => status === 204 || status === 304;

/** Undefined: where the body ends is ambiguous. */
const framingOf = (status: number, fields: ReadonlyMap<string, string>): Framing | undefined => {
  if (hasNoBody(status)) return { kind: 'none' };
  const codings = listOf(fields.get('transfer-encoding'));
  if (codings.length > 0) return { kind: codings.at(-1) === 'chunked' ? 'chunked' : 'until-close' };
  const stated = fields.get('content-length');
  if (stated === undefined) return { kind: 'until-close' };
  const bytes = agreedLength(stated);
  return bytes === undefined ? undefined : { kind: 'length', bytes };
};

const keepsAlive = ({ minor, status }: StatusLine, { fields, unusual }: FieldLines): boolean => {
  const options = listOf(fields.get('connection'));
  const isPersistent = minor === '0' ? options.includes('keep-alive') : !options.includes('close');
  const codings = listOf(fields.get('transfer-encoding'));
  const length = fields.get('content-length');
  // Content-Length and Transfer-Encoding together, or a body where none is allowed: do not reuse the connection.
  const isAmbiguous =
    (length !== undefined && (codings.length > 0 || !/^\d+$/.test(length))) ||
    codings.length > 1 ||
    (codings.length === 1 && minor === '0') ||
    (hasNoBody(status) && (codings.length > 0 || (status === 204 && (length ?? '0') !== '0')));
  return isPersistent && !isAmbiguous && !unusual;
};

/** The head of a response; undefined: its Content-Length is contradictory or not a number. */
export const responseHead = (line: StatusLine, lines: FieldLines): ResponseHead | undefined => {
  const framing = framingOf(line.status, lines.fields);
  if (framing === undefined) return undefined;
  return { status: line.status, fields: lines.fields, framing, keepsAlive: keepsAlive(line, lines) };
};
