import { isRecord } from '../records.ts';

/** JSON schemas of event types, which their owner wrote: everything is read with care and within bounds. */

type Json = Readonly<Record<string, unknown>>;

const objectAt = (schema: Json, name: string): Json => {
  const value = schema[name];
  return isRecord(value) ? value : {};
};

const listAt = (schema: Json, name: string): readonly unknown[] => {
  const value = schema[name];
  return Array.isArray(value) ? value : [];
};

const MOST_DEPTH = 10;
const MOST_NODES = 2_000;

const unescaped = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~');

/** What a local reference (`#/definitions/Name`) points to. Others are not followed. */
const resolved = (root: Json, reference: string): Json => {
  if (!reference.startsWith('#')) return {};
  let at: unknown = root;
  for (const part of reference.slice(1).split('/').slice(1)) {
    at = isRecord(at) && Object.hasOwn(at, unescaped(part)) ? at[unescaped(part)] : undefined;
  }
  return isRecord(at) ? at : {};
};

const spread = (objects: readonly Json[]): Json =>
  Object.fromEntries(objects.flatMap(Object.entries<unknown>));

const merged = (schemas: readonly Json[]): Json => ({
  ...spread(schemas),
  properties: spread(schemas.map((schema) => objectAt(schema, 'properties'))),
  required: schemas.flatMap((schema) => listAt(schema, 'required')),
});

/** The schema without `$ref`, `allOf` and alternatives, of which the first one is shown. */
const plain = (root: Json, schema: unknown, depth: number): Json => {
  if (!isRecord(schema) || depth > MOST_DEPTH) return {};
  const reference = schema['$ref'];
  if (typeof reference === 'string') return plain(root, resolved(root, reference), depth + 1);
  const parts = listAt(schema, 'allOf').map((part) => plain(root, part, depth + 1));
  const [alternative] = [...listAt(schema, 'oneOf'), ...listAt(schema, 'anyOf')];
  if (alternative !== undefined) parts.push(plain(root, alternative, depth + 1));
  return parts.length === 0 ? schema : merged([...parts, schema]);
};

/** The schema of an array's elements; of a tuple that of its first one. */
const itemsOf = (schema: Json): unknown =>
  Array.isArray(schema['items']) ? listAt(schema, 'items')[0] : schema['items'];

const typeOf = (schema: Json): string => {
  const { type } = schema;
  if (typeof type === 'string') return type;
  if (Array.isArray(type)) {
    const named: unknown = type.find((name) => name !== 'null') ?? type[0];
    if (typeof named === 'string') return named;
  }
  if (Object.keys(objectAt(schema, 'properties')).length > 0) return 'object';
  if ('items' in schema) return 'array';
  const [value] = listAt(schema, 'enum');
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? typeof value
    : 'any';
};

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-01-31T12:00:00Z',
  date: '2026-01-31',
  time: '12:00:00Z',
  duration: 'PT1H',
  email: 'person@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/',
  'uri-reference': '/path',
  uuid: '00000000-0000-4000-8000-000000000000',
};

const stringExample = (schema: Json): string => {
  const { format, minLength, maxLength } = schema;
  const known = typeof format === 'string' && Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (known !== undefined) return known;
  const least = typeof minLength === 'number' ? Math.min(minLength, 100) : 0;
  const most = typeof maxLength === 'number' ? maxLength : 100;
  return 'string'.padEnd(least, 'x').slice(0, Math.max(0, most));
};

const numberExample = (schema: Json): number => {
  const { minimum, exclusiveMinimum, maximum } = schema;
  if (typeof minimum === 'number') return minimum;
  if (typeof exclusiveMinimum === 'number') return exclusiveMinimum + 1;
  return typeof maximum === 'number' ? Math.min(1, maximum) : 1;
};

/** The value that the schema itself names. */
const named = (schema: Json): { readonly value: unknown } | undefined => {
  for (const name of ['const', 'example', 'default']) if (name in schema) return { value: schema[name] };
  const [first] = [...listAt(schema, 'examples'), ...listAt(schema, 'enum')];
  return first === undefined ? undefined : { value: first };
};

class Generator {
  private nodes = MOST_NODES;
  private readonly root: Json;

  constructor(root: Json) {
    this.root = root;
  }

  value(given: unknown, depth: number): unknown {
    this.nodes -= 1;
    if (depth > MOST_DEPTH || this.nodes < 0) return null;
    const schema = plain(this.root, given, 0);
    const own = named(schema);
    if (own !== undefined) return own.value;
    switch (typeOf(schema)) {
      case 'object':
        return this.object(schema, depth);
      case 'array':
        return [this.value(itemsOf(schema), depth + 1)];
      case 'string':
        return stringExample(schema);
      case 'integer':
        return Math.ceil(numberExample(schema));
      case 'number':
        return numberExample(schema);
      case 'boolean':
        return true;
      default:
        return null;
    }
  }

  private object(schema: Json, depth: number): unknown {
    const members = Object.entries(objectAt(schema, 'properties'));
    return Object.fromEntries(members.map(([name, inner]) => [name, this.value(inner, depth + 1)]));
  }
}

/** A payload that the schema describes: its own example, or one that is made from its types. */
export const exampleOf = (schema: unknown): unknown =>
  isRecord(schema) ? new Generator(schema).value(schema, 0) : {};

export interface SchemaRow {
  /** `customer.addresses[].city` */
  readonly path: string;
  readonly depth: number;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
  readonly values: readonly string[];
}

const MOST_ROWS = 500;

const rowsOf = (root: Json, given: Json, path: string, depth: number, rows: SchemaRow[]): void => {
  const schema = plain(root, given, 0);
  if (typeOf(schema) === 'array') {
    const items = itemsOf(schema);
    if (isRecord(items)) rowsOf(root, items, `${path}[]`, depth, rows);
    return;
  }
  const required = new Set(listAt(schema, 'required'));
  for (const [name, inner] of Object.entries(objectAt(schema, 'properties'))) {
    if (rows.length >= MOST_ROWS || depth > MOST_DEPTH) return;
    const member = plain(root, inner, 0);
    const own = path === '' ? name : `${path}.${name}`;
    rows.push({
      path: own,
      depth,
      type: typeOf(member) === 'array' ? `${typeOf(plain(root, itemsOf(member), 0))}[]` : typeOf(member),
      required: required.has(name),
      description: typeof member['description'] === 'string' ? member['description'] : '',
      values: listAt(member, 'enum')
        .slice(0, 20)
        .map((value) => JSON.stringify(value)),
    });
    rowsOf(root, member, own, depth + 1, rows);
  }
};

/** The members that the schema describes, parents first. */
export const schemaRows = (schema: unknown): readonly SchemaRow[] => {
  const rows: SchemaRow[] = [];
  if (isRecord(schema)) rowsOf(schema, schema, '', 0, rows);
  return rows;
};

/** The versions of an event type's schemas, newest first. */
export const schemaVersions = (schemas: unknown): readonly (readonly [version: string, schema: unknown])[] =>
  isRecord(schemas)
    ? Object.entries(schemas).sort(([left], [right]) => right.localeCompare(left, 'en', { numeric: true }))
    : [];
