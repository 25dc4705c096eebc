import * as z from 'zod';
import type { ImportedEventType } from '../../catalog/event-types/import-event-types.flow.ts';
import { memoize } from '../memoize.ts';
import { RawJson } from '../wire/json.ts';
import { wireRules } from '../../platform/wire/wire-rules.ts';
import { component } from '../wire/component.ts';
import type { ValueOf } from '../wire/component.ts';

const EXAMPLE = {
  openapi: '3.1.0',
  webhooks: { 'order.paid': { post: { description: 'An order was paid' } } },
};

const spec = () =>
  z
    .custom<RawJson>((value) => value instanceof RawJson && value.text.startsWith('{'), 'must be an object.')
    .meta({ override: { type: 'object' }, description: 'The document as JSON', examples: [EXAMPLE] })
    .register(wireRules, { raw: true });

export const importIn = memoize(() =>
  z
    .object({
      dryRun: z
        .boolean()
        .default(false)
        .meta({ description: 'Changes nothing, and answers with what would change' }),
      replaceAll: z
        .boolean()
        .default(false)
        .meta({ description: 'Archives all event types that the document lacks' }),
      spec: spec().nullish(),
      specRaw: z.string().nullish().meta({ description: 'The document as text, JSON or YAML' }),
    })
    .meta({ id: 'EventTypeImportOpenApiIn', examples: [{ spec: EXAMPLE }] }),
);

const fromOpenApi = component('EventTypeFromOpenApi', () => ({
  name: z.string(),
  description: z.string(),
  schemas: z
    .custom<RawJson>()
    .meta({ override: { type: 'object' } })
    .nullable(),
  deprecated: z.boolean(),
  groupName: z.string().optional(),
  featureFlags: z.array(z.string()).readonly().optional(),
}));

export const importOut = component('EventTypeImportOpenApiOut', () => ({
  data: z
    .object({
      modified: z
        .array(z.string())
        .meta({ description: 'Names of event types that were changed or archived' }),
      to_modify: z.array(fromOpenApi()).optional().meta({ description: 'What a dry run would write' }),
    })
    .meta({ id: 'EventTypeImportOpenApiOutData' }),
}));

/** `withSchemas` false: they are left out, since a response is limited. */
export const printDescribed = (
  described: ImportedEventType,
  withSchemas: boolean,
): ValueOf<typeof fromOpenApi> => ({
  name: described.name,
  description: described.description,
  schemas: withSchemas && described.schemas !== null ? new RawJson(described.schemas) : null,
  deprecated: described.deprecated,
  groupName: described.groupName ?? undefined,
  featureFlags: described.featureFlags,
});
