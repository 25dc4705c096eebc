import * as z from 'zod';
import { MOST_ITEMS_READ } from '../../platform/limits/requests.domain.ts';
import { TOKEN } from '../../platform/codec/json-reader.ts';
import type { JsonReader } from '../../platform/codec/json-reader.ts';
import { RawJson } from './json.ts';
import { isOptional, wireRules } from '../../platform/wire/wire-rules.ts';
import type { WireRules } from '../../platform/wire/wire-rules.ts';

/** Reads the value at the reader's current token into the schema's input type; throws DecodeError. */
export type Decode = (reader: JsonReader) => unknown;

type Schema = z.core.$ZodType;

/** The decoder of a schema. It checks structure and types; the schema itself validates the values afterwards. */
export const compile = (schema: Schema): Decode => {
  const rules = wireRules.get(schema);
  const decode = decoderOf(schema, rules?.raw);
  const refuse = rules?.refuse;
  if (refuse === undefined) return decode;
  return (reader) => {
    const value = decode(reader);
    const problem = refuse(value);
    return problem === undefined ? value : reader.fail(problem);
  };
};

const decoderOf = (schema: Schema, raw: WireRules['raw'] = false): Decode => {
  if (raw === false) return byKind(schema);
  // The values of a document are nested one level deeper than those of a field.
  return (reader) => new RawJson(reader.raw(raw === 'document' ? 1 : 0));
};

const byKind = (schema: Schema): Decode => {
  if (schema instanceof z.ZodObject) return struct(schema);
  if (schema instanceof z.ZodRecord) return map(schema);
  if (schema instanceof z.ZodArray) return list(schema);
  if (schema instanceof z.ZodNullable) return nullable(schema);
  if (schema instanceof z.ZodString || schema instanceof z.ZodEnum) return text;
  if (schema instanceof z.ZodNumber) return schema.format === null ? decimal : whole(schema);
  if (schema instanceof z.ZodBoolean) return flag;
  if (schema instanceof z.ZodUnknown) return anything;
  if (schema instanceof z.ZodUndefined) return () => undefined;
  if (schema instanceof z.ZodPipe) return compile(schema.in);
  if (isOptional(schema)) return compile(schema.unwrap());
  throw new Error(`no decoder for a schema of type ${schema._zod.def.type}`);
};

const wrongType = (reader: JsonReader, what: string): never => reader.fail(`invalid type, expected ${what}`);

const text: Decode = (reader) => {
  if (reader.token() !== TOKEN.string) return wrongType(reader, 'a string');
  const value = reader.tokenText();
  return value.isWellFormed() ? value : reader.fail('lone surrogate in a string');
};

const anything: Decode = (reader) => {
  const value: unknown = JSON.parse(reader.raw());
  return value;
};

const flag: Decode = (reader) => {
  const token = reader.token();
  return token === TOKEN.true || token === TOKEN.false
    ? token === TOKEN.true
    : wrongType(reader, 'a boolean');
};

const decimal: Decode = (reader) =>
  reader.token() === TOKEN.number ? Number(reader.tokenText()) : wrongType(reader, 'a number');

/** How many digits of a refused number its message quotes. */
const DIGITS_SHOWN = 40;

const whole = (schema: Schema): Decode => {
  const [least, greatest] = wireRules.get(schema)?.range ?? [-Infinity, Infinity];
  return (reader) => {
    const written = reader.tokenText();
    if (reader.token() !== TOKEN.number || !/^-?\d+$/.test(written) || written === '-0') {
      return wrongType(reader, 'an integer');
    }
    const value = Number(written);
    if (value >= least && value <= greatest) return value;
    return reader.fail(
      `invalid value: integer ${written.slice(0, DIGITS_SHOWN)}, expected one from ${least} to ${greatest}`,
    );
  };
};

const nullable = (schema: z.ZodNullable): Decode => {
  const decode = compile(schema.unwrap());
  return (reader) => (reader.token() === TOKEN.null ? null : decode(reader));
};

const list = (schema: z.ZodArray): Decode => {
  const decode = compile(schema.element);
  return (reader) => {
    if (reader.token() !== TOKEN.openBracket) return wrongType(reader, 'a sequence');
    const items: unknown[] = [];
    reader.array((index) => {
      if (index >= MOST_ITEMS_READ) reader.fail(`at most ${MOST_ITEMS_READ} items are allowed`, 'parent');
      items.push(decode(reader));
    });
    return items;
  };
};

const map = (schema: z.ZodRecord): Decode => {
  const decode = compile(schema.valueType);
  return (reader) => {
    if (reader.token() !== TOKEN.openBrace) return wrongType(reader, 'a map');
    const entries: [string, unknown][] = [];
    reader.object((key) => {
      if (entries.length >= MOST_ITEMS_READ)
        reader.fail(`at most ${MOST_ITEMS_READ} entries are allowed`, 'parent');
      if (!key.isWellFormed()) reader.fail('lone surrogate in a key');
      // Code that copies the object later would drop this key without an error.
      if (key === '__proto__') reader.fail('the key `__proto__` is not allowed');
      entries.push([key, decode(reader)]);
    });
    return Object.fromEntries(entries);
  };
};

interface Field {
  readonly name: string;
  readonly decode: Decode;
  readonly required: boolean;
}

/** The fields by each name that they may be sent under. */
const fieldsOf = (schema: z.ZodObject): ReadonlyMap<string, Field> => {
  const fields = new Map<string, Field>();
  const shape: Readonly<Record<string, Schema>> = schema.shape;
  for (const [name, type] of Object.entries(shape)) {
    const field = { name, decode: compile(type), required: type._zod.optin === undefined };
    const alias = wireRules.get(type)?.alias;
    fields.set(name, field);
    if (alias !== undefined) fields.set(alias, field);
  }
  return fields;
};

/** The contract reads an array as the fields in their order and reports the first item that is of a wrong type. */
const refuseItems = (reader: JsonReader, fields: readonly Field[]): never => {
  reader.array((index) => {
    const field = fields[index];
    if (field === undefined) reader.raw();
    else field.decode(reader);
  });
  return wrongType(reader, 'an object');
};

const struct = (schema: z.ZodObject): Decode => {
  const byName = fieldsOf(schema);
  const fields = [...new Set(byName.values())];
  const strict = schema.def.catchall instanceof z.ZodNever;
  return (reader) => {
    if (reader.token() === TOKEN.openBracket) return refuseItems(reader, fields);
    if (reader.token() !== TOKEN.openBrace) return wrongType(reader, 'an object');
    const found: Record<string, unknown> = {};
    reader.object((key) => {
      const field = byName.get(key);
      if (field === undefined) return strict ? reader.fail(`unknown field \`${key}\``) : void reader.raw();
      if (Object.hasOwn(found, field.name)) reader.fail(`duplicate field \`${field.name}\``, 'parent');
      if (key !== field.name) reader.sentAs.set(field.name, key);
      found[field.name] = field.decode(reader);
    });
    const missing = fields.find((field) => field.required && !Object.hasOwn(found, field.name));
    return missing === undefined ? found : reader.fail(`missing field \`${missing.name}\``);
  };
};
