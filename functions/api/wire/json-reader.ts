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

/** More levels are refused: SDKs and validators that read the payload later recurse, as `skip` does here. */
const MAX_DEPTH = 1_000;

/** A body that is no JSON or not of its schema. `path` as the client wrote it: `metadata.a`, `eventTypes[0]`, `?`, or empty. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly path: string;
  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

/**
 * Reads a JSON text token by token, so that the error reported is the first in the order of the text, as the contract
 * has it. A value is read while `token()` is its first token, and reading leaves `token()` at its last. Text after the
 * outermost value is never read.
 */
export interface JsonReader {
  token(): number;
  /** The text of a string token without quotes and escapes, or of a number as it was written. */
  tokenText(): string;
  /** Calls `onValue` at each value of the object; `path` grows meanwhile. */
  object(onValue: (key: string) => void): void;
  array(onValue: (index: number) => void): void;
  /** Skips any value and returns its source text. */
  raw(): string;
  /** Current names of the fields that were sent under an older name (alias), with that alias. */
  readonly sentAs: Map<string, string>;
  /** Throws a DecodeError at the current value, or at the object around it. */
  fail(message: string, place?: 'here' | 'parent'): never;
}

export const makeReader = (text: string): JsonReader => {
  const scanner = createScanner(text, false);
  const path: (string | number)[] = [];
  /** The path of a value that is skipped as a whole: the contract names no place within it. */
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
  /** Moves to the next token; `segment` names the place where the text has no token of JSON. */
  const next = (segment?: string | number): number => {
    do token = scanner.scan();
    while (token === TOKEN.lineBreak || token === TOKEN.space);
    // For this scanner comments, unknown words and unterminated strings and numbers are tokens too.
    const error: number = scanner.getTokenError();
    const broken = error !== 0 || token > TOKEN.number;
    if (broken && segment !== undefined) failAt(segment);
    if (broken) fail(token === TOKEN.end ? 'EOF while parsing a value' : 'expected value');
    return token;
  };

  /** Reads what an object or array holds up to `closer`; `segmentOf` names the place where its nth item is missing. */
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
    raw: () => {
      const start = scanner.getTokenOffset();
      skipped = render(path);
      skip(0);
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
