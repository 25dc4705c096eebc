import type { SchemaViolation } from '../catalog/event-types/json-schema.ts';
import { Invalid } from './errors.ts';
import type { ValidationError } from './errors.ts';

/** Violations of an event type's schema as validation errors of the payload; `loc` is the path within the body. */
export const violationErrors = (violations: readonly SchemaViolation[]): readonly ValidationError[] =>
  violations.map(({ path, message }) => ({
    loc: ['body', 'payload', ...path],
    msg: `${['payload', ...path].join('.')} ${message}`,
    type: 'value_error',
  }));

/** The 422 for a payload that violates the schema of its event type. */
export const schemaViolation = (violations: readonly SchemaViolation[]): Invalid =>
  new Invalid(violationErrors(violations));

const HEADER_CHARS = 1_000;

/** Header values are ASCII; other characters are written as JSON escapes them. */
const ascii = (text: string): string =>
  text.replaceAll(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** The response header that warns of violations of an accepted message; none without violations. */
export const violationHeaders = (
  violations: readonly SchemaViolation[] | undefined,
): Readonly<Record<string, string>> =>
  violations === undefined
    ? {}
    : {
        'schema-violations': ascii(
          violationErrors(violations)
            .map(({ msg }) => msg)
            .join('; '),
        ).slice(0, HEADER_CHARS),
      };
