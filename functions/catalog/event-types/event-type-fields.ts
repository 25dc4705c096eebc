import * as z from 'zod';
import { MOST_FEATURE_FLAGS } from '../../platform/limits/requests.domain.ts';
import { freeText, name, nameSet } from '../../platform/wire/fields.ts';
import { RawJson } from '../../platform/wire/raw-json.ts';
import { wireRules } from '../../platform/wire/wire-rules.ts';
import { eachField, field, optionalField, requiredField } from '../fields.ts';
import type { FieldsIn } from '../fields.ts';

const byVersion = () => ({
  override: {
    type: 'object' as const,
    additionalProperties: { type: ['object' as const, 'boolean' as const] },
  },
});

/** Whether they are valid JSON Schemas is checked separately, because it takes longer. */
const schemas = () =>
  z
    .instanceof(RawJson)
    .meta({
      ...byVersion(),
      description: 'JSON Schemas (draft 7) by version; a schema is an object or a boolean',
    })
    .register(wireRules, {
      raw: true,
      refuse: (value) =>
        value instanceof RawJson && value.text.startsWith('{') ? undefined : 'invalid type, expected a map',
    })
    .transform(({ text }) => text);

const names = () => z.array(z.string()).readonly();

const featureFlags = () =>
  nameSet('featureFlags', name('cool-new-feature'), { least: 0, most: MOST_FEATURE_FLAGS }).meta({
    description:
      'Application tokens need one of these flags to see the event type; without flags all tokens see it',
  });

/** The fields of an event type, besides its name. */
export const EVENT_TYPE_FIELDS = {
  description: requiredField({ type: z.string, accepted: () => freeText() }),
  archived: field({ type: z.boolean, accepted: z.boolean, byDefault: false }),
  deprecated: field({ type: z.boolean, accepted: z.boolean, byDefault: false }),
  /** The schemas by version as JSON text, exactly as received; null: none. */
  schemas: {
    ...optionalField({ type: z.string, accepted: schemas }),
    shown: () =>
      z
        .string()
        .transform((text) => new RawJson(text))
        .pipe(z.instanceof(RawJson).meta(byVersion()))
        .nullable(),
  },
  /** Bodies keep null and an empty list apart: with null, the older field `featureFlag` applies. */
  featureFlags: {
    ...optionalField({ type: names, accepted: featureFlags }),
    stored: () => names().default([]),
    shown: () =>
      names()
        .transform((flags) => (flags.length === 0 ? undefined : flags))
        .pipe(names().optional()),
  },
  groupName: {
    ...optionalField({
      type: z.string,
      accepted: () => name('user').meta({ description: 'The group of the event type' }),
    }),
    shown: () =>
      z
        .string()
        .nullable()
        .transform((group) => group ?? undefined)
        .pipe(z.string().optional()),
  },
};

export type EventTypeFields = FieldsIn<typeof EVENT_TYPE_FIELDS>;

/** Reads the fields of a row, or of a new event type: those that it lacks have their defaults. */
export const storedEventTypeFields = z.object(eachField(EVENT_TYPE_FIELDS, 'stored'));
