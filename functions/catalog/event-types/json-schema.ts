import { isFields } from '../../platform/json-values.domain.ts';
import { isDeepStrictEqual } from 'node:util';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { SCHEMA_BUDGET } from '../../platform/limits/schemas.domain.ts';
import { withoutForeignKeywords } from './foreign-keywords.domain.ts';
import type { Schema } from './foreign-keywords.domain.ts';
import { schemaBudgetProblem } from './schema-budget.domain.ts';

const isSchema = (value: unknown): value is Schema => typeof value === 'boolean' || isFields(value);

/** Patterns are of Unicode, as lengths are, unless that makes them invalid: `\-` is an escape only without it. */
const patternOf = (pattern: string, flags: string): RegExp => {
  try {
    return new RegExp(pattern, flags);
  } catch {
    return new RegExp(pattern);
  }
};

/**
 * As lenient as the contract. Inlining references would compile a schema once for each reference. Without `ownProperties` an
 * object has properties such as `constructor` that it inherits.
 */
const OPTIONS = {
  strict: false,
  logger: false,
  validateFormats: false,
  ownProperties: true,
  unicodeRegExp: true,
  code: { regExp: Object.assign(patternOf, { code: 'patternOf' }) },
  inlineRefs: false,
  meta: false,
  validateSchema: false,
} as const;

/** Draft 7 allows an empty `enum` and duplicates. Ajv forbids them, and compares every two values. */
const ANY_LIST = { type: 'array', items: true };
const isOneOf = (values: readonly unknown[], data: unknown) =>
  values.some((value) => value === data || isDeepStrictEqual(value, data));
const ENUM = { keyword: 'enum', schemaType: 'array', validate: isOneOf } as const;

/** Ajv divides, and 19.99 / 0.01 is 1998.9999999999998: what division rounds is no fault of the number. */
const isMultiple = (step: number, data: number) => {
  const quotient = data / step;
  return Math.abs(quotient - Math.round(quotient)) <= 2 * Number.EPSILON * Math.abs(quotient);
};
const MULTIPLE = {
  ...({ keyword: 'multipleOf', type: 'number', schemaType: 'number' } as const),
  validate: isMultiple,
};

/** Loaded on use, because Ajv is large and few requests need it (docs/decisions/0016). */
const loadAjv = () => import('./ajv.ts');
type Library = Awaited<ReturnType<typeof loadAjv>>;

/** Compiles as draft 7, whatever `$schema` says. A separate instance for each schema, because several may have equal $ids. */
const compile = (library: Library, schema: Schema): ValidateFunction => {
  const ajv = new library.Ajv(OPTIONS);
  // For schemas that refer to it; it is not compiled for others.
  ajv.addMetaSchema(lenientDraft7(library), undefined, false);
  for (const own of [ENUM, MULTIPLE]) ajv.removeKeyword(own.keyword).addKeyword(own);
  return ajv.compile(withoutDialect(schema));
};

const lenientDraft7 = ({ draft7 }: Library) => ({
  ...draft7,
  properties: { ...draft7.properties, enum: ANY_LIST },
});

const withoutDialect = (schema: Schema): Schema => {
  if (typeof schema === 'boolean') return schema;
  const { $schema: _dialect, ...rest } = schema;
  return withoutForeignKeywords(rest);
};

let metaSchema: { readonly problemOf: (schema: Schema) => string | undefined } | undefined;

/** The check of schemas against that of draft 7, which is compiled once: it takes ten times as long as a usual schema. */
const metaSchemaOf = (library: Library) => {
  if (metaSchema !== undefined) return metaSchema;
  const ajv = new library.Ajv(OPTIONS);
  const validate = ajv.compile(lenientDraft7(library));
  metaSchema = {
    problemOf: (schema) =>
      validate(schema) ? undefined : `schema is invalid: ${ajv.errorsText(validate.errors)}`,
  };
  return metaSchema;
};

const reason = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : 'not a schema');

