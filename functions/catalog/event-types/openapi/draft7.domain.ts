import { isFields, isList } from '../../../platform/json-values.domain.ts';
import type { Fields } from '../../../platform/json-values.domain.ts';
import { SCHEMA_BUDGET } from '../../../platform/limits/schemas.domain.ts';
import { DocumentProblem, pointerTokens, valueAt } from './document.domain.ts';
import type { Document, Found } from './document.domain.ts';

/** Keywords that have the same form in draft 7. */
const SAME = [
  ...['title', 'description', 'default', 'readOnly', 'writeOnly', 'deprecated', '$comment', 'format'],
  ...['type', 'enum', 'const', 'multipleOf', 'maximum', 'minimum', 'exclusiveMaximum', 'exclusiveMinimum'],
  ...['maxLength', 'minLength', 'pattern', 'contentEncoding', 'contentMediaType'],
  ...['maxItems', 'minItems', 'uniqueItems', 'maxProperties', 'minProperties', 'required', 'examples'],
];
const SCHEMAS = ['not', 'if', 'then', 'else', 'contains', 'propertyNames', 'additionalProperties'];
const LISTS = ['allOf', 'anyOf', 'oneOf'];
const MAPS = ['properties', 'patternProperties'];
/** Where a schema that accepts more than it did makes the schema around it accept less. */
const NOT_MONOTONE = ['not', 'if', 'then', 'else'];
/** Schemas beside `unevaluated…` that may have evaluated what it is about. */
const BESIDE = ['allOf', 'anyOf', 'oneOf', 'if', 'dependentSchemas', '$ref', '$dynamicRef'];

type Schema = Fields | boolean;

const escaped = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');

interface Converted {
  readonly schema: Schema;
  /** A part of it accepts more than in the document, since draft 7 has no keyword for that. */
  readonly isWider: boolean;
}

/**
 * Converts a schema of an OpenAPI document to JSON Schema draft 7, with the schemas that it refers to in `definitions`. It is
 * as large as the part of the document that it uses, whatever refers to what. What draft 7 cannot say is left out, and the
 * result accepts whatever the document accepts. Throws DocumentProblem.
 */
export const toDraft7 = (document: Document, schema: Found): Schema => {
  const exact = convertAll(document, schema, false);
  return exact.isWider ? convertAll(document, schema, true).schema : exact.schema;
};

