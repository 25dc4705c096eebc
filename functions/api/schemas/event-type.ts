import * as z from 'zod';
import type { EventType } from '../../catalog/event-types/event-type.domain.ts';
import { freeText, name } from '../wire/fields.ts';
import { RawJson, instant } from '../wire/json.ts';
import { lazily } from '../lazily.ts';
import { wireRules } from '../wire/wire-rules.ts';

/** Kept as written; whether they are JSON Schemas is looked at apart, for it takes longer. */
const schemas = () =>
  z
    .custom<RawJson>()
    .meta({
      override: { type: 'object', additionalProperties: { type: 'object' } },
      description: 'JSON Schemas (draft 7) by version',
    })
    .register(wireRules, {
      raw: true,
      refuse: (value) =>
        value instanceof RawJson && value.text.startsWith('{') ? undefined : 'invalid type, expected a map',
    });

const featureFlag = () => name('cool-new-feature');

const replaceable = () => ({
  description: freeText(),
  archived: z.boolean().default(false),
  deprecated: z.boolean().default(false),
  schemas: schemas().nullish(),
  featureFlag: featureFlag().nullish(),
});

export const eventTypeUpdate = lazily(() => z.object(replaceable()).meta({ id: 'EventTypeUpdate' }));

export const eventTypeIn = lazily(() =>
  z.object({ name: name(), ...replaceable() }).meta({ id: 'EventTypeIn' }),
);

export const eventTypePatch = lazily(() =>
  z
    .object({
      description: z.exactOptional(freeText()),
      archived: z.exactOptional(z.boolean()),
      deprecated: z.exactOptional(z.boolean()),
      schemas: z.exactOptional(schemas().nullable()),
      featureFlag: z.exactOptional(featureFlag().nullable()),
    })
    .meta({ id: 'EventTypePatch' }),
);

type Fields = Pick<
  EventType,
  'description' | 'archived' | 'deprecated' | 'schemas' | 'featureFlag' | 'groupName'
>;

export const eventTypeFields = (body: z.output<ReturnType<typeof eventTypeUpdate>>): Fields => ({
  description: body.description,
  archived: body.archived,
  deprecated: body.deprecated,
  schemas: body.schemas?.text ?? null,
  featureFlag: body.featureFlag ?? null,
  groupName: null,
});

export const eventTypeChanges = (body: z.output<ReturnType<typeof eventTypePatch>>): Partial<Fields> => {
  const { schemas: given, ...changes } = body;
  return given === undefined ? changes : { ...changes, schemas: given?.text ?? null };
};

export const eventTypeOut = lazily(() =>
  z
    .object({
      name: z.string(),
      description: z.string(),
      archived: z.boolean(),
      deprecated: z.boolean(),
      schemas: z
        .custom<RawJson>()
        .meta({ override: { type: 'object', additionalProperties: { type: 'object' } } })
        .nullable(),
      createdAt: z.string().meta({ format: 'date-time' }),
      updatedAt: z.string().meta({ format: 'date-time' }),
      featureFlag: z.string().nullable(),
    })
    .meta({ id: 'EventTypeOut' }),
);

export const printEventType = (
  eventType: EventType,
  withContent: boolean,
): z.output<ReturnType<typeof eventTypeOut>> => ({
  name: eventType.name,
  description: eventType.description,
  archived: eventType.archived,
  deprecated: eventType.deprecated,
  schemas: withContent && eventType.schemas !== null ? new RawJson(eventType.schemas) : null,
  createdAt: instant(eventType.createdAt),
  updatedAt: instant(eventType.updatedAt),
  featureFlag: eventType.featureFlag,
});