/**
 * The first error in the schemas of an event type (JSON text of a map by version); undefined: none. Each must compile as JSON
 * Schema draft 7, regardless of its `$schema`. References to other documents are errors, because nothing is fetched. Schemas
 * that would take long to compile are refused first (SCHEMA_BUDGET).
 */
export const schemasProblem = async (text: string): Promise<string | undefined> => {
  if (Buffer.byteLength(text) > SCHEMA_BUDGET.bytes)
    return `at most ${SCHEMA_BUDGET.bytes} bytes are allowed`;
  const value: unknown = JSON.parse(text);
  const tooMuch = schemaBudgetProblem(value);
  if (tooMuch !== undefined) return tooMuch;
  const byVersion = isFields(value) ? Object.values(value) : [];
  if (!byVersion.every(isSchema)) return 'a schema is an object or a boolean';
  const library = await loadAjv();
  for (const schema of byVersion) {
    const invalid = metaSchemaOf(library).problemOf(withoutDialect(schema));
    if (invalid !== undefined) return invalid;
    try {
      compile(library, schema);
    } catch (thrown) {
      return reason(thrown);
    }
  }
  return undefined;
};

/** Where a payload violates a schema, as names and indexes from its root, and how. */
export interface SchemaViolation {
  readonly path: readonly string[];
  readonly message: string;
}

const MOST_VIOLATIONS = 5;
/** Names in a path are the sender's, and a pattern in a message is the schema's. */
const MOST_SEGMENTS = 32;
const SEGMENT_CHARS = 128;
const MESSAGE_CHARS = 300;

const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, most)}…` : text);

/** The name of a property that is missing or not allowed, which the path of Ajv's error lacks. */
const namedProperty = ({ params }: ErrorObject): readonly string[] => {
  const found: unknown = params['missingProperty'] ?? params['additionalProperty'] ?? params['propertyName'];
  return typeof found === 'string' ? [found] : [];
};

/** Of keywords that are not Ajv's own. */
const MESSAGES: Readonly<Record<string, string>> = {
  enum: 'must be equal to one of the allowed values',
  multipleOf: "must be a multiple of the schema's multipleOf",
};
const messageOf = ({ keyword, message = 'is not valid' }: ErrorObject): string =>
  MESSAGES[keyword] ?? message;

const violationOf = (error: ErrorObject): SchemaViolation => {
  const segments = error.instancePath.split('/').slice(1);
  const names = segments.map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  const path = [...names, ...namedProperty(error)].slice(0, MOST_SEGMENTS);
  return {
    path: path.map((name) => cut(name, SEGMENT_CHARS)),
    message: cut(messageOf(error), MESSAGE_CHARS),
  };
};

/** The compiled schemas of an event type. */
export interface CompiledSchemas {
  /** The violations of the newest schema; none if the value is valid by the schema of any version. */
  readonly violations: (value: unknown) => readonly SchemaViolation[];
}

/** Versions are numbers as text; the newest one is the greatest. */
const newestFirst = ([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number =>
  Number(right) - Number(left) || (left < right ? 1 : -1);

/**
 * Loads the compiler of stored schemas. It takes a core 0.75 s for the worst that SCHEMA_BUDGET allows, and throws for what is
 * not a schema.
 */
export const loadCompiler = async (): Promise<(text: string) => CompiledSchemas> => {
  const library = await loadAjv();
  return (text) => {
    const stored: unknown = JSON.parse(text);
    const versions = Object.entries(isFields(stored) ? stored : {}).toSorted(newestFirst);
    const schemas = versions.map(([, schema]) => schema).filter(isSchema);
    const validators = schemas.map((schema) => compile(library, schema));
    return {
      violations: (value) => {
        let ofNewest: readonly SchemaViolation[] | undefined;
        for (const validate of validators) {
          if (validate(value)) return [];
          // The last error of Ajv is the outermost one: that no schema of an `anyOf` matched, say.
          ofNewest ??= (validate.errors ?? []).slice(-MOST_VIOLATIONS).toReversed().map(violationOf);
        }
        return ofNewest ?? [];
      },
    };
  };
};
