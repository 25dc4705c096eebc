import { isUtf8 } from 'node:buffer';
import type { z } from 'zod';
import { compile } from './decoders.ts';
import { Invalid, invalid } from '../errors.ts';
import type { ValidationError } from '../errors.ts';
import { DecodeError, makeReader } from '../../platform/codec/json-reader.ts';
import { naming } from './naming.ts';

/** Fields whose value errors carry another name in the contract: that of the server's own struct. */
const STORED_NAMES: ReadonlyMap<string, string> = new Map([
  ['secret', 'key'],
  ['eventId', 'uid'],
  ['archived', 'deleted'],
]);

const storedName = (name: string): string =>
  STORED_NAMES.get(name) ?? name.replaceAll(/[A-Z]/g, (character) => `_${character.toLowerCase()}`);

/** The place of a value error (`loc`): stored names; an item of a set has the place of the set. */
const locationOf = (path: readonly PropertyKey[]): string[] => [
  'body',
  ...path.filter((segment) => typeof segment === 'string').map(storedName),
];

/**
 * Decodes a body into its schema's output, whatever its content type. Throws Invalid with the first decoding error in the
 * text, or else with all errors about values.
 */
export const bodyDecoder = <Schema extends z.ZodType>(
  schema: Schema,
): ((bytes: Uint8Array) => z.output<Schema>) => {
  const decode = compile(schema);
  const optional = schema.safeParse(undefined).success;
  return (bytes) => {
    const { value, sentAs } = optional && bytes.byteLength === 0 ? NO_TEXT : decodeText(bytes, decode);
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new Invalid(
      parsed.error.issues.map(({ path, message }): ValidationError => ({
        loc: locationOf(path),
        msg: naming(sentPath(path, sentAs), message),
        type: 'value_error',
      })),
    );
  };
};

interface DecodedText {
  readonly value: unknown;
  readonly sentAs: ReadonlyMap<string, string>;
}
const NO_TEXT: DecodedText = { value: undefined, sentAs: new Map() };

/** The path of a field as the client wrote it: `application.uid`, `filterTypes`. */
const sentPath = (path: readonly PropertyKey[], sentAs: DecodedText['sentAs']): string =>
  path
    .filter((segment) => typeof segment === 'string')
    .filter((segment) => segment !== '__all__')
    .map((segment) => sentAs.get(segment) ?? segment)
    .join('.');

const decodeText = (bytes: Uint8Array, decode: ReturnType<typeof compile>): DecodedText => {
  if (!isUtf8(bytes)) throw undecodable('', 'invalid UTF-8');
  // toString keeps a byte order mark, which the reader then refuses, as the contract does.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  try {
    const reader = makeReader(text);
    return { value: decode(reader), sentAs: reader.sentAs };
  } catch (thrown) {
    throw thrown instanceof DecodeError ? undecodable(thrown.path, thrown.message) : thrown;
  }
};

/** The contract's place of an error about the whole body: its path, `.`, splits into two empty names. */
const undecodable = (path: string, message: string): Invalid => {
  const segments = path === '' ? ['', ''] : path.split('.');
  return invalid(
    ['body', ...segments],
    path === '' ? message : `${path}: ${message}`,
    'value_error.jsondecode',
  );
};
