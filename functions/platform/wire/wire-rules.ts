import * as z from 'zod';

/** What the decoders of bodies and queries need to know about a schema beyond its type. */
export interface WireRules {
  /** An older name of the field. Sending both names is an error: one field given twice. */
  readonly alias?: string;
  /** The range of a whole number's type (unsigned 16-bit, say). A number outside of it is a decoding error. */
  readonly range?: readonly [number, number];
  /** Returns why a value cannot be decoded. A decoding error is reported alone, without errors about other values. */
  readonly refuse?: (value: unknown) => string | undefined;
  /** The field keeps its source text. `document`: that of a whole body, which is decoded later. */
  readonly raw?: boolean | 'document';
}

/** Register a rule last: zod methods that refine or wrap a schema return a new one. */
export const wireRules = z.registry<WireRules>();

/** Whether a schema only makes its value optional. */
export const isOptional = (schema: z.core.$ZodType) =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional || schema instanceof z.ZodDefault;

/** The schema of the value itself, inside optional, default and transforming schemas. */
export const withoutWrappers = (schema: z.core.$ZodType): z.core.$ZodType => {
  if (schema instanceof z.ZodPipe) return withoutWrappers(schema.in);
  return isOptional(schema) ? withoutWrappers(schema.unwrap()) : schema;
};
