import * as z from 'zod';
import { MOST_FEATURE_FLAGS } from '../../platform/limits/requests.domain.ts';
import type { EventType } from '../../catalog/event-types/event-type.domain.ts';
import { featureFlag as flag, freeText, name, pathName, nameSet } from '../../platform/wire/fields.ts';
import { RawJson, instant } from '../wire/json.ts';
import { wireRules } from '../../platform/wire/wire-rules.ts';
import { component } from '../wire/component.ts';
import type { ValueOf } from '../wire/component.ts';

/** Schemas, stored as sent. Whether they are valid JSON Schemas is checked separately, because it takes longer. */
const schemas = () =>
  z
    .custom<RawJson>()
    .meta({
      override: { type: 'object', additionalProperties: { type: ['object', 'boolean'] } },
      description: 'JSON Schemas (draft 7) by version; a schema is an object or a boolean',
    })
    .register(wireRules, {
      raw: true,
      refuse: (value) =>
        value instanceof RawJson && value.text.startsWith('{') ? undefined : 'invalid type, expected a map',
    });

const OLD_FLAG = { description: 'Old form of featureFlags: one flag', deprecated: true };
const featureFlag = () => flag().nullable().meta(OLD_FLAG);
/** An empty list means none. */
const featureFlags = () =>
  nameSet('featureFlags', name('cool-new-feature'), { least: 0, most: MOST_FEATURE_FLAGS }).nullable().meta({
    description:
      'Application tokens need one of these flags to see the event type; without flags all tokens see it',
  });
const groupName = () => name('user').nullable().meta({ description: 'The group of the event type' });

const replaceable = () => ({
  description: freeText(),
  archived: z.boolean().default(false),
  deprecated: z.boolean().default(false),
  schemas: schemas().nullish(),
  featureFlag: featureFlag().optional(),
  featureFlags: featureFlags().optional(),
  groupName: groupName().optional(),
});

export const eventTypeUpdate = component('EventTypeUpdate', replaceable);

export const eventTypeIn = component('EventTypeIn', () => ({ name: pathName(), ...replaceable() }));

export const eventTypePatch = component('EventTypePatch', () => ({
  description: z.exactOptional(freeText()),
  archived: z.exactOptional(z.boolean()),
  deprecated: z.exactOptional(z.boolean()),
  schemas: z.exactOptional(schemas().nullable()),
  featureFlag: z.exactOptional(featureFlag()),
  featureFlags: z.exactOptional(featureFlags()),
  groupName: z.exactOptional(groupName()),
}));

type Fields = Pick<
  EventType,
  'description' | 'archived' | 'deprecated' | 'schemas' | 'featureFlags' | 'groupName'
>;

interface Flags {
  readonly featureFlag?: string | null | undefined;
  readonly featureFlags?: readonly string[] | null | undefined;
}

/** If both fields are given, the newer one applies. */
const flagsOf = ({ featureFlag: one, featureFlags: many }: Flags): readonly string[] => {
  if (many !== undefined && many !== null) return many;
  return one === undefined || one === null ? [] : [one];
};

export const eventTypeFields = (body: ValueOf<typeof eventTypeUpdate>): Fields => ({
  description: body.description,
  archived: body.archived,
  deprecated: body.deprecated,
  schemas: body.schemas?.text ?? null,
  featureFlags: flagsOf(body),
  groupName: body.groupName ?? null,
});

export const eventTypeChanges = (body: ValueOf<typeof eventTypePatch>): Partial<Fields> => {
  const { schemas: given, featureFlag, featureFlags: many, ...changes } = body;
  const flags = featureFlag !== undefined || many !== undefined;
  return {
    ...changes,
    ...(given === undefined ? {} : { schemas: given?.text ?? null }),
    ...(flags ? { featureFlags: flagsOf({ featureFlag, featureFlags: many }) } : {}),
  };
};

export const eventTypeOut = component('EventTypeOut', () => ({
  name: z.string(),
  description: z.string(),
  archived: z.boolean(),
  deprecated: z.boolean(),
  schemas: z
    .custom<RawJson>()
    .meta({ override: { type: 'object', additionalProperties: { type: ['object', 'boolean'] } } })
    .nullable(),
  createdAt: z.string().meta({ format: 'date-time' }),
  updatedAt: z.string().meta({ format: 'date-time' }),
  featureFlag: z.string().nullable(),
  featureFlags: z.array(z.string()).readonly().optional(),
  groupName: z.string().optional(),
}));

export const printEventType = (eventType: EventType, withContent: boolean): ValueOf<typeof eventTypeOut> => ({
  name: eventType.name,
  description: eventType.description,
  archived: eventType.archived,
  deprecated: eventType.deprecated,
  schemas: withContent && eventType.schemas !== null ? new RawJson(eventType.schemas) : null,
  createdAt: instant(eventType.createdAt),
  updatedAt: instant(eventType.updatedAt),
  featureFlag: eventType.featureFlags[0] ?? null,
  featureFlags: eventType.featureFlags.length === 0 ? undefined : eventType.featureFlags,
  groupName: eventType.groupName ?? undefined,
});
