/**
 * JSON as text. Parsing and printing again would change numbers and the order of keys, and a payload has to be shown (and
 * signed) as it was sent.
 */

const SPACE = new Set([' ', '\t', '\n', '\r']);

const skipSpace = (text: string, from: number): number => {
  let at = from;
  while (SPACE.has(text[at] ?? '')) at += 1;
  return at;
};

/** The end of the string that begins at `from`. */
const endOfString = (text: string, from: number): number => {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
};

/** The end of the value that begins at `from`. The text is known to be JSON. */
const endOfValue = (text: string, from: number): number => {
  let at = from;
  let depth = 0;
  do {
    const char = text[at] ?? '';
    if (char === '"') at = endOfString(text, at);
    else {
      if (char === '{' || char === '[') depth += 1;
      if (char === '}' || char === ']') depth -= 1;
      at += 1;
    }
    if (depth === 0 && (char === '"' || char === '}' || char === ']')) return at;
    if (depth === 0 && /[,}\]\s]/.test(text[at] ?? ',')) return at;
  } while (at < text.length);
  return at;
};

/** The text of a member of the object, as written; undefined: the object lacks it. Throws SyntaxError if it is not JSON. */
export const rawMember = (json: string, name: string): string | undefined => {
  JSON.parse(json);
  let at = skipSpace(json, 0);
  if (json[at] !== '{') return undefined;
  let found: string | undefined;
  at = skipSpace(json, at + 1);
  while (json[at] === '"') {
    const nameEnd = endOfString(json, at);
    const key: unknown = JSON.parse(json.slice(at, nameEnd));
    const start = skipSpace(json, skipSpace(json, nameEnd) + 1);
    const end = endOfValue(json, start);
    if (key === name) found = json.slice(start, end);
    at = skipSpace(json, end);
    if (json[at] === ',') at = skipSpace(json, at + 1);
  }
  return found;
};

export const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const INDENT = '  ';

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g;

/** The text with line breaks and indentation; unchanged if it is not JSON. Numbers and strings stay as written. */
export const prettyText = (text: string): string => {
  if (!isJson(text)) return text;
  const pieces: string[] = [];
  let depth = 0;
  let previous = '';
  for (const [token] of text.matchAll(TOKEN)) {
    const opened = previous === '{' || previous === '[';
    if (token === '}' || token === ']') {
      depth -= 1;
      if (!opened) pieces.push('\n', INDENT.repeat(depth));
    } else if (opened || previous === ',') pieces.push('\n', INDENT.repeat(depth));
    if (token === '{' || token === '[') depth += 1;
    pieces.push(token === ':' ? ': ' : token);
    previous = token;
  }
  return pieces.join('');
};
