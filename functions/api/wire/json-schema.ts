import { isDeepStrictEqual } from 'node:util';
import { schemaBudgetProblem } from '../../catalog/event-types/schema-budget.domain.ts';
import { SCHEMA_BUDGET } from '../../platform/limits/schemas.domain.ts';
import type { RawJson } from './json.ts';

type Schema = boolean | Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isSchema = (value: unknown): value is Schema => typeof value === 'boolean' || isObject(value);

/** As lenient as the contract. Inlining references would compile a schema once for each reference. */
const OPTIONS = {
  strict: false,
  logger: false,
  validateFormats: false,
  unicodeRegExp: false,
  inlineRefs: false,
} as const;

/** Draft 7 allows an empty `enum` and duplicates. Ajv forbids them, and compares every two values. */
const ANY_LIST = { type: 'array', items: true };
const isOneOf = (values: readonly unknown[], data: unknown) =>
  values.some((value) => isDeepStrictEqual(value, data));

const reason = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : 'not a schema');

/**
 * The first error in the schemas of an event type (by version); undefined: none. Each must compile as JSON Schema draft 7,
 * regardless of its `$schema`. References to other documents are errors, because nothing is fetched. Schemas that would
 * take long to compile are refused first (SCHEMA_BUDGET).
 */
export const schemasProblem = async (schemas: RawJson): Promise<string | undefined> => {
  if (Buffer.byteLength(schemas.text) > SCHEMA_BUDGET.bytes)
    return `at most ${SCHEMA_BUDGET.bytes} bytes are allowed`;
  const value: unknown = JSON.parse(schemas.text);
  const tooMuch = schemaBudgetProblem(value);
  if (tooMuch !== undefined) return tooMuch;
  const byVersion = isObject(value) ? Object.values(value) : [];
  if (!byVersion.every(isSchema)) return 'a schema is an object or a boolean';
  // Loaded on use, because Ajv is large and few requests need it (docs/decisions/0016).
  const { Ajv, draft7 } = await import('./ajv.ts');
  const metaSchema = { ...draft7, properties: { ...draft7.properties, enum: ANY_LIST } };
  for (const schema of byVersion) {
    const { $schema: _dialect, ...rest } = typeof schema === 'boolean' ? {} : schema;
    try {
      // A separate instance for each version, because versions may have equal $ids.
      const ajv = new Ajv({ ...OPTIONS, meta: false });
      ajv.addMetaSchema(metaSchema);
      ajv.removeKeyword('enum').addKeyword({ keyword: 'enum', schemaType: 'array', validate: isOneOf });
      ajv.compile(rest);
    } catch (thrown) {
      return reason(thrown);
    }
  }
  return undefined;
};
