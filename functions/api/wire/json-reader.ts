import { createScanner } from 'jsonc-parser';

/** Tokens of jsonc-parser's scanner; its own names are a const enum, which isolated modules cannot read. */
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

/** Deeper payloads are refused: what reads them later (SDKs, validators) recurses. */
const MAX_DEPTH = 1_000;

/** The text cannot be what was asked for. `path` as clients see it: `metadata.a`, `eventTypes[0]`, `?`, or empty. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly path: string;
  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

/**
 * Walks a JSON text token by token, so that the first thing wrong in the order of the text is the one reported. A
 * value is read while `token()` is its first token and is left on its last; what follows the outermost is never read.
 */
export interface JsonReader {
  token(): number;
  /** The text of a string token without quotes and escapes, or of a number as it was written. */
  tokenText(): string;
  /** Calls `onValue` at each value of the object; `path` grows meanwhile. */
  object(onValue: (key: string) => void): void;
  array(onValue: (index: number) => void): void;
  /** Passes over any value and returns its source text. */
  raw(): string;
  /** Older names that fields were sent under, by the names that they have now. */
  readonly sentAs: Map<string, string>;
  /** Throws a DecodeError at the place of the current value, or of the object around it. */
  fail(message: string, place?: 'here' | 'parent'): never;
}

export const makeReader = (text: string): JsonReader => {
  const scanner = createScanner(text, false);
  const path: (string | number)[] = [];
  let token: number = TOKEN.end;

  const fail: JsonReader['fail'] = (message, place = 'here') => {
    if (place === 'parent') path.pop();
    throw new DecodeError(render(path), message);
  };
  const failAfter = (segment: string | number): never => {
    path.push(segment);
    const found = token === TOKEN.end ? 'EOF while parsing' : 'expected something else';
    return fail(`${found} at offset ${scanner.getTokenOffset()}`);
  };
  /** The next token; `at` names the place where none of JSON's is found. */
  const next = (at?: string | number): number => {
    do token = scanner.scan();
    while (token === TOKEN.lineBreak || token === TOKEN.space);
    // Comments and unknown words are tokens to this scanner, and so are strings and numbers that break off.
    const error: number = scanner.getTokenError();
    const broken = error !== 0 || token > TOKEN.number;
    if (broken && at !== undefined) failAfter(at);
    if (broken) fail(token === TOKEN.end ? 'EOF while parsing a value' : 'expected value');
    return token;
  };
  const expect = (wanted: number, at: string | number): void => {
    if (token !== wanted) failAfter(at);
  };

  const object: JsonReader['object'] = (onValue) => {
    if (next('?') === TOKEN.closeBrace) return;
    for (;;) {
      expect(TOKEN.string, '?');
      path.push(scanner.getTokenValue());
      if (next() !== TOKEN.colon) fail('expected `:`');
      next();
      onValue(String(path.at(-1)));
      path.pop();
      if (next('?') === TOKEN.closeBrace) return;
      expect(TOKEN.comma, '?');
      next('?');
    }
  };
  const array: JsonReader['array'] = (onValue) => {
    if (next(0) === TOKEN.closeBracket) return;
    for (let index = 0; ; index += 1) {
      path.push(index);
      onValue(index);
      path.pop();
      if (next(index + 1) === TOKEN.closeBracket) return;
      expect(TOKEN.comma, index + 1);
      next(index + 1);
    }
  };
  const key = (): void => {
    if (token !== TOKEN.string) fail('key must be a string');
    if (next() !== TOKEN.colon) fail('expected `:`');
    next();
  };
  /** Without recursion: payloads may be nested at will. */
  const skip = (): void => {
    const closers: number[] = [];
    for (;;) {
      if (token === TOKEN.openBrace || token === TOKEN.openBracket) {
        const closer = token + 1;
        if (next() !== closer) {
          if (closers.push(closer) > MAX_DEPTH) fail('recursion limit exceeded');
          if (closer === TOKEN.closeBrace) key();
          continue;
        }
      } else if (token < TOKEN.null) fail('expected value');
      if (!another(closers)) return;
    }
  };
  /** After a value: closes what ends there; true where one more value follows. */
  const another = (closers: number[]): boolean => {
    for (let closer = closers.at(-1); closer !== undefined; closer = closers.at(-1)) {
      if (next() === TOKEN.comma) {
        next();
        if (closer === TOKEN.closeBrace) key();
        return true;
      }
      if (token !== closer) fail('expected `,` or an end');
      closers.pop();
    }
    return false;
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
      skip();
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
