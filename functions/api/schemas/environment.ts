import * as z from 'zod';
import { IMPORT_LIMITS } from '../../platform/limits/schemas.domain.ts';
import { RawJson } from '../wire/json.ts';
import { wireRules } from '../../platform/wire/wire-rules.ts';
import { eventTypeIn, eventTypeOut } from './event-type.ts';
import { component } from '../wire/component.ts';

const anyObject = () => ({ override: { type: 'object', additionalProperties: true } as const });

export const environmentOut = component('EnvironmentOut', () => ({
  version: z.int().meta({ description: 'The version of this form' }),
  createdAt: z.string().meta({ format: 'date-time' }),
  eventTypes: z.array(eventTypeOut()),
  settings: z.custom<RawJson>().meta({
    ...anyObject(),
    description: 'The settings that the organization has changed and may change by itself',
  }),
  connectors: z.array(z.custom<RawJson>().meta(anyObject())).meta({ description: 'Always empty' }),
}));

export const environmentIn = component('EnvironmentIn', () => ({
  eventTypes: z
    .array(eventTypeIn())
    .max(IMPORT_LIMITS.eventTypes, `at most ${IMPORT_LIMITS.eventTypes} event types are allowed.`)
    .nullish(),
  settings: z
    .custom<RawJson>((value) => value instanceof RawJson && value.text.startsWith('{'), 'must be an object.')
    .meta({ ...anyObject(), description: 'Settings that are unknown here are ignored' })
    .register(wireRules, { raw: true })
    .nullish(),
  connectors: z
    .array(z.custom<RawJson>().meta(anyObject()).register(wireRules, { raw: true }))
    .nullish()
    .meta({ description: 'Ignored: there are no connectors here' }),
}));
