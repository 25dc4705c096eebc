import * as z from 'zod';
import { Invalid, Refusal } from '../errors.ts';
import { naming } from './naming.ts';
import { withoutWrappers, wireRules } from '../../platform/wire/wire-rules.ts';

/** Decodes one parameter's text; throws Undecodable with the reason. */
type DecodeText = (text: string) => unknown;

class Undecodable extends Error {}

/** In the contract, the last segment of the place of an error about a kind of value. */
const ALL = '__all__';

/** Whole numbers are u64 in the contract: digits without a sign. */
const GREATEST = 2n ** 64n - 1n;
const GREATEST_DIGITS = String(GREATEST).length;

const whole: DecodeText = (text) => {
  if (!/^\d+$/.test(text)) throw new Undecodable('invalid digit found in string, expected a whole number');
  const digits = text.replace(/^0+/, '');
  if (digits.length > GREATEST_DIGITS || BigInt(digits) > GREATEST) {
    throw new Undecodable(`number too large, expected at most ${GREATEST}`);
  }
  // JavaScript cannot represent larger ones exactly, and no rule distinguishes them.
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER);
};

const flag: DecodeText = (text) => {
  if (text !== 'true' && text !== 'false') throw new Undecodable('provided string was not `true` or `false`');
  return text === 'true';
};

const choice =
  (schema: z.ZodEnum): DecodeText =>
  (text) => {
    if (!schema.safeParse(text).success) {
      const known = schema.options.join(', ');
      throw new Undecodable(`unknown variant \`${text.slice(0, 40)}\`, expected one of ${known}`);
    }
    return text;
  };

/** The decoder of a schema that `withoutWrappers` returned. */
const decoderOf = (schema: z.core.$ZodType): DecodeText => {
  const decode = kindOf(schema);
  const refuse = wireRules.get(schema)?.refuse;
  if (refuse === undefined) return decode;
  return (text) => {
    const value = decode(text);
    const problem = refuse(value);
    if (problem !== undefined) throw new Undecodable(problem);
    return value;
  };
};

const kindOf = (schema: z.core.$ZodType): DecodeText => {
  if (schema instanceof z.ZodNumber) return whole;
  if (schema instanceof z.ZodBoolean) return flag;
  if (schema instanceof z.ZodEnum) return choice(schema);
  return (text) => text;
};

/** The schema of a query by its parameters. */
export const querySchema = <Query extends z.ZodRawShape>(parameters: () => Query) => z.object(parameters());

/** The value that a query with these parameters decodes to. */
export type QueryOf<Parameters extends () => z.ZodRawShape> = z.output<
  ReturnType<typeof querySchema<ReturnType<Parameters>>>
>;

/** A list may be sent as `event_types`, `event_types[]`, `event_types[0]` or `event_types[x]`. */
const plainName = (key: string): string => key.replace(/\[[^\]]*\]$/, '');

/**
 * Decodes a query string into its schema's output; unknown parameters are ignored. Throws a Refusal (400) for a
 * parameter that cannot be decoded or is given twice, and Invalid (422) for values that break a rule.
 */
export const queryDecoder = <Schema extends z.ZodObject>(
  schema: Schema,
): ((search: string) => z.output<Schema>) => {
  const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
  const types = Object.entries(shape).map(([name, type]) => [name, withoutWrappers(type)] as const);
  const fields = new Map(types.map(([name, type]) => [name, decoderOf(type)]));
  const lists = new Set(types.flatMap(([name, type]) => (type instanceof z.ZodArray ? [name] : [])));
  return (search) => {
    const found = collect(search, fields, lists);
    const parsed = schema.safeParse(found);
    if (parsed.success) return parsed.data;
    throw new Invalid(
      parsed.error.issues.map(({ path, message }) => {
        const names = path.filter((segment) => typeof segment === 'string');
        const [field = ''] = names;
        return {
          // The contract's server decodes lists apart from other parameters, and names no place within a list.
          loc: ['query', ...(lists.has(field) && names.includes(ALL) ? [ALL] : names)],
          msg: naming(field, message),
          type: 'value_error',
        };
      }),
    );
  };
};

const collect = (
  search: string,
  fields: ReadonlyMap<string, DecodeText>,
  lists: ReadonlySet<string>,
): Record<string, unknown> => {
  const found: Record<string, unknown> = {};
  const items = new Map<string, string[]>();
  for (const [key, text] of new URLSearchParams(search)) {
    const list = plainName(key);
    if (lists.has(list)) {
      items.set(list, [...(items.get(list) ?? []), ...text.split(',')]);
      continue;
    }
    const decode = fields.get(key);
    if (decode === undefined) continue;
    if (Object.hasOwn(found, key)) throw refusal(key, 'duplicate field');
    found[key] = decodeAt(key, decode, text);
  }
  for (const [key, texts] of items) found[key] = texts;
  return found;
};

const decodeAt = (key: string, decode: DecodeText, text: string): unknown => {
  try {
    return decode(text);
  } catch (thrown) {
    throw thrown instanceof Undecodable ? refusal(key, thrown.message) : thrown;
  }
};

const refusal = (key: string, reason: string) =>
  new Refusal('generic_error', `Failed to deserialize query string: ${key}: ${reason}`);
