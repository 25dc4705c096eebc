import { isUtf8 } from 'node:buffer';
import type { z } from 'zod';
import { compile } from './decoders.ts';
import { Invalid, invalid } from '../errors.ts';
import type { Complaint } from '../errors.ts';
import { DecodeError, makeReader } from './json-reader.ts';
import { naming } from './naming.ts';

/** Fields whose complaints carry another name: the contract's server stores them under it. */
const STORED_NAMES: ReadonlyMap<string, string> = new Map([
  ['secret', 'key'],
  ['eventId', 'uid'],
  ['archived', 'deleted'],
]);

const storedName = (name: string): string =>
  STORED_NAMES.get(name) ?? name.replaceAll(/[A-Z]/g, (character) => `_${character.toLowerCase()}`);

/** Where a value is wrong: stored names, and for the items of a set the set alone. */
const locationOf = (path: readonly PropertyKey[]): string[] => [
  'body',
  ...path.filter((segment) => typeof segment === 'string').map(storedName),
];

/**
 * A body as its schema has it, whatever its content type says. Throws Invalid: with one complaint at the first place
 * where the text cannot be read, or else with all complaints about its values.
 */
export const bodyDecoder = <Schema extends z.ZodType>(
  schema: Schema,
): ((bytes: Uint8Array) => z.output<Schema>) => {
  const decode = compile(schema);
  const optional = schema.safeParse(undefined).success;
  return (bytes) => {
    const { value, sentAs } = optional && bytes.byteLength === 0 ? NOTHING : readText(bytes, decode);
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new Invalid(
      parsed.error.issues.map(({ path, message }): Complaint => ({
        loc: locationOf(path),
        msg: naming(sentPath(path, sentAs), message),
        type: 'value_error',
      })),
    );
  };
};

interface Read {
  readonly value: unknown;
  readonly sentAs: ReadonlyMap<string, string>;
}
const NOTHING: Read = { value: undefined, sentAs: new Map() };

/** A place as the client wrote it: `application.uid`, `filterTypes`. */
const sentPath = (path: readonly PropertyKey[], sentAs: Read['sentAs']): string =>
  path
    .filter((segment) => typeof segment === 'string')
    .filter((segment) => segment !== '__all__')
    .map((segment) => sentAs.get(segment) ?? segment)
    .join('.');

const readText = (bytes: Uint8Array, decode: ReturnType<typeof compile>): Read => {
  if (!isUtf8(bytes)) throw undecodable('', 'invalid UTF-8');
  // A byte order mark stays in the text, where no value may begin with it.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  try {
    const reader = makeReader(text);
    return { value: decode(reader), sentAs: reader.sentAs };
  } catch (thrown) {
    throw thrown instanceof DecodeError ? undecodable(thrown.path, thrown.message) : thrown;
  }
};

/** The empty path splits into two empty names: that is how the contract marks the body as a whole. */
const undecodable = (path: string, message: string): Invalid => {
  const segments = path === '' ? ['', ''] : path.split('.');
  return invalid(
    ['body', ...segments],
    path === '' ? message : `${path}: ${message}`,
    'value_error.jsondecode',
  );
};
