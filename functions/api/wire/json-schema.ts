import type { RawJson } from './json.ts';

type Schema = boolean | Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isSchema = (value: unknown): value is Schema => typeof value === 'boolean' || isObject(value);

const reason = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : 'not a schema');

/**
 * What is wrong with the schemas of an event type (by version): each must compile as JSON Schema draft 7, whatever
 * dialect it claims. A reference to elsewhere is wrong too, for nothing is ever fetched.
 */
export const schemasProblem = async (schemas: RawJson): Promise<string | undefined> => {
  const parsed: unknown = JSON.parse(schemas.text);
  const byVersion = isObject(parsed) ? Object.values(parsed) : [];
  if (!byVersion.every(isSchema)) return 'a schema is an object or a boolean';
  // Few requests need it, and it is large.
  const { Ajv } = await import('ajv');
  for (const schema of byVersion) {
    const { $schema: _dialect, ...rest } = typeof schema === 'boolean' ? {} : schema;
    try {
      // One for each: schemas with the same $id are strangers to each other.
      const ajv = new Ajv({ strict: false, logger: false, validateFormats: false, unicodeRegExp: false });
      ajv.compile(rest);
    } catch (thrown) {
      return reason(thrown);
    }
  }
  return undefined;
};
