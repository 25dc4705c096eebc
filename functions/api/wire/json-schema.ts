import * as z from 'zod';
import type { RawJson } from './json.ts';

const schemaByVersion = z.record(z.string(), z.union([z.boolean(), z.record(z.string(), z.unknown())]));

const reason = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : 'not a schema');

/**
 * What is wrong with the schemas of an event type (by version): each must compile as JSON Schema draft 7, whatever
 * dialect it claims. A reference to elsewhere is wrong too, for nothing is ever fetched.
 */
export const schemasProblem = async (schemas: RawJson): Promise<string | undefined> => {
  const parsed = schemaByVersion.safeParse(JSON.parse(schemas.text));
  if (!parsed.success) return 'a schema is an object or a boolean';
  // Few requests need it, and it is large.
  const { Ajv } = await import('ajv');
  for (const schema of Object.values(parsed.data)) {
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
