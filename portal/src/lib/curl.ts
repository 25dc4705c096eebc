/** A request as a command for sh, bash and zsh. */

export interface CurlRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Text is sent as UTF-8. */
  readonly body: string | Uint8Array;
}

/** Any text but NUL, which no argument can hold. */
const quoted = (text: string): string => `'${text.replaceAll('\0', '').replaceAll("'", `'\\''`)}'`;

/** Headers that curl sets itself from the URL and the body. */
const SET_BY_CURL = new Set(['host', 'connection', 'content-length', 'transfer-encoding']);

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** `Name:` would remove a header, so an empty value is written `Name;`. Line breaks cannot be part of a value. */
const headerOption = ([name, value]: readonly [string, string]): string => {
  const line = value.replace(/[\r\n\0]+/g, ' ').trim();
  return `-H ${quoted(line === '' ? `${name};` : `${name}: ${line}`)}`;
};

const headerOptions = ({ headers }: CurlRequest): readonly string[] => {
  const shown = headers.filter(([name]) => TOKEN.test(name) && !SET_BY_CURL.has(name.toLowerCase()));
  const hasType = shown.some(([name]) => name.toLowerCase() === 'content-type');
  return [
    ...shown.map(headerOption),
    // Without this curl declares the body a form.
    ...(hasType ? [] : [`-H 'Content-Type:'`]),
  ];
};

/** Printable text and line feeds survive in quotes and on the clipboard. A terminal interprets other control characters. */
const PASTEABLE = /^[\n\u0020-\u007e\u00a0-\u2027\u2030-\ud7ff\ue000-\ufdcf\ufdf0-\ufefe\uff00-\uffef]*$/;

/** Linux limits one argument to 128 KiB. `printf` is part of the shell and has no such limit. */
const MOST_ARGUMENT_CHARACTERS = 32_000;

/** A body that the shell prints byte by byte: octal escapes of printf, which every shell knows. */
const printed = (bytes: Uint8Array): string => {
  const pieces = Array.from(bytes, (byte) => {
    const char = String.fromCharCode(byte);
    if (byte < 0x20 || byte > 0x7e) return `\\${byte.toString(8).padStart(3, '0')}`;
    if (char === '%') return '%%';
    if (char === '\\') return '\\\\';
    return char === "'" ? `'\\''` : char;
  });
  return `printf '${pieces.join('')}'`;
};

/** The command. It sends the same bytes whatever the body holds. */
export const asCurl = (request: CurlRequest): string => {
  const { body } = request;
  const direct = typeof body === 'string' && body.length <= MOST_ARGUMENT_CHARACTERS && PASTEABLE.test(body);
  const options = [
    // Brackets and dots of the URL stay as they are.
    `curl --globoff --path-as-is -X ${quoted(request.method)} --url ${quoted(request.url)}`,
    ...headerOptions(request),
  ];
  if (direct) return [...options, ...(body === '' ? [] : [`--data-raw ${quoted(body)}`])].join(' \\\n  ');
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return `${printed(bytes)} | ${[...options, '--data-binary @-'].join(' \\\n  ')}`;
};
