import { isFields, isList } from '../../platform/json-values.domain.ts';
import type { Fields } from '../../platform/json-values.domain.ts';
export type Schema = boolean | Fields;

/** Where a schema of draft 7 holds other schemas: directly, or (maps) by names that are not keywords. */
const DIRECT = new Set([
  ...['not', 'if', 'then', 'else', 'contains', 'propertyNames', 'additionalProperties', 'additionalItems'],
  ...['items', 'allOf', 'anyOf', 'oneOf'],
]);
const MAPS = new Set(['properties', 'patternProperties', 'definitions', '$defs', 'dependencies']);

/**
 * Keywords that are none in draft 7, but that Ajv acts on: `$async` makes it answer with a promise, `id` is an error, and so is
 * `nullable` (of OpenAPI) unless it adds null to a `type`.
 */
const isForeign = (keyword: string, value: unknown, schema: object): boolean =>
  keyword === '$async' ||
  (keyword === 'id' && !isFields(value)) ||
  (keyword === 'nullable' && !(value === true && 'type' in schema));

const inside = (value: unknown): unknown => {
  if (isList(value)) return value.map(inside);
  return isFields(value) ? withoutForeignKeywords(value) : value;
};

const eachNamed = (value: unknown): unknown =>
  isFields(value)
    ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inside(one)]))
    : value;

const applied = (keyword: string, value: unknown): unknown => {
  if (DIRECT.has(keyword)) return inside(value);
  return MAPS.has(keyword) ? eachNamed(value) : value;
};

/** A schema as draft 7 reads it: without the keywords of other dialects that its compiler would obey. */
export const withoutForeignKeywords = (schema: Fields): Schema =>
  Object.fromEntries(
    Object.entries(schema)
      .filter(([keyword, value]) => !isForeign(keyword, value, schema))
      .map(([keyword, value]) => [keyword, applied(keyword, value)]),
  );
