import * as z from 'zod';

/** What decoding needs to know about a schema beyond its type. */
export interface WireRules {
  /** An older name of the field; both at once are one field given twice. */
  readonly alias?: string;
  /** Whole numbers outside are no such number at all (unsigned 16 bit, say), whatever the value rules say. */
  readonly range?: readonly [number, number];
  /** Says what is wrong with a value that fails while it is decoded, and so hides complaints about other values. */
  readonly refuse?: (value: unknown) => string | undefined;
  /** The field keeps its source text. */
  readonly raw?: boolean;
}

/** Registered last on a schema: methods that refine or wrap it make a new one. */
export const wireRules = z.registry<WireRules>();
