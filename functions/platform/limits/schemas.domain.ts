/**
 * What the schemas of an event type may cost, all versions together. They are compiled to see whether they are JSON
 * Schemas, and compiling grows with the square of branches, references and properties. The worst that these numbers allow
 * takes 0.75 s of a core (measured 2026-11-30 with ajv 8.20); 500 conditions in one list took 7 s, 150 x 150 references
 * half a minute. The bytes leave room for the rest of the row in DynamoDB's 400 KB.
 */
export const SCHEMA_BUDGET = {
  bytes: 200_000,
  /** Objects and lists inside each other. */
  depth: 64,
  /** Values of any kind. */
  values: 20_000,
  /** Every object may be a schema, since references lead anywhere. */
  objects: 1_500,
  references: 300,
  /** Schemas under `anyOf`, `oneOf`, `allOf`, `not`, `if`, `then`, `else`, `contains` and `propertyNames`. */
  branches: 200,
  /** Items of one `enum`, which must differ from each other. */
  enumItems: 1_000,
  patterns: 200,
  patternChars: 1_000,
} as const;
