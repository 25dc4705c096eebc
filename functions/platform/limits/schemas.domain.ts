/**
 * Limits of the schemas of an event type, all versions together. Validating them means compiling them, whose time grows
 * with the square of branches, references and properties. The worst schemas within these limits take 0.75 s of a core
 * (measured 2026-11-30 with ajv 8.20); 500 conditions in one list took 7 s, 150 x 150 references half a minute. The bytes
 * leave room for the rest of the item in DynamoDB's 400 KB.
 */
export const SCHEMA_BUDGET = {
  bytes: 200_000,
  /** Nesting of objects and lists. */
  depth: 64,
  /** Values of any kind. */
  values: 20_000,
  /** All objects count, because references can make any object a schema. */
  objects: 1_500,
  references: 300,
  /** Schemas under `anyOf`, `oneOf`, `allOf`, `not`, `if`, `then`, `else`, `contains` and `propertyNames`. */
  branches: 200,
  /** Items of one `enum`. */
  enumItems: 1_000,
  patterns: 200,
  patternChars: 1_000,
} as const;

/** How long publishing may take for the check of payloads, so that no schema and no payload holds up a function. */
export const SCHEMA_CHECK_MS = {
  /** Of one payload. */
  payload: 250,
  /** Of all payloads of a request. */
  request: 2_000,
  /** Compiling the schemas of an event type: the worst take 0.75 s of a core, of which functions have a part. */
  compilation: 5_000,
} as const;

/** Limits of an import of event types, whose own size the body's limit bounds. */
export const IMPORT_LIMITS = {
  eventTypes: 2_000,
  /** Bytes of all schemas: references multiply what a document has once. */
  schemaBytes: 10_000_000,
  /** Bytes of schemas that a dry run prints: its answer is stored under its idempotency key, compressed. */
  printedBytes: 1_500_000,
  /** Of a parsed document, counted as if it were written out without anchors: a body of 2 MiB has fewer of each. */
  values: 1_500_000,
  characters: 8_000_000,
  depth: 500,
  /** References that lead to one another. */
  referencesInARow: 32,
  /** How long the parsing of YAML may take. */
  parseMs: 8_000,
  /** New schemas are not checked any more after this time (ms), so that the request is answered in time. */
  checkMs: 12_000,
} as const;
