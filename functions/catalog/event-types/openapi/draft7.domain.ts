import { SCHEMA_BUDGET } from '../../../platform/limits/schemas.domain.ts';
import { DocumentProblem, isFields, isList, pointerTokens, valueAt } from './document.domain.ts';
import type { Document, Fields, Found } from './document.domain.ts';

/** Keywords that have the same form in draft 7. Others are dropped: they allow nothing less, or are not for receivers. */
const SAME = [
  ...['title', 'description', 'default', 'readOnly', 'writeOnly', 'deprecated', '$comment', 'format'],
  ...['type', 'enum', 'const', 'multipleOf', 'maximum', 'minimum', 'exclusiveMaximum', 'exclusiveMinimum'],
  ...['maxLength', 'minLength', 'pattern', 'contentEncoding', 'contentMediaType'],
  ...['maxItems', 'minItems', 'uniqueItems', 'maxProperties', 'minProperties', 'required', 'examples'],
];
const SCHEMAS = ['not', 'if', 'then', 'else', 'contains', 'propertyNames', 'additionalProperties'];
const LISTS = ['allOf', 'anyOf', 'oneOf'];
const MAPS = ['properties', 'patternProperties'];

type Schema = Fields | boolean;

const escaped = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');

/**
 * Converts a schema of an OpenAPI document to JSON Schema draft 7, with the schemas that it refers to in `definitions`. It is
 * as large as the part of the document that it uses, whatever refers to what. Throws DocumentProblem.
 */
export const toDraft7 = (document: Document, schema: Found): Schema => {
  const { isOf30 } = document;
  /** The definition of each pointer, by its text. */
  const names = new Map<string, string>();
  const waiting: { readonly name: string; readonly found: Found }[] = [];
  const taken = new Set<string>();
  let objects = 0;

  const nameOf = (tokens: readonly string[]): string => {
    const last = tokens.at(-1) ?? 'root';
    let name = last;
    for (let count = 2; taken.has(name); count += 1) name = `${last}${count}`;
    taken.add(name);
    return name;
  };

  const referTo = (reference: string, path: readonly string[]): string => {
    const tokens = pointerTokens(reference, path);
    const pointer = JSON.stringify(tokens);
    const known = names.get(pointer);
    if (known !== undefined) return known;
    const name = nameOf(tokens);
    names.set(pointer, name);
    waiting.push({ name, found: { value: valueAt(document, tokens, path), path: tokens } });
    return name;
  };

  const each = (found: unknown, path: readonly string[]): readonly Schema[] =>
    isList(found) ? found.map((value, index) => convert({ value, path: [...path, String(index)] })) : [];

  const eachField = (found: unknown, path: readonly string[]): Fields =>
    isFields(found)
      ? Object.fromEntries(
          Object.entries(found).map(([name, value]) => [name, convert({ value, path: [...path, name] })]),
        )
      : {};

  /** Schemas below a schema, except those of items. */
  const applied = (from: Fields, path: readonly string[]): [string, unknown][] =>
    Object.entries(from).flatMap(([keyword, value]): [string, unknown][] => {
      const place = [...path, keyword];
      if (SCHEMAS.includes(keyword)) return [[keyword, convert({ value, path: place })]];
      if (LISTS.includes(keyword)) return [[keyword, each(value, place)]];
      return MAPS.includes(keyword) ? [[keyword, eachField(value, place)]] : [];
    });

  /** Items in the form of draft 7: from 3.1 on `prefixItems` are the first ones, and `items` all others. */
  const itemsOf = (from: Fields, path: readonly string[]): Fields => {
    const { items, prefixItems } = from;
    const rest = items === undefined ? undefined : convert({ value: items, path: [...path, 'items'] });
    if (isList(prefixItems)) {
      const first = { items: each(prefixItems, [...path, 'prefixItems']) };
      return rest === undefined ? first : { ...first, additionalItems: rest };
    }
    return rest === undefined ? {} : { items: rest };
  };

  const dependencies = (from: Fields, path: readonly string[]): Fields => {
    const required = isFields(from['dependentRequired']) ? from['dependentRequired'] : {};
    const all = { ...required, ...eachField(from['dependentSchemas'], [...path, 'dependentSchemas']) };
    return Object.keys(all).length === 0 ? {} : { dependencies: all };
  };

  const plain = (from: Fields, path: readonly string[]): Fields => ({
    ...Object.fromEntries(Object.entries(from).filter(([keyword]) => SAME.includes(keyword))),
    ...Object.fromEntries(applied(from, path)),
    ...itemsOf(from, path),
    ...dependencies(from, path),
    ...examplesOf(from),
  });

  const convert = ({ value, path }: Found): Schema => {
    if (typeof value === 'boolean') return value;
    if (!isFields(value)) throw new DocumentProblem(path, 'a schema is an object or a boolean');
    objects += 1;
    if (objects > SCHEMA_BUDGET.objects || path.length > 4 * SCHEMA_BUDGET.depth)
      throw new DocumentProblem(
        path,
        `at most ${SCHEMA_BUDGET.objects} schemas of one event type are allowed`,
      );
    const { $ref: reference, ...beside } = value;
    if (typeof reference !== 'string') return isOf30 ? of30(plain(value, path), value) : plain(value, path);
    const referring = { $ref: `#/definitions/${escaped(referTo(reference, path))}` };
    // In 3.0 and in draft 7, what is beside a reference does not count.
    const others = isOf30 ? {} : plain(beside, path);
    if (Object.keys(others).length === 0) return referring;
    const allOf = isList(others['allOf']) ? others['allOf'] : [];
    return { ...others, allOf: [...allOf, referring] };
  };

  const root = convert(schema);
  const definitions: [string, Schema][] = [];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
    definitions.push([next.name, convert(next.found)]);
  if (typeof root === 'boolean' || definitions.length === 0) return root;
  return { ...root, definitions: Object.fromEntries(definitions) };
};

/** `example`, the older form, is one of the `examples`. */
const examplesOf = ({ example, examples }: Fields): Fields =>
  example === undefined ? {} : { examples: [example, ...(isList(examples) ? examples : [])] };

/** What 3.0 says in keywords of its own: exclusive bounds as booleans, and `nullable`. */
const of30 = (schema: Fields, from: Fields): Fields => {
  const bounded = exclusive(exclusive(schema, 'exclusiveMinimum', 'minimum'), 'exclusiveMaximum', 'maximum');
  return from['nullable'] === true ? nullable(bounded) : bounded;
};

const exclusive = (schema: Fields, keyword: string, bound: string): Fields => {
  const { [keyword]: isExclusive, ...others } = schema;
  if (typeof isExclusive !== 'boolean') return schema;
  if (!isExclusive || others[bound] === undefined) return others;
  const { [bound]: value, ...rest } = others;
  return { ...rest, [keyword]: value };
};

const nullable = (schema: Fields): Fields => {
  const { type, enum: values, ...others } = schema;
  if (typeof type !== 'string') return { anyOf: [schema, { type: 'null' }] };
  const withNull = isList(values) && !values.includes(null) ? [...values, null] : values;
  return { ...others, type: [type, 'null'], ...(values === undefined ? {} : { enum: withNull }) };
};
