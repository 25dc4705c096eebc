import * as z from 'zod';
import {
  DATE_TIME_CHARS,
  METADATA_BYTES,
  MOST_EVENT_TYPES,
  MOST_METADATA,
  NAME_BYTES,
  TAG_CHARS,
  TEXT_BYTES,
} from '../limits/requests.domain.ts';
import { parseInstant } from './dates.ts';
import { wireRules } from './wire-rules.ts';

/**
 * The field types of bodies and queries. The `loc` of an error in a shared type ends in `__all__`, as in the contract,
 * which is also the source of the limits.
 */

const NAME = /^[a-zA-Z0-9\-_.]+$/;

const nameProblem = (text: string, reserved?: string): string | undefined => {
  if (text === '') return 'String must be at least one character.';
  if (Buffer.byteLength(text) > NAME_BYTES) return `String too long: at most ${NAME_BYTES} bytes.`;
  if (!NAME.test(text)) return 'String must match the following pattern: [a-zA-Z0-9\\-_.].';
  return reserved !== undefined && text.startsWith(reserved)
    ? `String must not start with ${reserved}`
    : undefined;
};

const TAG = /^[a-zA-Z0-9\-_./\\#]+$/;

const tagProblem = (text: string): string | undefined => {
  if (text === '') return 'String must be at least one character.';
  if (text.length > TAG_CHARS) return 'String too long.';
  return TAG.test(text) ? undefined : 'String must match the following pattern: [a-zA-Z0-9\\-_./\\\\#].';
};

export const NAME_RULE = `1 to ${NAME_BYTES} characters of [a-zA-Z0-9\\-_.]`;

/** Whether a text has the form of an id, a uid or the name of an event type. */
export const isName = (text: string): boolean => nameProblem(text) === undefined;

/** Clients drop `.` and `..` from the path of a request, which then names another object: the one above it. */
const PATH_STEP = /^\.{1,2}$/;

const pathNameProblem = (text: string, reserved?: string): string | undefined =>
  PATH_STEP.test(text) ? 'String must not be . or .., which no path can name.' : nameProblem(text, reserved);

const named = (problemOf: (text: string) => string | undefined) =>
  z.string().superRefine((text, context) => {
    const problem = problemOf(text);
    if (problem !== undefined) context.addIssue({ code: 'custom', path: ['__all__'], message: problem });
  });

const NAME_META = { minLength: 1, maxLength: NAME_BYTES, pattern: NAME.source };

const PATH_NAME_META = { ...NAME_META, pattern: `^(?!\\.{1,2}$)${NAME.source.slice(1)}` };

/** A name by which paths name an object. */
export const pathName = (example = 'user.signup', reserved?: string) =>
  named((text) => pathNameProblem(text, reserved)).meta({ ...PATH_NAME_META, examples: [example] });

/** Names of event types, channels, feature flags. */
export const name = (example = 'user.signup') =>
  named((text) => nameProblem(text)).meta({ ...NAME_META, examples: [example] });

/** A message tag. */
export const tag = () =>
  z
    .string()
    .superRefine((text, context) => {
      const problem = tagProblem(text);
      if (problem !== undefined) context.addIssue({ code: 'custom', path: ['__all__'], message: problem });
    })
    .meta({ minLength: 1, maxLength: TAG_CHARS, pattern: TAG.source, examples: ['project/1337'] });

/** A feature flag. An invalid one is a decoding error, as in the contract. */
export const featureFlag = () =>
  z
    .string()
    .meta({ ...NAME_META, examples: ['cool-new-feature'] })
    .register(wireRules, {
      refuse: (value) => (typeof value === 'string' ? nameProblem(value) : undefined),
    });

/** The client's own id of an object, which must not begin with the prefix of our ids. */
export const uid = (reserved: string, example: string) => pathName(example, reserved);

/** Free text without control characters. `atLeastOne`: the error for an empty text; absent: it may be empty. */
export const freeText = (atLeastOne?: string) => {
  const base = z.string().superRefine((text, context) => {
    if (/[\u0000-\u0008]/.test(text))
      context.addIssue('String must not contain the control characters U+0000 to U+0008.');
    if (Buffer.byteLength(text) > TEXT_BYTES)
      context.addIssue(`String too long: at most ${TEXT_BYTES} bytes.`);
    if (text === '' && atLeastOne !== undefined) context.addIssue(atLeastOne);
  });
  return base.meta({ maxLength: TEXT_BYTES, ...(atLeastOne === undefined ? {} : { minLength: 1 }) });
};

/** An unsigned 16-bit number above zero. */
export const positive16 = (meta: { readonly description: string; readonly deprecated?: boolean }) =>
  z
    .int()
    .min(1)
    .meta({ maximum: 65_535, ...meta })
    .register(wireRules, { range: [0, 65_535] });

/** A map of strings, at most 4,096 bytes as JSON. */
export const metadata = () =>
  z
    .record(z.string(), z.string().meta({ maxLength: METADATA_BYTES }))
    .meta({ maxProperties: MOST_METADATA })
    .register(wireRules, {
      refuse: (value) =>
        Buffer.byteLength(JSON.stringify(value)) > METADATA_BYTES
          ? `metadata must be at most ${METADATA_BYTES} bytes`
          : undefined,
    });

interface Count {
  readonly least?: 0 | 1;
  readonly most?: number;
}

/** Distinct names; duplicates count once. `what` is the field's name in errors. */
export const nameSet = (
  what: string,
  item: z.ZodString,
  { least = 1, most = MOST_EVENT_TYPES }: Count = {},
) =>
  z
    .array(item)
    .meta({ minItems: least, uniqueItems: true, maxItems: most })
    .superRefine((items, context) => {
      const count = new Set(items).size;
      if (count < least) context.addIssue(`${what} can't be empty, it must have at least one item.`);
      if (count > most) context.addIssue(`at most ${most} ${what} are allowed.`);
    })
    .transform((items): readonly string[] => [...new Set(items)]);

/** A date and time, decoded to ms since 1970. */
export const dateTime = () =>
  z
    .string()
    .meta({ format: 'date-time', maxLength: DATE_TIME_CHARS })
    .register(wireRules, {
      refuse: (value) =>
        typeof value === 'string' && (value.length > DATE_TIME_CHARS || parseInstant(value) === undefined)
          ? 'input contains invalid characters: expected a date and time such as 2026-11-23T04:19:56Z'
          : undefined,
    })
    .transform((text) => parseInstant(text) ?? Number.NaN);