/** `hasWider`: schemas may be wider than in the document, so none decides by what does not match. */
const convertAll = (document: Document, schema: Found, hasWider: boolean): Converted => {
  const { isOf30 } = document;
  /** The definition of each pointer, by its text. */
  const names = new Map<string, string>();
  const waiting: { readonly name: string; readonly found: Found }[] = [];
  const taken = new Set<string>();
  let objects = 0;
  let isWider = false;

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

  const each = (found: unknown, path: readonly string[]): readonly Schema[] => {
    if (!isList(found)) throw new DocumentProblem(path, 'must be a list of schemas');
    return found.map((value, index) => convert({ value, path: [...path, String(index)] }));
  };

  const eachField = (found: unknown, path: readonly string[]): Fields => {
    if (!isFields(found)) throw new DocumentProblem(path, 'must be an object with a schema for each name');
    return Object.fromEntries(
      Object.entries(found).map(([name, value]) => [name, convert({ value, path: [...path, name] })]),
    );
  };

  /** Schemas below a schema, except those of items. */
  const applied = (from: Fields, path: readonly string[]): [string, unknown][] =>
    Object.entries(from).flatMap(([keyword, value]): [string, unknown][] => {
      const place = [...path, keyword];
      if (hasWider && NOT_MONOTONE.includes(keyword)) return [];
      if (keyword === 'contains' && from['minContains'] === 0) return [];
      if (SCHEMAS.includes(keyword)) return [[keyword, convert({ value, path: place })]];
      if (hasWider && keyword === 'oneOf') return [];
      if (LISTS.includes(keyword)) return [[keyword, each(value, place)]];
      return MAPS.includes(keyword) ? [[keyword, eachField(value, place)]] : [];
    });

  /** Of a `oneOf` whose schemas may be wider, more than one may match. */
  const anyOfOne = (from: Fields, path: readonly string[]): Fields => {
    if (!hasWider || from['oneOf'] === undefined) return {};
    const anyOf = each(from['oneOf'], [...path, 'oneOf']);
    if (from['anyOf'] === undefined) return { anyOf };
    const all = from['allOf'] === undefined ? [] : each(from['allOf'], [...path, 'allOf']);
    return { allOf: [...all, { anyOf }] };
  };

  /** The schema of what no other keyword of a schema evaluated, if it is that of all others; draft 7 has no other. */
  const unevaluated = (from: Fields, path: readonly string[], keyword: string): Schema | undefined => {
    const value = from[keyword];
    if (isOf30 || value === undefined || value === true) return undefined;
    const isOfOthers =
      BESIDE.every((name) => from[name] === undefined) &&
      (keyword === 'unevaluatedProperties' || from['contains'] === undefined);
    if (isOfOthers) return convert({ value, path: [...path, keyword] });
    isWider = true;
    return undefined;
  };

  const othersOf = (from: Fields, path: readonly string[]): Fields => {
    const rest =
      from['additionalProperties'] === undefined
        ? unevaluated(from, path, 'unevaluatedProperties')
        : undefined;
    return rest === undefined ? {} : { additionalProperties: rest };
  };

  /** Items in the form of draft 7: from 3.1 on `prefixItems` are the first ones, and `items` all others. */
  const itemsOf = (from: Fields, path: readonly string[]): Fields => {
    const { items, prefixItems } = from;
    const rest =
      items === undefined
        ? unevaluated(from, path, 'unevaluatedItems')
        : convert({ value: items, path: [...path, 'items'] });
    if (isList(prefixItems)) {
      const first = { items: each(prefixItems, [...path, 'prefixItems']) };
      return rest === undefined ? first : { ...first, additionalItems: rest };
    }
    return rest === undefined ? {} : { items: rest };
  };

  const dependencies = (from: Fields, path: readonly string[]): Fields => {
    const required = isFields(from['dependentRequired']) ? from['dependentRequired'] : {};
    const { dependentSchemas = {} } = from;
    const all = { ...required, ...eachField(dependentSchemas, [...path, 'dependentSchemas']) };
    return Object.keys(all).length === 0 ? {} : { dependencies: all };
  };

  const plain = (from: Fields, path: readonly string[]): Fields => ({
    ...Object.fromEntries(Object.entries(from).filter(([keyword]) => SAME.includes(keyword))),
    ...Object.fromEntries(applied(from, path)),
    ...anyOfOne(from, path),
    ...othersOf(from, path),
    ...itemsOf(from, path),
    ...dependencies(from, path),
    ...examplesOf(from),
  });

  const isOneAtLeast = ({ minContains = 1, maxContains }: Fields): boolean =>
    (minContains === 0 || minContains === 1) && maxContains === undefined;

  const convert = ({ value, path }: Found): Schema => {
    if (typeof value === 'boolean') return value;
    if (!isFields(value)) throw new DocumentProblem(path, 'a schema is an object or a boolean');
    objects += 1;
    if (objects > SCHEMA_BUDGET.objects || path.length > 4 * SCHEMA_BUDGET.depth)
      throw new DocumentProblem(
        path,
        `at most ${SCHEMA_BUDGET.objects} schemas of one event type are allowed`,
      );
    const { $ref: reference } = value;
    if (!isOf30 && (value['$dynamicRef'] !== undefined || !isOneAtLeast(value))) isWider = true;
    if (typeof reference !== 'string') return isOf30 ? of30(plain(value, path), value) : plain(value, path);
    const referring = { $ref: `#/definitions/${escaped(referTo(reference, path))}` };
    // In 3.0 and in draft 7, what is beside a reference does not count.
    const others = isOf30 ? {} : plain(value, path);
    if (Object.keys(others).length === 0) return referring;
    const allOf = isList(others['allOf']) ? others['allOf'] : [];
    return { ...others, allOf: [...allOf, referring] };
  };

  const root = convert(schema);
  const definitions: [string, Schema][] = [];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
    definitions.push([next.name, convert(next.found)]);
  if (typeof root === 'boolean' || definitions.length === 0) return { schema: root, isWider };
  return { schema: { ...root, definitions: Object.fromEntries(definitions) }, isWider };
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
