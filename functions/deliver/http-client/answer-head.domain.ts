/** How the end of a body is found (RFC 9112, section 6.3). */
export type Framing =
  { readonly kind: 'none' | 'chunked' | 'until-close' } | { readonly kind: 'length'; readonly bytes: number };

/** Status and header fields of an answer. */
export interface AnswerHead {
  readonly status: number;
  /** By name in lower case; values of repeated fields joined with a comma. */
  readonly fields: ReadonlyMap<string, string>;
  readonly framing: Framing;
  /** Whether another request may follow on the same connection. Never after anything unusual. */
  readonly keepsAlive: boolean;
}

export interface StatusLine {
  readonly major: string;
  readonly minor: string;
  readonly status: number;
}

/** RFC 9112, section 4; the reason phrase and the space before it may be missing. */
const STATUS_LINE = /^HTTP\/(\d{1,3})\.(\d{1,3})[ \t]+(\d{3})(?:[ \t]|$)/;

/** Undefined: it is none. */
export const parseStatusLine = (text: string): StatusLine | undefined => {
  const [, major, minor, status] = STATUS_LINE.exec(text) ?? [];
  if (major === undefined || minor === undefined || status === undefined) return undefined;
  return { major, minor, status: Number(status) };
};

/** A field name (RFC 9110, section 5.6.2). */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Collects field lines as they come. Whatever no client needs is skipped, and marks the answer as unusual. */
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

  /** RFC 9112: a folded value goes on after a space (5.2); such a line right after the status line is skipped (2.2). */
  #fold(line: string, first: boolean): void {
    this.unusual = true;
    const name = this.#last;
    if (first || name === undefined) return;
    this.#fields.set(name, `${this.#fields.get(name) ?? ''} ${line.trim()}`.trim());
  }

  #field(line: string): void {
    const colon = line.indexOf(':');
    // Space before the colon must not hide a Content-Length from us that another reader sees.
    const spelled = line.slice(0, Math.max(colon, 0));
    const name = spelled.trimEnd().toLowerCase();
    this.unusual ||= !TOKEN.test(spelled);
    this.#last = name === '' ? undefined : name;
    if (name === '') return;
    const value = line.slice(colon + 1).trim();
    const known = this.#fields.get(name);
    this.#fields.set(name, known === undefined ? value : `${known}, ${value}`);
  }
}

const listOf = (value: string | undefined): readonly string[] =>
  (value ?? '').split(',').flatMap((item) => (item.trim() === '' ? [] : [item.trim().toLowerCase()]));

/** The one length that all values of Content-Length agree on; undefined: invalid (RFC 9112, section 6.3, rule 5). */
const agreedLength = (value: string): number | undefined => {
  const lengths = new Set(listOf(value).map((item) => (/^\d+$/.test(item) ? Number(item) : Number.NaN)));
  const [length] = lengths;
  return lengths.size === 1 && length !== undefined && !Number.isNaN(length) ? length : undefined;
};

const hasNoBody = (status: number): boolean => status === 204 || status === 304;

/** Undefined: no client can tell safely where the body ends. */
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
  // Both at once, or a body where there is none: what follows on the connection cannot be trusted.
  const isAmbiguous =
    (length !== undefined && (codings.length > 0 || !/^\d+$/.test(length))) ||
    codings.length > 1 ||
    (codings.length === 1 && minor === '0') ||
    (hasNoBody(status) && (codings.length > 0 || (status === 204 && (length ?? '0') !== '0')));
  return isPersistent && !isAmbiguous && !unusual;
};

/** The head that these lines make; undefined: its body's length is contradictory or no number. */
export const answerHead = (line: StatusLine, lines: FieldLines): AnswerHead | undefined => {
  const framing = framingOf(line.status, lines.fields);
  if (framing === undefined) return undefined;
  return { status: line.status, fields: lines.fields, framing, keepsAlive: keepsAlive(line, lines) };
};
