import { createScanner } from 'jsonc-parser';

/** Tokens of jsonc-parser's scanner. Its own names are a const enum, which isolated modules cannot import. */
export const TOKEN = {
  openBrace: 1,
  closeBrace: 2,
  openBracket: 3,
  closeBracket: 4,
  comma: 5,
  colon: 6,
  null: 7,
  true: 8,
  false: 9,
  string: 10,
  number: 11,
  lineBreak: 14,
  space: 15,
  end: 17,
} as const;

/** The deepest nesting, because `skip` is recursive here, as are SDKs and validators that read the payload later. */
const MAX_DEPTH = 1_000;

/**
 * The body is not JSON, or not of its schema. `path` as the client wrote it: `metadata.a`, `eventTypes[0]`, `?` or
 * empty.
 */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly path: string;
  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

/**
 * Reads a JSON text token by token, so that it reports the first error in the order of the text, as the contract does. A
 * value is read when `token()` is its first token, and reading ends with `token()` at its last. Text after the outermost
 * value is not read.
 */
export interface JsonReader {
  token(): number;
  /** The text of a string token without quotes and escapes, or of a number as written. */
  tokenText(): string;
  /** Calls `onValue` at each value of the object, with `path` extended by its name. */
  object(onValue: (key: string) => void): void;
  array(onValue: (index: number) => void): void;
  /** Skips any value and returns its source text. `levels`: how many levels more than usual it may be nested. */
  raw(levels?: number): string;
  /** The alias (older name) of each field that was sent under one, by its current name. */
  readonly sentAs: Map<string, string>;
  /** Throws a DecodeError at the current value, or at the object around it. */
  fail(message: string, place?: 'here' | 'parent'): never;
}

export const makeReader = (text: string): JsonReader => {
  const scanner = createScanner(text, false);
  const path: (string | number)[] = [];
  /** The path of a skipped value: the contract reports errors within it at the value itself. */
  let skipped: string | undefined;
  let token: number = TOKEN.end;

  const fail: JsonReader['fail'] = (message, place = 'here') => {
    if (place === 'parent') path.pop();
    throw new DecodeError(skipped ?? render(path), message);
  };
  const failAt = (segment: string | number): never => {
    path.push(segment);
    const found = token === TOKEN.end ? 'EOF while parsing' : 'expected something else';
    return fail(`${found} at offset ${scanner.getTokenOffset()}`);
  };
  const expect = (expected: number, segment: string | number): void => {
    if (token !== expected) failAt(segment);
  };
  /** Moves to the next token. `segment` is the path of the error if there is no JSON token. */
  const next = (segment?: string | number): number => {
    do token = scanner.scan();
    while (token === TOKEN.lineBreak || token === TOKEN.space);
    // This scanner also returns tokens for comments, unknown words, and unterminated strings and numbers.
    const error: number = scanner.getTokenError();
    const broken = error !== 0 || token > TOKEN.number;
    if (broken && segment !== undefined) failAt(segment);
    if (broken) fail(token === TOKEN.end ? 'EOF while parsing a value' : 'expected value');
    return token;
  };

  /**
   * Reads the items of an object or array up to `closer`. `segmentOf` is the path of the error if the nth item is
   * missing.
   */
  const items = (
    closer: number,
    segmentOf: (index: number) => string | number,
    readItem: (index: number) => void,
  ): void => {
    if (next(segmentOf(0)) === closer) return;
    for (let index = 0; ; index += 1) {
      readItem(index);
      if (next(segmentOf(index + 1)) === closer) return;
      expect(TOKEN.comma, segmentOf(index + 1));
      next(segmentOf(index + 1));
    }
  };
  const array: JsonReader['array'] = (onValue) => {
    const readItem = (index: number): void => {
      path.push(index);
      onValue(index);
      path.pop();
    };
    items(TOKEN.closeBracket, (index) => index, readItem);
  };
  const object: JsonReader['object'] = (onValue) => {
    const readField = (): void => {
      expect(TOKEN.string, '?');
      const key = scanner.getTokenValue();
      path.push(key);
      if (next() !== TOKEN.colon) fail('expected `:`');
      next();
      onValue(key);
      path.pop();
    };
    items(TOKEN.closeBrace, () => '?', readField);
  };
  const skip = (depth: number): void => {
    if (depth > MAX_DEPTH) fail('recursion limit exceeded');
    if (token === TOKEN.openBrace) object(() => skip(depth + 1));
    else if (token === TOKEN.openBracket) array(() => skip(depth + 1));
    else if (token < TOKEN.null) fail('expected value');
  };

  next();
  return {
    token: () => token,
    tokenText: () => scanner.getTokenValue(),
    sentAs: new Map(),
    object,
    array,
    raw: (levels = 0) => {
      const start = scanner.getTokenOffset();
      skipped = render(path);
      skip(-levels);
      skipped = undefined;
      return text.slice(start, scanner.getTokenOffset() + scanner.getTokenLength());
    },
    fail,
  };
};

const render = (path: readonly (string | number)[]): string =>
  path.reduce<string>((text, segment) => {
    if (typeof segment === 'number') return `${text}[${segment}]`;
    return text === '' ? segment : `${text}.${segment}`;
  }, '');
