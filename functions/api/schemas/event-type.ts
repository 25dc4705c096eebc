import * as z from 'zod';
import type { EventType } from '../../catalog/event-types/event-type.domain.ts';
import { EVENT_TYPE_FIELDS } from '../../catalog/event-types/event-type-fields.ts';
import type { EventTypeFields } from '../../catalog/event-types/event-type-fields.ts';
import { eachField, pickFields } from '../../catalog/fields.ts';
import { featureFlag, pathName } from '../../platform/wire/fields.ts';
import { instant } from '../wire/json.ts';
import { component } from '../wire/component.ts';
import type { ValueOf } from '../wire/component.ts';

const oldFlag = () =>
  featureFlag().nullable().meta({ description: 'Old form of featureFlags: one flag', deprecated: true });

/** In the contract's order: it reads an array as the fields in their order (wire/decoders.ts). */
const replacement = () => {
  const { featureFlags, groupName, ...fields } = eachField(EVENT_TYPE_FIELDS, 'replacement');
  return { ...fields, featureFlag: oldFlag().optional(), featureFlags, groupName };
};

export const eventTypeUpdate = component('EventTypeUpdate', replacement);

export const eventTypeIn = component('EventTypeIn', () => ({ name: pathName(), ...replacement() }));

export const eventTypePatch = component('EventTypePatch', () => {
  const { featureFlags, groupName, ...fields } = eachField(EVENT_TYPE_FIELDS, 'patch');
  return { ...fields, featureFlag: z.exactOptional(oldFlag()), featureFlags, groupName };
});

interface Flags {
  readonly featureFlag?: string | null | undefined;
  readonly featureFlags?: readonly string[] | null | undefined;
}

/** If both fields are given, the newer one applies. */
const flagsOf = ({ featureFlag: one, featureFlags: many }: Flags): readonly string[] =>
  many ?? (one == null ? [] : [one]);

export const eventTypeFields = (body: ValueOf<typeof eventTypeUpdate>): EventTypeFields =>
  pickFields(EVENT_TYPE_FIELDS, { ...body, featureFlags: flagsOf(body) });

export const eventTypeChanges = ({
  featureFlag: one,
  featureFlags: many,
  ...changes
}: ValueOf<typeof eventTypePatch>): Partial<EventTypeFields> =>
  one === undefined && many === undefined
    ? changes
    : { ...changes, featureFlags: flagsOf({ featureFlag: one, featureFlags: many }) };

export const eventTypeOut = component('EventTypeOut', () => ({
  name: z.string(),
  ...eachField(EVENT_TYPE_FIELDS, 'shown'),
  createdAt: z.string().meta({ format: 'date-time' }),
  updatedAt: z.string().meta({ format: 'date-time' }),
  featureFlag: z.string().nullable(),
}));

export const printEventType = (eventType: EventType, withContent: boolean): ValueOf<typeof eventTypeOut> =>
  eventTypeOut().parse({
    ...eventType,
    ...(!withContent && { schemas: null }),
    createdAt: instant(eventType.createdAt),
    updatedAt: instant(eventType.updatedAt),
    featureFlag: eventType.featureFlags[0] ?? null,
  });
